#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* perror, fprintf */
#include <sys/socket.h>   /* socket, connect */
#include <unistd.h>       /* close */

#define PORT 7777
#define ADDRESS "10.9.0.5"

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    if (inet_pton(AF_INET, ADDRESS, &to.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [first] */
        perror("connect");
    if (close(s) < 0) { perror("close"); return 1; }

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [second] */
        perror("connect");
        return 1;
    }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
