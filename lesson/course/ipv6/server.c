#include <netinet/in.h>   /* struct sockaddr_in6, in6addr_any */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, bind, listen, accept */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int on = 1, off = 0;
    struct sockaddr_in6 a = {0}, peer = {0};
    struct sockaddr_in small = {0};
    a.sin6_family = AF_INET6;
    a.sin6_port = htons(PORT);
    a.sin6_addr = in6addr_any;

    int s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [bind] */
        return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [listen] */

    socklen_t len = sizeof small;
    int c = accept(s, (struct sockaddr *)&small, &len); /* [small] */
    if (c < 0) return fail("accept");
    len = sizeof peer;
    int d = accept(s, (struct sockaddr *)&peer, &len); /* [mapped] */
    if (d < 0) return fail("accept");
    if (close(c) < 0 || close(d) < 0 || close(s) < 0) return fail("close");

    a.sin6_addr = in6addr_loopback;
    s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [loopback] */
    if (close(s) < 0) return fail("close");

    a.sin6_addr = in6addr_any;
    s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [only] */
    if (setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
        perror("setsockopt"); /* [late] */
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
