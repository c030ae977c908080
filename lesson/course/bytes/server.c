#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, bind, listen, accept, recv */
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
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");

    char buf[32];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [words] */
    if (n < 0) return fail("recv");

    char record[10];
    size_t have = 0;
    n = recv(c, record, sizeof record, 0); /* [piece] */
    if (n < 0) return fail("recv");
    have += n;
    while (have < sizeof record) {
        n = recv(c, record + have, sizeof record - have, 0); /* [rest] */
        if (n < 0) return fail("recv");
        if (n == 0) return 1;
        have += n;
    }
    printf("the record has come, %zu bytes\n", have);
    n = recv(c, buf, sizeof buf, 0); /* [look] */
    if (n < 0) return fail("recv");

    char small[8];
    have = 0;
    n = recv(c, small, sizeof small, 0); /* [full] */
    if (n < 0) return fail("recv");
    have += n;
    n = recv(c, small + have, sizeof small - have, 0); /* [zero] */
    if (n == 0) printf("the end, it seems\n");
    n = recv(c, buf, sizeof buf, 0); /* [drain] */
    if (n < 0) return fail("recv");
    n = recv(c, buf, sizeof buf, 0); /* [end] */
    if (n < 0) return fail("recv");
    n = recv(c, buf, sizeof buf, 0); /* [again] */
    if (n < 0) return fail("recv");
    if (close(c) < 0) return fail("close");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
