#include <arpa/inet.h>    /* htons, htonl */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, recv */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }

    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }

    char buf[16];
    ssize_t n = recv(s, buf, sizeof buf - 1, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    buf[n] = '\0';
    printf("server got: %s\n", buf);
    return 0; /* [return] */
}
