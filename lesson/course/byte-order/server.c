#include <arpa/inet.h>    /* htons, ntohs, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, getsockname */
#include <unistd.h>       /* close */

#define PORT 7777
#define ADDRESS "127.0.0.1"

int main(void)
{
    unsigned short n = 258;          /* [number] */
    unsigned short swapped = htons(n); /* [swapped] */
    printf("%d becomes %d\n", n, swapped);
    int large = 70000;
    unsigned short cut = large;      /* [cut] */
    printf("%d becomes %d\n", large, cut);

    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    unsigned short port = PORT;
    a.sin_port = htons(port);        /* [port] */
    if (inet_pton(AF_INET, ADDRESS, &a.sin_addr) != 1) { /* [address] */
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }
    struct sockaddr_in got;
    socklen_t len = sizeof got;
    if (getsockname(s, (struct sockaddr *)&got, &len) < 0) { /* [name] */
        perror("getsockname");
        return 1;
    }
    printf("bound to port %d\n", ntohs(got.sin_port));

    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
