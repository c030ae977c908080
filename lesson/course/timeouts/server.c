#include <errno.h>        /* errno, EAGAIN */
#include <fcntl.h>        /* fcntl, O_NONBLOCK */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, setsockopt, accept, recv, send */
#include <sys/time.h>     /* struct timeval */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");

    char buf[16];
    struct timeval half = {0, 500000}; /* seconds, microseconds */
    if (setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &half, /* [limit] */
                   sizeof half) < 0) return fail("setsockopt");
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) perror("recv");

    if (fcntl(s, F_SETFL, O_NONBLOCK) < 0) return fail("fcntl"); /* [set] */
    int d = accept(s, NULL, NULL); /* [none] */
    if (d < 0 && errno != EAGAIN) return fail("accept");
    d = accept(s, NULL, NULL); /* [second] */
    if (d < 0) return fail("accept");
    int listens = fcntl(s, F_GETFL) & O_NONBLOCK;
    int talks = fcntl(d, F_GETFL) & O_NONBLOCK; /* [flags] */
    printf("the listener's flag %d, the connection's %d\n", listens, talks);

    char big[400000] = {0};
    int size = 20000;
    if (setsockopt(d, SOL_SOCKET, SO_SNDBUF, &size, /* [size] */
                   sizeof size) < 0) return fail("setsockopt");
    size_t sent = 0;
    n = send(d, big, sizeof big, MSG_DONTWAIT); /* [part] */
    while (n > 0) {
        sent += n;
        n = send(d, big + sent, sizeof big - sent, MSG_DONTWAIT);
    }
    if (n < 0) perror("send"); /* [more] */
    if (close(d) < 0 || close(c) < 0) return fail("close");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
