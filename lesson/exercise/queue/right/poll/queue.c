/* X20: a server whose jobs keep nobody from accept(), in one loop with a clock. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
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

/* The jobs that are being done, the oldest first, and when each is over. */
enum { MOST = 512 };
static struct { int c; long long end; } jobs[MOST];
static int first, count;

/* now is the time in milliseconds. */
static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* finish answers the clients whose jobs are over, and returns how many milliseconds the
   next one takes, -1 for none. */
static int finish(void)
{
    for (; count > 0; first = (first + 1) % MOST, count--) {
        long long left = jobs[first].end - now();
        if (left > 0)
            return (int)left;
        send_all(jobs[first].c, "done\n", 5);
        close(jobs[first].c);
    }
    return -1;
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
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
    if (listen(s, 128) < 0)
        die("listen");

    for (;;) {
        struct pollfd wait = {s, POLLIN, 0};
        int n = poll(&wait, count < MOST, finish());
        if (n < 0 && errno != EINTR)
            die("poll");
        if (n <= 0)
            continue;
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        int last = (first + count++) % MOST;
        jobs[last].c = c;
        jobs[last].end = now() + 51;
    }
}
