#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, connect, send, recv */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }

    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "127.0.0.1", &to.sin_addr) != 1) { /* [address] */
        fprintf(stderr, "not an IPv4 address\n");
        return 1;
    }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [connect] */
        perror("connect");
        return 1;
    }

    ssize_t n = send(s, "hello", 5, 0); /* [send] */
    if (n < 0) { perror("send"); return 1; }
    char part[8];
    n = recv(s, part, sizeof part - 1, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    part[n] = '\0';
    printf("client got: %s\n", part);
    n = recv(s, part, sizeof part - 1, 0); /* [rest] */
    if (n < 0) { perror("recv"); return 1; }
    part[n] = '\0';
    printf("client got: %s\n", part);

    if (close(s) < 0) { perror("close"); return 1; } /* [close] */
    return 0; /* [return] */
}
