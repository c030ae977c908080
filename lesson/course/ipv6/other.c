#include <netinet/in.h>   /* struct sockaddr_in, INADDR_ANY */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, bind, listen */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int on = 1;
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_ANY);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) {
        perror("setsockopt");
        return 1;
    }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [busy] */
        perror("bind");

    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [both] */
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
