#include <errno.h>        /* errno, ETIMEDOUT */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* fprintf, perror */
#include <sys/socket.h>   /* socket, connect, send */
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
    while (connect(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [connect] */
        if (errno != ETIMEDOUT) { perror("connect"); return 1; }
        fprintf(stderr, "no answer, once more\n");
        if (close(s) < 0) { perror("close"); return 1; }
        s = socket(AF_INET, SOCK_STREAM, 0);
        if (s < 0) { perror("socket"); return 1; }
    }
    if (send(s, "hello", 5, 0) < 0) { /* [send] */
        perror("send");
        return 1;
    }

    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
