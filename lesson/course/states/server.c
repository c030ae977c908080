#include <netinet/in.h>   /* struct sockaddr_in, htons, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, shutdown */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) {
        perror("setsockopt");
        return 1;
    }
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */

    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    if (shutdown(c, SHUT_WR) < 0) { /* [last] */
        perror("shutdown");
        return 1;
    }
    if (close(c) < 0) { perror("close"); return 1; }

    c = accept(s, NULL, NULL); /* [next] */
    if (c < 0) { perror("accept"); return 1; }
    if (shutdown(c, SHUT_WR) < 0) { /* [fin] */
        perror("shutdown");
        return 1;
    }
    if (close(c) < 0) { perror("close"); return 1; }

    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
