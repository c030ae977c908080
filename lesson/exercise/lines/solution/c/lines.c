/* X14: a server that sends lines back in capital letters. */
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

/* upper makes a to z capital. */
static void upper(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
}

enum { MOST = 65536 };

/* talk answers lines until the client has ended, or a line is too long. */
static void talk(int c)
{
    static char buf[MOST + 1];
    size_t have = 0;
    while (have < sizeof buf) {
        ssize_t n = recv(c, buf + have, sizeof buf - have, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        have += (size_t)n;
        char *end;
        while ((end = memchr(buf, '\n', have)) != NULL) {
            size_t len = (size_t)(end - buf) + 1;
            upper(buf, len);
            if (send_all(c, buf, len) < 0)
                return;
            memmove(buf, buf + len, have - len);
            have -= len;
        }
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
