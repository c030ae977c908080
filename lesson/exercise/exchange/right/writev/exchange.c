/* A question is one writev() of two pieces, and a thread of its own sends the 8 MiB. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { rounds = 20, total = 8 * 1024 * 1024 };

static char out[65536];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ask sends question number, and all of it by one call: there is room for it. */
static void ask(int s, int number)
{
    char header[32], c = 0;
    int size = snprintf(header, sizeof header, "ask %d\n", number);
    struct iovec parts[2] = {{header, (size_t)size}, {out, (size_t)number}};
    ssize_t n;
    do
        n = writev(s, parts, 2);
    while (n < 0 && errno == EINTR);
    if (n != size + number)
        die("writev");
    while (c != '\n') {
        n = recv(s, &c, 1, 0);
        if (n == 0 || (n < 0 && errno != EINTR))
            die("recv");
    }
}

static void *sender(void *of)
{
    int s = *(int *)of;
    for (size_t left = total; left > 0;) {
        ssize_t n = send(s, out, left < sizeof out ? left : sizeof out, 0);
        if (n < 0 && errno != EINTR)
            die("send");
        if (n > 0)
            left -= (size_t)n;
    }
    if (shutdown(s, SHUT_WR) < 0)
        die("shutdown");
    return NULL;
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);
    memset(out, 'x', sizeof out);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons((in_port_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0)
        die("connect");
    for (int number = 1; number <= rounds; number++)
        ask(s, number);

    pthread_t sending;
    if (pthread_create(&sending, NULL, sender, &s) != 0)
        die("pthread_create");
    static char in[65536];
    size_t came = 0;
    for (;;) {
        ssize_t n = recv(s, in, sizeof in, 0);
        if (n < 0 && errno != EINTR)
            die("recv");
        if (n == 0)
            break;
        if (n > 0)
            came += (size_t)n;
    }
    pthread_join(sending, NULL);
    printf("%zu\n", came);
    close(s);
    return 0;
}
