#include <arpa/inet.h>    /* htons, htonl */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, sendto */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }

    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (sendto(s, "hello", 5, 0, /* [send] */
               (struct sockaddr *)&to, sizeof to) < 0) {
        perror("sendto");
        return 1;
    }
    return 0; /* [return] */
}
