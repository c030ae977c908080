/* All clients at a time, with poll(), on a socket of IPv6 that takes IPv4 too, written
 * with writev() and accepted with accept4(). */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 64

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int send_all(int c, char *p, size_t n)
{
    while (n > 0) {
        struct iovec v[2] = {{p, n / 2}, {p + n / 2, n - n / 2}};
        ssize_t k = writev(c, v, 2);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

int main(void)
{
    const char *p = getenv("PORT");
    signal(SIGPIPE, SIG_IGN);
    int s = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0)
        die("socket");
    int on = 1, off = 0;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    struct sockaddr_in6 me = {0};
    me.sin6_family = AF_INET6;
    me.sin6_port = htons((in_port_t)strtoul(p ? p : "7777", NULL, 10));
    me.sin6_addr.s6_addr[10] = me.sin6_addr.s6_addr[11] = 0xff;
    me.sin6_addr.s6_addr[12] = 127;
    me.sin6_addr.s6_addr[15] = 1;
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 16) < 0)
        die("listen");

    struct pollfd set[MOST] = {{.fd = s, .events = POLLIN}};
    int n = 1;
    for (;;) {
        if (poll(set, (nfds_t)n, -1) < 0) {
            if (errno == EINTR)
                continue;
            die("poll");
        }
        for (int i = n - 1; i > 0; i--) {
            if (set[i].revents == 0)
                continue;
            char buf[4096];
            ssize_t k = read(set[i].fd, buf, sizeof buf);
            if (k < 0 && errno == EINTR)
                continue;
            if (k <= 0 || send_all(set[i].fd, buf, (size_t)k) < 0) {
                close(set[i].fd);
                set[i] = set[--n];
            }
        }
        if (set[0].revents && n < MOST) {
            int c = accept4(s, NULL, NULL, SOCK_CLOEXEC);
            if (c >= 0)
                set[n++] = (struct pollfd){.fd = c, .events = POLLIN};
        }
    }
}
