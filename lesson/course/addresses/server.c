#include <netinet/in.h>   /* struct sockaddr_in, INADDR_ANY */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    struct sockaddr_in a = {0}, here = {0};
    socklen_t len = sizeof here;
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [loopback] */
    if (close(s) < 0) return fail("close"); /* [close] */

    a.sin_addr.s_addr = htonl(INADDR_ANY);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [any] */

    int c = accept(s, NULL, NULL);
    if (c < 0) return fail("accept");
    if (getsockname(c, (struct sockaddr *)&here, &len) < 0) /* [name] */
        return fail("getsockname");
    if (close(c) < 0) return fail("close");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
