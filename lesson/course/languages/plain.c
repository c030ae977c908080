#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror, printf */
#include <sys/socket.h>   /* socket, bind, connect, send, recv */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) { perror("socket"); return 1; }
    if (bind(listener, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(listener, 5) < 0) { /* [listen] */
        perror("listen");
        return 1;
    }
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0) { perror("socket"); return 1; }
    if (connect(client, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("connect");
        return 1;
    }
    int server = accept(listener, NULL, NULL);
    if (server < 0) { perror("accept"); return 1; }

    char got[4];
    if (send(client, "hi", 2, 0) < 0) { perror("send"); return 1; }
    ssize_t n = recv(server, got, sizeof got, 0);
    if (n < 0) { perror("recv"); return 1; }
    if (send(server, got, n, 0) < 0) { perror("send"); return 1; }
    if (close(server) < 0) { perror("close"); return 1; }
    n = recv(client, got, sizeof got, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    if (send(client, "a", 1, 0) < 0) { /* [reset] */
        perror("send");
        return 1;
    }
    if (send(client, "b", 1, 0) < 0) { /* [pipe] */
        perror("send");
        return 1;
    }
    return 0; /* [return] */
}
