#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect, bind, getsockname, ... */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    struct sockaddr_in me;
    socklen_t len = sizeof me;
    if (getsockname(s, (struct sockaddr *)&me, &len) < 0) /* [nobody] */
        return fail("getsockname");

    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [connect] */
        return fail("connect");
    len = sizeof me;
    if (getsockname(s, (struct sockaddr *)&me, &len) < 0) /* [name] */
        return fail("getsockname");

    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [twice] */
        perror("connect");
    struct sockaddr_in mine = {0};
    mine.sin_family = AF_INET;
    mine.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&mine, sizeof mine) < 0) /* [bind] */
        perror("bind");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
