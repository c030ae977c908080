/* X12, IPv4 and IPv6: fill in what is marked TODO.  make && PORT=7777 ./dualstack */
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

    int s = -1; /* TODO: socket(), and look at what it returns */

    /* TODO: SO_REUSEADDR and IPV6_V6ONLY, before bind() */

    struct sockaddr_in6 me = {0};
    /* TODO: family, port and every address: in6addr_any */
    (void)port;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: bind() and listen(), each looked at */

    /* TODO: for ever: accept() a client, print its address and port, send back what
       it sends until it ends, and close its descriptor */

    close(s);
    return 0;
}
