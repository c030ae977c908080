/* X18: a server that may say no early, and whose answer is not lost. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { most = 1000 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* receive makes recv() again when it was interrupted. */
static ssize_t receive(int c, char *buf, size_t size)
{
    ssize_t n;
    do
        n = recv(c, buf, size, 0);
    while (n < 0 && errno == EINTR);
    return n;
}

/* answer sends four bytes. */
static void answer(int c, const char *text)
{
    for (int at = 0; at < 4;) {
        ssize_t n = send(c, text + at, (size_t)(4 - at), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        at += (int)n;
    }
}

/* first_line reads the number in the first line, byte by byte; -1 is none. */
static long first_line(int c)
{
    char line[16];
    for (size_t n = 0; n < sizeof line; n++) {
        if (receive(c, line + n, 1) <= 0)
            return -1;
        if (line[n] == '\n') {
            line[n] = 0;
            return strtol(line, NULL, 10);
        }
    }
    return -1;
}

/* drain receives until the client has ended. */
static void drain(int c)
{
    char buf[4096];
    while (receive(c, buf, sizeof buf) > 0)
        ;
}

/* serve answers one request. */
static void serve(int c)
{
    char buf[4096];
    long left = first_line(c);
    if (left < 0)
        return;
    if (left > most) {
        answer(c, "413\n");
        shutdown(c, SHUT_WR);
        drain(c);
        return;
    }
    while (left > 0) {
        ssize_t n = receive(c, buf, (size_t)left);
        if (n <= 0)
            return;
        left -= n;
    }
    answer(c, "200\n");
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
    if (listen(s, 64) < 0)
        die("listen");

    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        serve(c);
        close(c);
    }
}
