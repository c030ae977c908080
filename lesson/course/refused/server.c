#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept */
#include <unistd.h>       /* close */

#define PORT 7777
#define ADDRESS "127.0.0.1"

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
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */

    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    if (close(c) < 0) { perror("close"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
