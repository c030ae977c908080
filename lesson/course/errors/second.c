#include <arpa/inet.h>    /* inet_pton */
#include <errno.h>        /* errno */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror, fprintf */
#include <string.h>       /* strerror */
#include <sys/socket.h>   /* socket, bind, getsockname */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0}, b = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof b;
    int saved = 0, client = -1; /* nobody accepted yet */

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind"); /* [perror] */
        saved = errno; /* [saved] */
    }
    if (getsockname(s, (struct sockaddr *)&b, &len) < 0) { /* [name] */
        perror("getsockname");
        return 1;
    }
    int ok = inet_pton(AF_INET, "localhost", &b.sin_addr); /* [text] */
    if (ok != 1) fprintf(stderr, "not an address\n");

    close(client); /* [tidy] */
    perror("bind"); /* [late] */
    fprintf(stderr, "bind: %s\n", strerror(saved)); /* [right] */
    if (close(s) < 0) { perror("close"); return 1; }
    return 1; /* [return] */
}
