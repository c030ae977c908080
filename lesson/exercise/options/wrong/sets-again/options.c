/* fails: untouched
 * belief: M55
 *
 * The options are set on the accepted socket again.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void set(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) < 0)
        die("setsockopt");
}

static const struct {
    const char *name;
    int level, option;
} asks[] = {
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
};

/* report prints what the kernel tells of a descriptor. */
static void report(const char *who, int fd)
{
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        int value;
        socklen_t len = sizeof value;
        if (getsockopt(fd, asks[i].level, asks[i].option, &value, &len) < 0)
            die("getsockopt");
        printf("%s %s %d\n", who, asks[i].name, value);
    }
    int open_flags = fcntl(fd, F_GETFL), own_flags = fcntl(fd, F_GETFD);
    if (open_flags < 0 || own_flags < 0)
        die("fcntl");
    printf("%s O_NONBLOCK %d\n", who, (open_flags & O_NONBLOCK) != 0);
    printf("%s FD_CLOEXEC %d\n", who, (own_flags & FD_CLOEXEC) != 0);
}

/* wait_end reads until the client has ended. */
static void wait_end(int c)
{
    char buf[512];
    ssize_t n;
    do
        n = recv(c, buf, sizeof buf, 0);
    while (n > 0 || (n < 0 && errno == EINTR));
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        die("socket");
    set(s, SOL_SOCKET, SO_REUSEADDR, 1);
    set(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(s, SOL_SOCKET, SO_RCVBUF, 10000);
    set(s, IPPROTO_TCP, TCP_NODELAY, 1);
    set(s, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 16) < 0)
        die("listen");

    for (;;) {
        struct pollfd wait = {s, POLLIN, 0};
        if (poll(&wait, 1, -1) < 0 && errno != EINTR)
            die("poll");
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        set(c, SOL_SOCKET, SO_KEEPALIVE, 1);
        set(c, IPPROTO_TCP, TCP_NODELAY, 1);
        report("listening", s);
        report("accepted", c);
        fflush(stdout);
        wait_end(c);
        close(c);
    }
}
