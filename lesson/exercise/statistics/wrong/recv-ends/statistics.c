/* fails: intact
 * belief: M42
 *
 * EINTR of recv() is taken for the end of the client.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t asked;
static unsigned long clients, bytes;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ask only sets a flag: printf() is not allowed in a handler. */
static void ask(int number)
{
    (void)number;
    asked = 1;
}

/* interrupted reports whether a call that failed is to be made again; this is where the
   statistics are printed. */
static int interrupted(void)
{
    if (errno != EINTR)
        return 0;
    if (asked) {
        asked = 0;
        printf("%lu clients, %lu bytes\n", clients, bytes);
        fflush(stdout);
    }
    return 1;
}

/* send_all sends all of it, or returns -1. */
static int send_all(int c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(c, p, n, 0);
        if (k < 0 && interrupted())
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
        if (n < 0)
            interrupted();
        if (n <= 0 || send_all(c, buf, (size_t)n) < 0)
            return;
        bytes += (unsigned long)n;
    }
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);
    struct sigaction act = {0}; /* without SA_RESTART: calls come back with EINTR */
    act.sa_handler = ask;
    if (sigaction(SIGUSR1, &act, NULL) < 0)
        die("sigaction");

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
            if (interrupted() || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        clients++;
        talk(c);
        close(c);
    }
}
