/* X02, three sockets: fill in what is marked TODO.  make && ./sockets */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    int s = -1; /* TODO: socket(), three of them, and look at what each returns */
    if (s < 0)
        die("socket");

    /* TODO: ask each for SO_TYPE with getsockopt(), and print the number */

    /* TODO: close() each */
    return 0;
}
