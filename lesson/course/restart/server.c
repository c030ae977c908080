#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, bind, listen, ... */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int on = 1;
    char buf[16];
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [first] */
    if (c < 0) return fail("accept");
    if (recv(c, buf, sizeof buf, 0) < 0) return fail("recv"); /* [end] */
    if (close(c) < 0 || close(s) < 0) return fail("close"); /* [stop] */

    s = socket(AF_INET, SOCK_STREAM, 0); /* it starts again */
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [again] */
        return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    c = accept(s, NULL, NULL); /* [second] */
    if (c < 0) return fail("accept");
    int d = accept(s, NULL, NULL);
    if (d < 0) return fail("accept");
    if (close(c) < 0 || close(d) < 0) return fail("close");
    if (close(s) < 0) return fail("close"); /* [close] */

    s = socket(AF_INET, SOCK_STREAM, 0); /* and once more */
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [refused] */
        perror("bind");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, /* [set] */
                   sizeof on) < 0) return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [late] */
        perror("bind");
    if (close(s) < 0) return fail("close");
    return 1; /* [return] */
}
