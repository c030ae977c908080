#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect, send, recv, shutdown */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char buf[16];

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [first] */
        return fail("connect");
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv"); /* [end] */
    if (close(s) < 0) return fail("close"); /* [close] */

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [second] */
        return fail("connect");
    if (send(s, "2+2", 3, 0) < 0) return fail("send"); /* [question] */
    if (shutdown(s, SHUT_WR) < 0) return fail("shutdown"); /* [shutdown] */
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv"); /* [answer] */
    if (close(s) < 0) return fail("close"); /* [done] */

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [third] */
        return fail("connect");
    if (send(s, "hello", 5, 0) < 0) return fail("send"); /* [send] */
    if (recv(s, buf, sizeof buf, 0) < 0) perror("recv"); /* [reset] */
    if (recv(s, buf, sizeof buf, 0) < 0) perror("recv"); /* [after] */
    if (close(s) < 0) return fail("close");

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [fourth] */
        return fail("connect");
    if (send(s, "hello", 5, MSG_NOSIGNAL) < 0) perror("send"); /* [late] */
    if (send(s, "hello", 5, MSG_NOSIGNAL) < 0) perror("send"); /* [pipe] */
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
