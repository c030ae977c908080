#include <stdio.h>        /* perror, printf */
#include <string.h>       /* strcpy */
#include <sys/socket.h>   /* socket, bind, listen, accept, ... */
#include <sys/un.h>       /* struct sockaddr_un */
#include <unistd.h>       /* close */

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_un a = {0};
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, "door"); /* [path] */

    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [bind] */
        return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");

    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) return fail("recv");
    if (send(c, buf, n, MSG_NOSIGNAL) < 0) return fail("send"); /* [echo] */

    struct sockaddr_un peer = {0};
    socklen_t len = sizeof peer;
    if (getpeername(c, (struct sockaddr *)&peer, &len) < 0) /* [peer] */
        return fail("getpeername");
    printf("the client's address has %u bytes\n", (unsigned)len);
    if (close(c) < 0 || close(s) < 0) return fail("close");
    return 0; /* [return] */
}
