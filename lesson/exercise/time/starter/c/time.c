/* X23, a time server: fill in what is marked TODO.  make && PORT=7777 ./time */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
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

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = -1; /* TODO: socket() of SOCK_DGRAM, and look at what it returns */
    struct sockaddr_in me = {0};
    /* TODO: family, port and 127.0.0.1 */
    (void)port;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: bind(), and for ever: recvfrom() a request, sendto() the time to where it
       came from */

    close(s);
    return 0;
}
