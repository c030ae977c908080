#include <fcntl.h>        /* fcntl, FD_CLOEXEC */
#include <netinet/in.h>   /* IPPROTO_UDP */
#include <stdio.h>        /* perror, printf */
#include <sys/resource.h> /* setrlimit, struct rlimit */
#include <sys/socket.h>   /* socket, getsockopt, recv, send */
#include <unistd.h>       /* close */

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    int type = 0;
    socklen_t len = sizeof type;
    if (getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &len) < 0) { /* [type] */
        perror("getsockopt");
        return 1;
    }
    int protocol = 0;
    if (getsockopt(s, SOL_SOCKET, SO_PROTOCOL, &protocol, /* [usual] */
                   &len) < 0) { perror("getsockopt"); return 1; }

    int t = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (t < 0) { perror("socket"); return 1; }
    int first = fcntl(s, F_GETFD) & FD_CLOEXEC;
    int second = fcntl(t, F_GETFD) & FD_CLOEXEC; /* [cloexec] */
    printf("close on exec: %d and %d\n", first, second);
    if (close(s) < 0) { perror("close"); return 1; } /* [close] */
    s = socket(AF_INET, SOCK_STREAM, 0); /* [reused] */
    if (s < 0) { perror("socket"); return 1; }

    if (socket(AF_INET, SOCK_STREAM, IPPROTO_UDP) < 0) /* [protocol] */
        perror("stream with UDP");
    if (socket(999, SOCK_STREAM, 0) < 0) /* [family] */
        perror("family 999");

    char buf[16];
    if (recv(s, buf, sizeof buf, 0) < 0) /* [recv] */
        perror("recv");
    if (send(s, "hello", 5, MSG_NOSIGNAL) < 0) /* [send] */
        perror("send");

    struct rlimit five = { 5, 5 };
    if (setrlimit(RLIMIT_NOFILE, &five) < 0) {
        perror("setrlimit");
        return 1;
    }
    if (socket(AF_INET, SOCK_STREAM, 0) < 0) /* [full] */
        perror("one more");

    if (close(t) < 0) { perror("close"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
