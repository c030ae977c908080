/* fails: reason
 * belief: M62
 *
 * It prints what errno says, which getaddrinfo() does not set.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* connected tries each address of a list, and returns a socket that is connected or -1. */
static int connected(const struct addrinfo *list)
{
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
        int s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (s < 0) {
            perror("socket");
            continue;
        }
        if (connect(s, at->ai_addr, at->ai_addrlen) == 0)
            return s;
        perror("connect");
        close(s);
    }
    return -1;
}

int main(int argc, char *argv[])
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s NAME PORT\n", argv[0]);
        return 2;
    }

    struct addrinfo hints = {0};
    struct addrinfo *list;
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    int error = getaddrinfo(argv[1], argv[2], &hints, &list);
    if (error != 0) {
        perror("getaddrinfo");
        return 2;
    }
    int s = connected(list);
    freeaddrinfo(list);
    if (s < 0)
        return 3;

    char buf[4096];
    for (;;) {
        ssize_t n = recv(s, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            die("recv");
        if (n == 0)
            break;
        fwrite(buf, 1, (size_t)n, stdout);
    }
    close(s);
    return 0;
}
