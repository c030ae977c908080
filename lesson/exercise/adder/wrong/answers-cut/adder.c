/* fails: cut
 * belief: M26
 *
 * When the numbers end early the sum of those that came is sent.
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

/* recv_all receives n bytes and returns 1; 0 when the end came before, -1 for an
   error. */
static int recv_all(int c, void *to, size_t n)
{
    char *p = to;
    while (n > 0) {
        ssize_t k = recv(c, p, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return (int)k;
        p += k;
        n -= (size_t)k;
    }
    return 1;
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

enum { AT_ONCE = 1024 };

/* add receives numbers and adds them; it returns what recv_all does. */
static int add(int c, unsigned left, uint64_t *sum)
{
    uint32_t numbers[AT_ONCE];
    while (left > 0) {
        unsigned n = left < AT_ONCE ? left : AT_ONCE;
        int got = recv_all(c, numbers, n * sizeof numbers[0]);
        if (got <= 0)
            return got;
        for (unsigned i = 0; i < n; i++)
            *sum += ntohl(numbers[i]);
        left -= n;
    }
    return 1;
}

/* talk answers requests until the client has ended. */
static void talk(int c)
{
    for (;;) {
        uint16_t count;
        if (recv_all(c, &count, sizeof count) <= 0)
            return;
        uint64_t sum = 0;
        add(c, ntohs(count), &sum);
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
