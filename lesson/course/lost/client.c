#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, connect, send */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "10.0.0.1", &to.sin_addr) != 1) return 1;

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [connect] */
        perror("connect");
        return 1;
    }

    int t = socket(AF_INET, SOCK_STREAM, 0);
    if (t < 0) { perror("socket"); return 1; }
    if (connect(t, (struct sockaddr *)&to, sizeof to) < 0) { /* [again] */
        perror("connect");
        return 1;
    }
    ssize_t n = send(t, "hello", 5, 0); /* [send] */
    if (n < 0) { perror("send"); return 1; }
    n = send(t, "twice", 5, 0); /* [twice] */
    if (n < 0) { perror("send"); return 1; }
    n = send(t, "done!", 5, 0); /* [done] */
    if (n < 0) { perror("send"); return 1; }
    if (close(t) < 0) { perror("close"); return 1; } /* [close] */
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
