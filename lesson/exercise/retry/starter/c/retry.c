/* X24, a client that asks again: fill in what is marked TODO.  make && PORT=7777 ./retry one two */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(int argc, char *argv[])
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = -1; /* TODO: socket() of SOCK_DGRAM, and look at what it returns */
    struct sockaddr_in server = {0};
    /* TODO: family, port and 127.0.0.1; connect() if you like */
    (void)port;
    (void)server;

    if (s < 0)
        die("socket");

    for (int i = 1; i < argc; i++) {
        /* TODO: send number i and argv[i], wait 100 ms for the answer with that number,
           up to 10 times; print the answer, or end with exit status 4 */
        printf("%s\n", argv[i]);
    }

    close(s);
    return 0;
}
