/* fails: refused
 * belief: -
 *
 * Every failure has the same exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { refused = 3, timed_out = 4 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* milliseconds is a clock that only goes forward. */
static long milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* connect_within connects within a time, or returns -1 with errno set. */
static int connect_within(int s, const struct sockaddr_in *to, long limit)
{
    int flags = fcntl(s, F_GETFL);
    if (fcntl(s, F_SETFL, flags | O_NONBLOCK) < 0)
        return -1;
    long end = milliseconds() + limit;
    if (connect(s, (const struct sockaddr *)to, sizeof *to) < 0) {
        if (errno != EINPROGRESS)
            return -1;
        struct pollfd wait = {s, POLLOUT, 0};
        for (;;) {
            long left = end - milliseconds();
            int n = left > 0 ? poll(&wait, 1, (int)left) : 0;
            if (n > 0)
                break;
            if (n == 0) {
                errno = ETIMEDOUT;
                return -1;
            }
            if (errno != EINTR)
                return -1;
        }
        int error;
        socklen_t len = sizeof error;
        if (getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
            return -1;
        if (error) {
            errno = error;
            return -1;
        }
    }
    return fcntl(s, F_SETFL, flags);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons((in_port_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect_within(s, &to, 500) < 0) {
        int why = errno;
        perror("connect");
        return why == 0 ? refused : timed_out;
    }
    if (send(s, "hello\n", 6, 0) != 6)
        die("send");
    close(s);
    return 0;
}
