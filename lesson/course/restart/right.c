#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, bind, listen, ... */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int on = 1;
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* 127.0.0.2 */

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, /* [set] */
                   sizeof on) < 0) return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");
    if (close(c) < 0 || close(s) < 0) return fail("close"); /* [close] */

    s = socket(AF_INET, SOCK_STREAM, 0); /* it starts again */
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [again] */
        return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [listen] */
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
