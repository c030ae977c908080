/* fails: memory
 * belief: M23
 *
 * It receives whatever comes, and keeps what it cannot send.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { most = 1000 };

/* A client has bytes that were received and not sent yet, in a buffer that grows. */
struct client {
    char *buf;
    size_t size, n;
    int ended;
};

static struct pollfd fds[1 + most]; /* the listening socket is the first */
static struct client *clients[1 + most];
static nfds_t count = 1;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* not_now reports whether a call would have had to wait, or was interrupted. */
static int not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void no_block(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
        die("fcntl");
}

/* take accepts one client. */
static void take(int s)
{
    int fd = accept(s, NULL, NULL);
    if (fd < 0)
        return;
    struct client *c = count <= most ? calloc(1, sizeof *c) : NULL;
    if (c == NULL) {
        close(fd);
        return;
    }
    no_block(fd);
    clients[count] = c;
    fds[count++] = (struct pollfd){fd, POLLIN, 0};
}

/* drop ends a client; the last one gets its place. */
static void drop(nfds_t i)
{
    close(fds[i].fd);
    free(clients[i]->buf);
    free(clients[i]);
    count--;
    fds[i] = fds[count];
    clients[i] = clients[count];
}

/* serve does for a client what can be done without waiting, and reports whether it has
   ended. It keeps what it cannot send. */
static int serve(nfds_t i)
{
    struct client *c = clients[i];
    if (!c->ended) {
        c->buf = realloc(c->buf, c->n + 65536);
        ssize_t n = recv(fds[i].fd, c->buf + c->n, 65536, 0);
        if (n < 0 && !not_now())
            return 1;
        c->ended = n == 0;
        if (n > 0)
            c->n += (size_t)n;
    }
    ssize_t n = c->n > 0 ? send(fds[i].fd, c->buf, c->n, 0) : 0;
    if (n < 0 && !not_now())
        return 1;
    if (n > 0) {
        c->n -= (size_t)n;
        memmove(c->buf, c->buf + n, c->n);
    }
    fds[i].events = (short)((c->ended ? 0 : POLLIN) | (c->n > 0 ? POLLOUT : 0));
    return c->ended && c->n == 0;
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

    no_block(s);
    fds[0] = (struct pollfd){s, POLLIN, 0};
    for (;;) {
        if (poll(fds, count, -1) < 0) {
            if (errno == EINTR)
                continue;
            die("poll");
        }
        for (nfds_t i = count - 1; i > 0; i--)
            if (fds[i].revents && serve(i))
                drop(i);
        if (fds[0].revents)
            take(s);
    }
}
