#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <poll.h>         /* poll */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect, getsockopt */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [connect] */
        return fail("connect");
    int t = socket(AF_INET, SOCK_STREAM, 0);
    if (t < 0) return fail("socket");
    if (connect(t, (struct sockaddr *)&to, sizeof to) < 0) /* [second] */
        return fail("connect");

    int u = socket(AF_INET, SOCK_STREAM, 0);
    if (u < 0) return fail("socket");
    if (connect(u, (struct sockaddr *)&to, sizeof to) < 0) /* [slow] */
        perror("connect");
    struct pollfd p = {u, POLLOUT, 0};
    if (poll(&p, 1, -1) < 0) return fail("poll"); /* [ready] */
    int error = -1;
    socklen_t len = sizeof error;
    if (getsockopt(u, SOL_SOCKET, SO_ERROR, &error, &len) < 0) /* [error] */
        return fail("getsockopt");
    if (close(u) < 0 || close(t) < 0 || close(s) < 0) return fail("close");
    return 0; /* [return] */
}
