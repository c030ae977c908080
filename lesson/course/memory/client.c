#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf */
#include <sys/socket.h>   /* every call you will need but close */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = -1;           /* the first socket */
    int t = -1;           /* a second and a third one, for later */
    int u = -1;
    char buf[64] = "";    /* [ready] */

    /* Your calls are made here. */

    printf("port %d: s is %d, t is %d, u is %d, \"%s\"\n",
        ntohs(a.sin_port), s, t, u, buf); /* [print] */
    return 0; /* [return] */
}
