#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in6 */
#include <stdio.h>        /* perror, fprintf */
#include <sys/socket.h>   /* socket, connect */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in6 to = {0};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(PORT);
    if (inet_pton(AF_INET6, "::1", &to.sin6_addr) != 1) {
        fprintf(stderr, "not an IPv6 address\n");
        return 1;
    }
    int s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [first] */
        perror("connect");
        return 1;
    }

    if (inet_pton(AF_INET6, "fe80::5", &to.sin6_addr) != 1) {
        fprintf(stderr, "not an IPv6 address\n");
        return 1;
    }
    int t = socket(AF_INET6, SOCK_STREAM, 0);
    if (t < 0) { perror("socket"); return 1; }
    if (connect(t, (struct sockaddr *)&to, sizeof to) < 0) /* [scope] */
        perror("connect");
    if (close(t) < 0 || close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
