#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/resource.h> /* setrlimit */
#include <sys/socket.h>   /* socket, connect, recv */

#define PORT 7777

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct rlimit few = {8, 8}; /* descriptors 0 to 7 */
    char buf[16];
    int s;

    if (setrlimit(RLIMIT_NOFILE, &few) < 0) {
        perror("setrlimit");
        return 1;
    }
    if (s = socket(AF_INET, SOCK_STREAM, 0) < 0) /* [socket] */
        perror("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [zero] */
        perror("connect");

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    connect(s, (struct sockaddr *)&to, sizeof to); /* [unchecked] */
    if (recv(s, buf, sizeof buf, 0) < 0) /* [recv] */
        perror("recv");

    while ((s = socket(AF_INET, SOCK_STREAM, 0)) >= 0)
        if (connect(s, (struct sockaddr *)&to, sizeof to) == 0)
            break;
    perror("socket"); /* [full] */
    return 1; /* [return] */
}
