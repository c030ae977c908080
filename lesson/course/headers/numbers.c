#include <errno.h>        /* errno, EINVAL */
#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, getsockopt, AF_INET */
#include <unistd.h>       /* close */

int main(void)
{
    int four = AF_INET;              /* [four] */
    int six = AF_INET6;              /* [six] */
    printf("IPv4 is %d, IPv6 is %d\n", four, six);

    int s = socket(2, 1, 0);         /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    int type = 0;
    socklen_t len = sizeof type;
    if (getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &len) < 0) { /* [type] */
        perror("getsockopt");
        return 1;
    }

    int why = 0;
    if (bind(s, NULL, 0) < 0)
        why = errno;                 /* [why] */
    if (why == EINVAL)
        perror("bind");
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
