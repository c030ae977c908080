#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK, ... */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, connect, getpeername */
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
    struct sockaddr_in mine = {0};
    mine.sin_family = AF_INET;
    mine.sin_port = htons(0); /* the kernel may choose */
    mine.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&mine, sizeof mine) < 0) /* [bind] */
        return fail("bind");

    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_ANY); /* a server's line, copied */
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [any] */
        perror("connect");
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    if (getpeername(s, (struct sockaddr *)&peer, &len) < 0) /* [peer] */
        perror("getpeername");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
