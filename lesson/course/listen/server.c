#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, connect */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

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
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [bind] */
        return fail("bind");
    if (listen(s, 0) < 0) return fail("listen"); /* [listen] */

    if (listen(s, 128) < 0) return fail("listen"); /* [more] */
    if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) /* [call] */
        perror("connect");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");
    if (listen(c, 5) < 0) perror("listen"); /* [wrong] */
    if (close(c) < 0) return fail("close");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
