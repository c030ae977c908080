/* X20, a short queue: fill in what is marked TODO.  make && PORT=7777 ./queue */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
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

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = -1; /* TODO: socket(), and look at what it returns */

    /* TODO: SO_REUSEADDR, before bind() */

    struct sockaddr_in me = {0};
    /* TODO: family, port and 127.0.0.1 */
    (void)port;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: bind() and listen(), each looked at */

    /* TODO: for ever: accept() a client, and have its job done while the next one is
       accepted: 50 milliseconds, then "done\n", then close() */

    close(s);
    return 0;
}
