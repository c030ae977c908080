#include <netinet/in.h>   /* struct sockaddr_in, htons, INADDR_ANY */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, recv */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) {
        perror("setsockopt");
        return 1;
    }
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; }

    int first = accept(s, NULL, NULL); /* [first] */
    if (first < 0) { perror("accept"); return 1; }
    int c = accept(s, NULL, NULL); /* [second] */
    if (c < 0) { perror("accept"); return 1; }

    char buf[16];
    if (recv(c, buf, sizeof buf, MSG_DONTWAIT) < 0)
        perror("recv"); /* [look] */
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    printf("server got: %.*s\n", (int)n, buf);
    n = recv(c, buf, sizeof buf, 0); /* [more] */
    if (n < 0) { perror("recv"); return 1; }
    printf("server got: %.*s\n", (int)n, buf);
    n = recv(c, buf, sizeof buf, 0); /* [last] */
    if (n < 0) { perror("recv"); return 1; }
    printf("server got: %.*s\n", (int)n, buf);

    if (close(c) < 0) { perror("close"); return 1; }
    if (close(first) < 0) { perror("close"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
