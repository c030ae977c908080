#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, ... */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");

    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    int c = accept(s, (struct sockaddr *)&peer, &len); /* [first] */
    if (c < 0) return fail("accept");
    int d = accept(s, NULL, NULL); /* [second] */
    if (d < 0) return fail("accept");
    int e = accept(s, NULL, NULL); /* [third] */
    if (e < 0) return fail("accept");

    char buf[16];
    if (recv(s, buf, sizeof buf, 0) < 0) perror("recv"); /* [listener] */
    ssize_t n = recv(e, buf, sizeof buf, 0); /* [right] */
    if (n < 0) return fail("recv");
    printf("from the third: %zd bytes\n", n);

    socklen_t room; /* nobody says how much */
    int f = accept(s, (struct sockaddr *)&peer, &room); /* [length] */
    if (f < 0) perror("accept");

    if (send(s, "hello", 5, 0) < 0) return fail("send"); /* [all] */
    return 0;
}
