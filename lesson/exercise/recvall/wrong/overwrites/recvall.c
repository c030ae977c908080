/* fails: block
 * belief: M24
 *
 * Every recv() writes to the beginning of the block.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* await waits until the socket is ready. */
static void await(int s, short events)
{
    struct pollfd p = {.fd = s, .events = events};
    poll(&p, 1, -1);
}

/* recv_all receives n bytes and returns how many came: fewer where the end came before,
   -1 for an error. */
static ssize_t recv_all(int s, void *to, size_t n)
{
    size_t have = 0;
    while (have < n) {
        ssize_t k = recv(s, to, n - have, 0);
        if (k > 0)
            have += (size_t)k;
        else if (k == 0)
            break;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            await(s, POLLIN);
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)have;
}

/* send_all sends n bytes and returns 0, or -1 for an error. */
static int send_all(int s, const void *from, size_t n)
{
    size_t sent = 0;
    while (sent < n) {
        ssize_t k = send(s, (const char *)from + sent, n - sent, MSG_NOSIGNAL);
        if (k >= 0)
            sent += (size_t)k;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            await(s, POLLOUT);
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

/* connected is a socket connected to 127.0.0.1 and the port in PORT. */
static int connected(void)
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
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0)
        die("connect");
    return s;
}

int main(int argc, char **argv)
{
    size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    char *block = malloc(size);
    if (size == 0 || block == NULL) {
        fprintf(stderr, "usage: %s SIZE [nonblocking]\n", argv[0]);
        return 2;
    }
    int s = connected();
    if (argc > 2 && strcmp(argv[2], "nonblocking") == 0 &&
        fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK) < 0)
        die("fcntl");
    for (;;) {
        ssize_t got = recv_all(s, block, size);
        if (got < 0)
            die("recv");
        if (got == 0)
            return 0;
        if ((size_t)got < size) {
            fprintf(stderr, "the end came after %zd of %zu bytes\n", got, size);
            return 1;
        }
        if (send_all(s, block, size) < 0)
            die("send");
    }
}
