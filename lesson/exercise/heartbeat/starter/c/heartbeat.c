/* X21, a heartbeat: fill in what is marked TODO.  make && PORT=7777 ./heartbeat */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
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

    signal(SIGPIPE, SIG_IGN); /* writing to a connection that is over: send() returns -1 */

    int s = -1; /* TODO: socket(), and look at what it returns */
    struct sockaddr_in me = {0};
    /* TODO: SO_REUSEADDR; family, port and 127.0.0.1 */
    (void)port;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: bind(), listen(), and for ever: accept() a client, send back its lines, send
       ping when it is silent, and close when it has left or vanished */

    close(s);
    return 0;
}
