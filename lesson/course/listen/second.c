#include <arpa/inet.h>    /* htons, htonl, ntohs */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, listen, getsockname */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    int u = socket(AF_INET, SOCK_DGRAM, 0);
    if (u < 0) return fail("socket");
    if (listen(u, 5) < 0) perror("listen"); /* [udp] */
    if (close(u) < 0) return fail("close");

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&a, sizeof a); /* [bind] */
    if (listen(s, 5) < 0) return fail("listen"); /* [listen] */
    struct sockaddr_in got;
    socklen_t len = sizeof got;
    if (getsockname(s, (struct sockaddr *)&got, &len) < 0) /* [name] */
        return fail("getsockname");
    printf("listening on port %d\n", ntohs(got.sin_port));
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
