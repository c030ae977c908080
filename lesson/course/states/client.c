#include <errno.h>        /* errno, EINPROGRESS */
#include <netinet/in.h>   /* struct sockaddr_in, htons, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect, shutdown, send */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0 && /* [try] */
        errno != EINPROGRESS) { perror("connect"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }

    s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); /* [anew] */
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0 && /* [half] */
        errno != EINPROGRESS) { perror("connect"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [connect] */
        perror("connect");
        return 1;
    }
    if (shutdown(s, SHUT_WR) < 0) { /* [shut] */
        perror("shutdown");
        return 1;
    }
    if (send(s, "more", 4, MSG_NOSIGNAL) < 0)
        perror("send"); /* [late] */
    if (close(s) < 0) { perror("close"); return 1; }

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [again] */
        perror("connect");
        return 1;
    }
    if (shutdown(s, SHUT_WR) < 0) { /* [fin] */
        perror("shutdown");
        return 1;
    }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
