/* X30, an option report: fill in what is marked TODO.  make && PORT=7777 ./options */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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

    int s = -1; /* TODO: socket() with SOCK_NONBLOCK and SOCK_CLOEXEC, and look at what it returns */

    /* TODO: SO_REUSEADDR, SO_KEEPALIVE, SO_RCVBUF, TCP_NODELAY, TCP_KEEPIDLE, each looked at */

    struct sockaddr_in me = {0};
    /* TODO: family, port and 127.0.0.1 */
    (void)port;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: bind() and listen(), each looked at */

    /* TODO: for ever: wait for a client with poll(), accept() it, ask for the options and
       flags of s and of what accept() returned, print the 16 lines, wait until the client
       has ended, close its descriptor */

    close(s);
    return 0;
}
