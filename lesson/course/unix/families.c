#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, getsockopt */
#include <unistd.h>       /* close */

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    int four = socket(AF_INET, SOCK_STREAM, 0);
    int six = socket(AF_INET6, SOCK_STREAM, 0);
    int path = socket(AF_UNIX, SOCK_STREAM, 0);
    int kernel = socket(AF_NETLINK, SOCK_RAW, 0); /* [kernel] */
    if (four < 0 || six < 0 || path < 0 || kernel < 0)
        return fail("socket");
    if (socket(AF_PACKET, SOCK_RAW, 0) < 0) /* [packet] */
        perror("AF_PACKET");

    int type = 0;
    socklen_t len = sizeof type;
    if (getsockopt(path, SOL_SOCKET, SO_TYPE, &type, &len) < 0) /* [type] */
        return fail("getsockopt");
    int protocol = -1;
    if (getsockopt(path, SOL_SOCKET, SO_PROTOCOL, &protocol, /* [protocol] */
                   &len) < 0) return fail("getsockopt");
    return 0; /* [return] */
}
