/* X16, an exchange that does not get stuck: fill in what is marked TODO.  make && PORT=7777 ./exchange */
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

    /* TODO: connect(); then 20 times a question, "ask 1\n" and 1 byte x, "ask 2\n" and 2
       bytes x, and wait for the line of its answer before the next */

    /* TODO: send 8 MiB and receive at the same time until the other side has ended,
       print how many bytes came behind the answers */

    close(s);
    return 0;
}
