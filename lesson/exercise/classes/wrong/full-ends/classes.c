/* fails: full
 * belief: -
 *
 * Any error of accept() ends the server, that of a full table too.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* struct owner has one descriptor, or -1. Only these functions open and close it. */
struct owner {
    int fd;
};

/* drop closes what the owner has, once. errno is left alone. */
static void drop(struct owner *o)
{
    int error = errno;
    if (o->fd >= 0)
        close(o->fd);
    o->fd = -1;
    errno = error;
}

/* listen_at opens a listening socket, or returns -1 and owns nothing. */
static int listen_at(struct owner *s, in_port_t port)
{
    int on = 1;
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons(port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0)
        goto fail;
    if (setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        goto fail;
    if (bind(s->fd, (struct sockaddr *)&me, sizeof me) < 0)
        goto fail;
    if (listen(s->fd, 16) < 0)
        goto fail;
    return 0;

fail:
    drop(s);
    return -1;
}

/* accept_from opens the next client, or returns -1 and owns nothing. */
static int accept_from(const struct owner *s, struct owner *c)
{
    do
        c->fd = accept(s->fd, NULL, NULL);
    while (c->fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    return c->fd < 0 ? -1 : 0;
}

/* send_all sends all of it, or returns -1. */
static int send_all(const struct owner *c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(c->fd, p, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* serve sends back what comes until the client has ended, and closes it: every way out
 * of the loop leads to the one end. */
static void serve(struct owner *c)
{
    char buf[4096];
    for (;;) {
        ssize_t n = recv(c->fd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            break;
        if (n < 0) {
            perror("recv");
            break;
        }
        if (send_all(c, buf, (size_t)n) < 0) {
            perror("send");
            break;
        }
    }
    drop(c);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

    struct owner listener = {-1};
    if (listen_at(&listener, (in_port_t)port) < 0) {
        perror("listen");
        return 1;
    }
    for (;;) {
        struct owner client = {-1};
        if (accept_from(&listener, &client) == 0) {
            serve(&client);
            continue;
        }
        perror("accept");
        break;
    }
    drop(&listener);
    return 1;
}
