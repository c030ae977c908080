#include <arpa/inet.h>    /* htons, htonl */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <string.h>       /* memset */
#include <sys/socket.h>   /* socket, bind */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = INADDR_LOOPBACK;        /* [swapped] */
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* [address] */

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    struct sockaddr_in *p = &a;
    if (bind(s, (struct sockaddr *)p, sizeof p) < 0) /* [length] */
        perror("sizeof p");
    a.sin_family = htons(AF_INET);
    if (bind(s, (struct sockaddr *)p, sizeof *p) < 0) /* [family] */
        perror("htons on the family");
    a.sin_family = AF_INET;
    in_addr_t port = htonl(PORT);
    a.sin_port = port;                          /* [port] */
    if (bind(s, (struct sockaddr *)p, sizeof *p) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }

    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
