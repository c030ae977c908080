/* X28, connect with a limit: fill in what is marked TODO.  make && PORT=7777 ./limit */
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
    struct sockaddr_in to = {0};
    /* TODO: family, port and 127.0.0.1 */
    (void)port;
    (void)to;

    if (s < 0)
        die("socket");

    /* TODO: connect() with a limit of 500 milliseconds, send hello, and end with the
       status the task names */

    close(s);
    return 0;
}
