/* fails: sends
 * belief: M45
 *
 * It receives one piece for each it sends, and waits for it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { rounds = 20, total = 8 * 1024 * 1024 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* answer receives a line, and no byte behind it. */
static void answer(int s)
{
    for (char c = 0; c != '\n';) {
        ssize_t n = recv(s, &c, 1, 0);
        if (n < 0 && errno != EINTR)
            die("recv");
        if (n == 0) {
            fprintf(stderr, "the other side ended without an answer\n");
            exit(1);
        }
    }
}

/* ask sends a question, header and body in one call, and waits for its answer. */
static void ask(int s, int number)
{
    char question[64];
    int header = snprintf(question, sizeof question, "ask %d\n", number);
    memset(question + header, 'x', (size_t)number);
    size_t size = (size_t)(header + number), sent = 0;
    while (sent < size) {
        ssize_t n = send(s, question + sent, size - sent, 0);
        if (n < 0 && errno != EINTR)
            die("send");
        if (n > 0)
            sent += (size_t)n;
    }
    answer(s);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

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
    static char out[65536], in[65536];
    memset(out, 'x', sizeof out);
    size_t left = total, came = 0;
    while (left > 0) {
        ssize_t n = send(s, out, left < sizeof out ? left : sizeof out, 0);
        if (n < 0)
            die("send");
        left -= (size_t)n;
        n = recv(s, in, sizeof in, 0);
        if (n < 0)
            die("recv");
        came += (size_t)n;
    }
    if (shutdown(s, SHUT_WR) < 0)
        die("shutdown");
    for (;;) {
        ssize_t n = recv(s, in, sizeof in, 0);
        if (n < 0 && errno != EINTR)
            die("recv");
        if (n == 0)
            break;
        if (n > 0)
            came += (size_t)n;
    }
    printf("%zu\n", came);
    close(s);
    return left == 0 ? 0 : 1;
}
