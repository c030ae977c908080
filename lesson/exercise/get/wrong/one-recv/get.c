/* fails: prints
 * belief: M21
 *
 * It prints what one recv() brings.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { limit = 3000 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* status is the exit status for an error of connect(). */
static int status(int error)
{
    switch (error) {
    case 0:
        return 0;
    case ECONNREFUSED:
        return 3;
    case ETIMEDOUT:
        return 4;
    case ENETUNREACH:
    case EHOSTUNREACH:
        return 5;
    }
    return 1;
}

/* try_connect connects within the limit and returns 0 or the error. */
static int try_connect(int s, const struct sockaddr_in *to)
{
    int flags = fcntl(s, F_GETFL), error = 0;
    fcntl(s, F_SETFL, flags | O_NONBLOCK);
    if (connect(s, (const struct sockaddr *)to, sizeof *to) < 0) {
        if (errno != EINPROGRESS)
            return errno;
        struct pollfd wait = {s, POLLOUT, 0};
        if (poll(&wait, 1, limit) == 0)
            return ETIMEDOUT;
        socklen_t len = sizeof error;
        if (getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
            return errno;
    }
    fcntl(s, F_SETFL, flags);
    return error;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    if (argc != 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
        return 2;
    }
    to.sin_port = htons((in_port_t)strtoul(argv[2], NULL, 10));

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    int error = try_connect(s, &to);
    if (error) {
        errno = error;
        perror("connect");
        return status(error);
    }

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
        break;
    }
    close(s);
    return 0;
}
