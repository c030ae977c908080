/* fails: resets
 * belief: M38
 *
 * SIGPIPE is not ignored, and ends the worker.
 */
#include <errno.h>
#include <netinet/in.h>
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

/* A control buffer for one descriptor, aligned as struct cmsghdr has to be. */
union control {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

/* send_fd passes a descriptor with one byte, or returns -1. */
static int send_fd(int way, int fd)
{
    char byte = 0;
    struct iovec data = {&byte, 1};
    union control control;
    memset(&control, 0, sizeof control);
    struct msghdr m = {0};
    m.msg_iov = &data;
    m.msg_iovlen = 1;
    m.msg_control = control.room;
    m.msg_controllen = sizeof control.room;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    ssize_t n;
    do
        n = sendmsg(way, &m, 0);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -1 : 0;
}

/* recv_fd returns the next descriptor, or -1 when the other side has ended. */
static int recv_fd(int way)
{
    for (;;) {
        char byte;
        struct iovec data = {&byte, 1};
        union control control;
        struct msghdr m = {0};
        m.msg_iov = &data;
        m.msg_iovlen = 1;
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        ssize_t n = recvmsg(way, &m, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        int fd;
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
        return fd;
    }
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

/* talk sends back what comes until the client has ended. */
static void talk(int c)
{
    char buf[4096];
    for (;;) {
        ssize_t n = recv(c, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || send_all(c, buf, (size_t)n) < 0)
            return;
    }
}

/* work serves the clients that are passed, until no more can come. */
static void work(int way)
{
    int c;
    while ((c = recv_fd(way)) >= 0) {
        talk(c);
        close(c);
    }
}

static int listen_at(in_port_t port)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("setsockopt");
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons(port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 16) < 0)
        die("listen");
    return s;
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int way[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, way) < 0)
        die("socketpair");
    pid_t worker = fork();
    if (worker < 0)
        die("fork");
    if (worker == 0) {
        close(way[0]);
        work(way[1]);
        _exit(0);
    }
    close(way[1]);

    int s = listen_at((in_port_t)port);
    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        if (send_fd(way[0], c) < 0)
            die("sendmsg");
        close(c);
    }
}
