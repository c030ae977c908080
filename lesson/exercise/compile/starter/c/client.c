/* X01, the client: fill in what is marked TODO.  make && PORT=7777 ./client */
#include <stdio.h>

int main(void)
{
    /* TODO: the client's lines of the page, with the headers they need */
    fprintf(stderr, "the client does nothing yet\n");
    return 1;
}
