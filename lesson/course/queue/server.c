#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, recv */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(s, 1) < 0) { perror("listen"); return 1; } /* [listen] */

    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    printf("from the first one: %zd bytes\n", n);
    if (close(c) < 0) { perror("close"); return 1; }

    c = accept(s, NULL, NULL); /* [second] */
    if (c < 0) { perror("accept"); return 1; }
    if (close(c) < 0) { perror("close"); return 1; }
    c = accept(s, NULL, NULL); /* [third] */
    if (c < 0) { perror("accept"); return 1; }
    if (close(c) < 0) { perror("close"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
