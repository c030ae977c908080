/* fails: glued
 * belief: M21
 *
 * What one recv() brings is taken for one request.
 */
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* send_all sends all of it, or returns -1. */
static int send_all(int c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(c, p, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* talk answers requests until the client has ended. */
static void talk(int c)
{
    static unsigned char request[2 + 4 * 65535];
    for (;;) {
        ssize_t n = recv(c, request, sizeof request, 0);
        if (n < 2)
            return;
        unsigned count = (unsigned)request[0] << 8 | request[1];
        uint64_t sum = 0;
        for (unsigned i = 0; i < count; i++) {
            const unsigned char *x = request + 2 + 4 * i;
            sum += (uint32_t)x[0] << 24 | (uint32_t)x[1] << 16 | (uint32_t)x[2] << 8 | x[3];
        }
        sum = htobe64(sum);
        if (send_all(c, (const char *)&sum, sizeof sum) < 0)
            return;
    }
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("setsockopt");
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 16) < 0)
        die("listen");

    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        talk(c);
        close(c);
    }
}
