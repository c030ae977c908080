/* fails: gives-up
 * belief: M47
 *
 * It asks until it is answered.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { wait_ms = 100, longest = 1000, no_answer = 4 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* now is the time in milliseconds, of a clock that nobody sets. */
static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* send_request sends it once. What fails is lost, as it may be on the way too: ECONNREFUSED
 * is about a datagram that was sent before. */
static void send_request(int s, const void *buf, size_t len)
{
    while (send(s, buf, len, 0) < 0)
        if (errno != EINTR)
            return;
}

/* answer waits up to end for the answer with a number, and returns how long its text is,
 * which stands behind the first 4 bytes of buf; -1 for no answer. */
static ssize_t answer(int s, uint32_t number, long end, char *buf, size_t room)
{
    for (;;) {
        long left = end - now();
        if (left <= 0)
            return -1;
        struct pollfd wait = {s, POLLIN, 0};
        if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
            die("poll");
        ssize_t n = recv(s, buf, room, MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED)
            die("recv");
        uint32_t got;
        if (n < (ssize_t)sizeof got)
            continue;
        memcpy(&got, buf, sizeof got);
        if (ntohl(got) == number)
            return n - (ssize_t)sizeof got;
    }
}

/* ask sends a word until it is answered and prints the answer; it returns 0 for no answer. */
static int ask(int s, uint32_t number, const char *word)
{
    size_t len = sizeof number + strlen(word);
    char *request = malloc(len);
    if (!request)
        die("malloc");
    uint32_t n = htonl(number);
    memcpy(request, &n, sizeof n);
    memcpy(request + sizeof n, word, strlen(word));

    ssize_t size = -1;
    char buf[sizeof number + longest];
    while (size < 0) {
        send_request(s, request, len);
        size = answer(s, number, now() + wait_ms, buf, sizeof buf);
    }
    free(request);
    if (size < 0)
        return 0;
    fwrite(buf + sizeof number, 1, (size_t)size, stdout);
    putchar('\n');
    return 1;
}

int main(int argc, char *argv[])
{
    const char *p = getenv("PORT");
    struct sockaddr_in server = {0};
    server.sin_family = AF_INET;
    server.sin_port = htons((in_port_t)(p ? strtoul(p, NULL, 10) : 7777));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        die("socket");
    if (connect(s, (struct sockaddr *)&server, sizeof server) < 0)
        die("connect");
    for (int i = 1; i < argc; i++)
        if (!ask(s, (uint32_t)i, argv[i])) {
            fprintf(stderr, "no answer to %s\n", argv[i]);
            return no_answer;
        }
    close(s);
    return 0;
}
