#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, connect, recv */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    char buf[16];
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [first] */
        return fail("connect");
    if (close(s) < 0) return fail("close"); /* [close] */

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [second] */
        return fail("connect");
    int t = socket(AF_INET, SOCK_STREAM, 0);
    if (t < 0) return fail("socket");
    if (connect(t, (struct sockaddr *)&to, sizeof to) < 0) /* [third] */
        return fail("connect");
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv"); /* [end] */
    if (close(s) < 0) return fail("close"); /* [done] */

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* 127.0.0.2 */
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [right] */
        return fail("connect");
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv");
    if (close(s) < 0 || close(t) < 0) return fail("close");
    return 0; /* [return] */
}
