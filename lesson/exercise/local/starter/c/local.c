/* X25, an echo server of this machine: fill in what is marked TODO.  make && SOCKET=local.sock ./local */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    const char *path = getenv("SOCKET");
    if (path == NULL)
        path = "local.sock";

    int s = -1; /* TODO: socket() of AF_UNIX, and look at what it returns */
    struct sockaddr_un me = {0};
    /* TODO: family and path, if it fits */
    (void)path;
    (void)me;

    if (s < 0)
        die("socket");

    /* TODO: unlink(), umask(), bind() and listen(), each looked at */

    /* TODO: for ever: accept() a client, ask who it is, send back what it sends until it
       ends, and close its descriptor */

    close(s);
    return 0;
}
