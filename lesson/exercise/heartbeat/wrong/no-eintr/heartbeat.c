/* fails: interrupted
 * belief: M42
 *
 * A signal in poll() ends the program.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ping_ms = 500, gone_ms = 2000, longest = 100 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* now is the time in milliseconds, of a clock that nobody sets. */
static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* send_all returns 0, or -1 where the connection is over. */
static int send_all(int c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(c, p, n, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* answer sends back the lines that are whole and keeps the rest; it returns how much that
 * is, or -1. */
static ssize_t answer(int c, char *buf, size_t have)
{
    char *begin = buf, *end;
    while ((end = memchr(begin, '\n', have))) {
        size_t len = (size_t)(end - begin) + 1;
        if (len != 5 || memcmp(begin, "pong\n", 5) != 0)
            if (send_all(c, begin, len) < 0)
                return -1;
        begin += len;
        have -= len;
    }
    memmove(buf, begin, have);
    return (ssize_t)have;
}

/* serve returns when the client has left or vanished. */
static void serve(int c)
{
    char buf[longest + 1];
    size_t have = 0;
    long heard = now();
    for (;;) {
        struct pollfd wait = {c, POLLIN, 0};
        int ready = poll(&wait, 1, ping_ms);
        if (ready < 0)
            die("poll");
        if (ready == 0) { /* there is nothing: so this can be judged */
            if (now() - heard >= gone_ms || send_all(c, "ping\n", 5) < 0)
                return;
            continue;
        }
        ssize_t n = recv(c, buf + have, sizeof buf - have, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        heard = now();
        ssize_t rest = answer(c, buf, have + (size_t)n);
        if (rest < 0 || rest == sizeof buf)
            return;
        have = (size_t)rest;
    }
}

int main(void)
{
    const char *p = getenv("PORT");
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)(p ? strtoul(p, NULL, 10) : 7777));
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (s < 0)
        die("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("setsockopt");
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
        /* A client that vanishes with much on its way to it may not hold up send(). */
        struct timeval limit = {gone_ms / 1000, 0};
        setsockopt(c, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        serve(c);
        close(c);
    }
}
