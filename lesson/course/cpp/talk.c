#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, connect, accept */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(s, 1) < 0) { perror("listen"); return 1; }
    int c = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("connect");
        return 1;
    }
    int p = accept(s, NULL, NULL);                   /* [accept] */

    char line[16];
    if (send(c, "hello\n", 6, 0) < 0) { perror("send"); return 1; }
    ssize_t n = recv(p, line, 4, 0);                 /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    n = recv(p, line, sizeof line, 0);
    return n < 0; /* [return] */
}
