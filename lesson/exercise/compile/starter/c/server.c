/* X01, the server: fill in what is marked TODO.  make && PORT=7777 ./server */
#include <stdio.h>

int main(void)
{
    /* TODO: the server's lines of the page, with the headers they need */
    fprintf(stderr, "the server does nothing yet\n");
    return 1;
}
