#include <netinet/in.h>   /* struct sockaddr_in, INADDR_ANY */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind, listen, accept */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");

    int c = accept(s, NULL, NULL); /* [first] */
    if (c < 0) return fail("accept");
    int d = accept(s, NULL, NULL); /* [second] */
    if (d < 0) return fail("accept");
    if (close(d) < 0 || close(c) < 0) return fail("close");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
