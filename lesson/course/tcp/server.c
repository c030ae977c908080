#include <arpa/inet.h>    /* htons, htonl, ntohs */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <string.h>       /* memset, strlen */
#include <sys/socket.h>   /* socket, bind, listen, accept, ... */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, /* [reuse] */
                   &on, sizeof on) < 0) {
        perror("setsockopt");
        return 1;
    }

    struct sockaddr_in a;                       /* [declare] */
    memset(&a, 0, sizeof a);                    /* [zero] */
    a.sin_family = AF_INET;                     /* [family] */
    a.sin_port = htons(PORT);                   /* [port] */
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* [address] */
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* [bind] */
        perror("bind");
        return 1;
    }
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */

    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    int c = accept(s, (struct sockaddr *)&peer, &len); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    printf("client's port: %d\n", ntohs(peer.sin_port)); /* [peer] */

    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf - 1, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    buf[n] = '\0';
    printf("server got: %s\n", buf);
    const char *reply = "hello client";
    n = send(c, reply, strlen(reply), 0); /* [send] */
    if (n < 0) { perror("send"); return 1; }
    n = recv(c, buf, sizeof buf - 1, 0); /* [end] */
    if (n < 0) { perror("recv"); return 1; }

    if (close(c) < 0) { perror("close"); return 1; } /* [close] */
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
