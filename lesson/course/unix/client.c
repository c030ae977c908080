#include <stdio.h>        /* perror */
#include <string.h>       /* strcpy */
#include <sys/socket.h>   /* socket, connect, send, recv */
#include <sys/un.h>       /* struct sockaddr_un */
#include <unistd.h>       /* close */

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_un to = {0};
    to.sun_family = AF_UNIX;
    strcpy(to.sun_path, "door");
    char buf[16];

    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [early] */
        perror("connect");
    if (close(s) < 0) return fail("close");

    s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [connect] */
        return fail("connect");
    if (send(s, "hello", 5, MSG_NOSIGNAL) < 0) /* [send] */
        return fail("send");
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv"); /* [recv] */
    if (recv(s, buf, sizeof buf, 0) < 0) return fail("recv"); /* [end] */
    if (close(s) < 0) return fail("close"); /* [close] */

    s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [gone] */
        perror("connect");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
