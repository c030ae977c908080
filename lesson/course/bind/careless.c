#include <arpa/inet.h>    /* htons, htonl, ntohs */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf */
#include <sys/socket.h>   /* socket, bind, listen, getsockname */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    bind(s, (struct sockaddr *)&a, sizeof a);       /* [bind] */
    listen(s, 5);                                   /* [listen] */
    printf("listening on port %d\n", PORT);
    socklen_t len = sizeof a;
    getsockname(s, (struct sockaddr *)&a, &len);    /* [name] */
    printf("in truth on port %d\n", ntohs(a.sin_port));
    return 0; /* [return] */
}
