#include <arpa/inet.h>    /* htons, htonl, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_ANY */
#include <stdio.h>        /* perror, fprintf */
#include <sys/socket.h>   /* socket, bind */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "127.0.0.2", &a.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }
    int t = socket(AF_INET, SOCK_STREAM, 0);
    if (t < 0) { perror("socket"); return 1; }
    if (bind(t, (struct sockaddr *)&a, sizeof a) < 0) /* [other] */
        perror("127.0.0.2");

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    a.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [all] */
        perror("all addresses");
    a.sin_port = htons(80);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [low] */
        perror("port 80");
    a.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "192.0.2.1", &a.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [foreign] */
        perror("192.0.2.1");
    if (bind(1, (struct sockaddr *)&a, sizeof a) < 0) /* [output] */
        perror("descriptor 1");

    a.sin_port = htons(0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [any] */
        perror("port 0");
        return 1;
    }
    if (close(t) < 0) { perror("close"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
