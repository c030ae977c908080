#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [first] */
        perror("connect");
        return 1;
    }
    if (close(s) < 0) { perror("close"); return 1; }

    to.sin_addr.s_addr = htonl(INADDR_ANY); /* the server's, copied */
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { /* [zero] */
        perror("connect");
        return 1;
    }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
