#include <errno.h>        /* errno, EINTR */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <poll.h>         /* poll */
#include <signal.h>       /* sigaction, SIGUSR1, SA_RESTART */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, recv */
#include <sys/time.h>     /* struct timeval */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

static void wake(int sig) { (void)sig; }

int main(void)
{
    int on = 1, c;
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");

    c = accept(s, NULL, NULL); /* [accept] */
    while (c < 0 && errno == EINTR)
        c = accept(s, NULL, NULL); /* [again] */
    if (c < 0) return fail("accept");
    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) perror("recv");
    n = recv(c, buf, sizeof buf, 0); /* [rest] */
    if (n < 0) return fail("recv");

    struct sigaction act = {0};
    act.sa_handler = wake;
    act.sa_flags = SA_RESTART;
    if (sigaction(SIGUSR1, &act, NULL) < 0) /* [action] */
        return fail("sigaction");
    n = recv(c, buf, sizeof buf, 0); /* [restart] */
    if (n < 0) return fail("recv");
    struct timeval limit = {600, 0}; /* ten minutes */
    if (setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &limit, /* [limit] */
                   sizeof limit) < 0) return fail("setsockopt");
    n = recv(c, buf, sizeof buf, 0); /* [timed] */
    if (n < 0) perror("recv");
    struct pollfd p = {c, POLLIN, 0};
    if (poll(&p, 1, -1) < 0) perror("poll"); /* [poll] */
    if (close(c) < 0 || close(s) < 0) return fail("close");
    return 0; /* [return] */
}
