/* fails: refused limit
 * belief: M61 -
 *
 * It does not wait for the connection it began, which stands at once only where it is near.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { refused = 3, timed_out = 4 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* connect_within connects within a time, or returns -1 with errno set. */
static int connect_within(int s, const struct sockaddr_in *to, long limit)
{
    int flags = fcntl(s, F_GETFL);
    if (fcntl(s, F_SETFL, flags | O_NONBLOCK) < 0)
        return -1;
    (void)limit;
    if (connect(s, (const struct sockaddr *)to, sizeof *to) < 0) {
        if (errno != EINPROGRESS)
            return -1;
    }
    return 0;
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
        return why == ECONNREFUSED ? refused : why == ETIMEDOUT ? timed_out : 1;
    }
    if (send(s, "hello\n", 6, 0) != 6)
        die("send");
    close(s);
    return 0;
}
