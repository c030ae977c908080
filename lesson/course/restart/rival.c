#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, bind */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (s < 0) { perror("socket"); return 1; }
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, /* [set] */
                   sizeof on) < 0) {
        perror("setsockopt");
        return 1;
    }
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* 127.0.0.2 */
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [bind] */
        perror("bind");
    if (close(s) < 0) { perror("close"); return 1; }
    return 1; /* [return] */
}
