#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, connect, send, recv */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "10.0.0.1", &to.sin_addr) != 1) return 1;

    int a = socket(AF_INET, SOCK_STREAM, 0);
    if (a < 0) return fail("socket");
    if (connect(a, (struct sockaddr *)&to, sizeof to) < 0) /* [one] */
        return fail("connect");
    int b = socket(AF_INET, SOCK_STREAM, 0);
    if (b < 0) return fail("socket");
    if (connect(b, (struct sockaddr *)&to, sizeof to) < 0) /* [two] */
        return fail("connect");
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [three] */
        perror("connect");
    if (close(s) < 0) return fail("close");
    to.sin_port = htons(PORT + 1);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [other] */
        perror("connect");
    if (close(s) < 0) return fail("close");

    struct sockaddr_in own = {0};
    own.sin_family = AF_INET;
    own.sin_port = htons(7300);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&own, sizeof own) < 0) /* [bind] */
        return fail("bind");
    if (connect(s, (struct sockaddr *)&own, sizeof own) < 0) /* [self] */
        return fail("connect");
    char buf[16];
    if (send(s, "hello", 5, 0) < 0) return fail("send"); /* [send] */
    ssize_t n = recv(s, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) return fail("recv");
    printf("client got: %.*s\n", (int)n, buf);

    if (close(s) < 0 || close(b) < 0 || close(a) < 0) return fail("close");
    return 0; /* [return] */
}
