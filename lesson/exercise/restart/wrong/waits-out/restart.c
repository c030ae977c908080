/* fails: restart
 * belief: -
 *
 * It sets SO_REUSEADDR, and all the same waits until the kernel has forgotten the
 * connections of the server before.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* remembered reports whether the kernel still has connections of the port in TIME_WAIT. */
static int remembered(unsigned port)
{
    FILE *f = fopen("/proc/net/tcp", "r");
    if (!f)
        die("/proc/net/tcp");
    char line[256];
    int found = 0;
    while (fgets(line, sizeof line, f)) {
        unsigned local, state;
        if (sscanf(line, " %*u: %*x:%x %*x:%*x %x", &local, &state) == 2)
            found |= local == port && state == 6;
    }
    fclose(f);
    return found;
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

    while (remembered(port))
        sleep(1);
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
        talk(c);
        close(c);
    }
}
