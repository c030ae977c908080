#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* perror, fprintf */
#include <string.h>       /* memset */
#include <sys/socket.h>   /* socket, bind, getsockname */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a;               /* [declare] */
    a.sin_family = AF_INET;             /* [family] */
    a.sin_port = htons(PORT);           /* [port] */
    int ok = inet_pton(AF_INET, "127.1", &a.sin_addr); /* [short] */
    if (ok != 1)
        fprintf(stderr, "127.1: not an address\n");
    ok = inet_pton(AF_INET, "127.0.0.1", &a.sin_addr); /* [text] */
    if (ok != 1) { fprintf(stderr, "not an address\n"); return 1; }
    memset(a.sin_zero, 0xaa, sizeof a.sin_zero); /* [rest] */

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }
    struct sockaddr_in got;
    socklen_t len = sizeof got;
    if (getsockname(s, (struct sockaddr *)&got, &len) < 0) { /* [name] */
        perror("getsockname");
        return 1;
    }

    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
