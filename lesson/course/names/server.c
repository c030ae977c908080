#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept */
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
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    if (close(c) < 0 || close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
