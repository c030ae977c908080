#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_ANY */
#include <stdio.h>        /* perror, fprintf */
#include <sys/socket.h>   /* socket, bind, listen */
#include <unistd.h>       /* close */

#define PORT 7777
#define ADDRESS "127.0.0.2"

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    if (inet_pton(AF_INET, ADDRESS, &a.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [beside] */
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    a.sin_addr.s_addr = INADDR_LOOPBACK; /* without htonl */
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [swapped] */
        perror("bind");

    a.sin_addr.s_addr = INADDR_ANY; /* without htonl */
    bind(s, (struct sockaddr *)&a, sizeof a); /* [unchecked] */
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
