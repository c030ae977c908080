#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in, struct sockaddr_in6 */
#include <stdio.h>        /* perror, fprintf */
#include <sys/socket.h>   /* socket, connect */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in6 v6 = {0};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(PORT);
    if (inet_pton(AF_INET6, "::1", &v6.sin6_addr) != 1) {
        fprintf(stderr, "no IPv6 address\n");
        return 1;
    }
    struct sockaddr_in v4 = {0};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "127.0.0.1", &v4.sin_addr) != 1) {
        fprintf(stderr, "no IPv4 address\n");
        return 1;
    }

    int s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&v6, sizeof v6) < 0) /* [first] */
        perror("::1");
    close(s);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&v4, sizeof v4) < 0) { /* [second] */
        perror("127.0.0.1");
        return 1;
    }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
