/* fails: closes
 * belief: M30
 *
 * The descriptor of a client stays open.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

/* ours reports whether a client belongs to the user this program runs as. */
static int ours(int c)
{
    struct ucred who;
    socklen_t len = sizeof who;
    if (getsockopt(c, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
        return 0;
    return who.uid == geteuid();
}

int main(void)
{
    const char *path = getenv("SOCKET");
    if (path == NULL)
        path = "local.sock";
    signal(SIGPIPE, SIG_IGN);

    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    struct sockaddr_un me = {0};
    me.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof me.sun_path) {
        fprintf(stderr, "%s: the path is too long\n", path);
        exit(1);
    }
    strcpy(me.sun_path, path);
    if (unlink(path) < 0 && errno != ENOENT)
        die("unlink");
    umask(0177);
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
        if (ours(c))
            talk(c);
        shutdown(c, SHUT_RDWR);
    }
}
