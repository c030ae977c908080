/* X13, all of it: fill in what is marked TODO.  make && PORT=7777 ./recvall 600 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* recv_all receives n bytes and returns how many came: fewer where the end came before,
   -1 for an error. */
static ssize_t recv_all(int s, void *to, size_t n)
{
    /* TODO: recv() until all of it is there */
    (void)s;
    (void)to;
    (void)n;
    errno = ENOSYS;
    return -1;
}

/* send_all sends n bytes and returns 0, or -1 for an error. */
static int send_all(int s, const void *from, size_t n)
{
    /* TODO: send() until all of it is taken */
    (void)s;
    (void)from;
    (void)n;
    errno = ENOSYS;
    return -1;
}

/* connected is a socket connected to 127.0.0.1 and the port in PORT. */
static int connected(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    struct sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons((in_port_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0)
        die("connect");
    return s;
}

int main(int argc, char **argv)
{
    size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    char *block = static_cast<char *>(malloc(size));
    if (size == 0 || block == NULL) {
        fprintf(stderr, "usage: %s SIZE [nonblocking]\n", argv[0]);
        return 2;
    }
    int s = connected();
    if (argc > 2 && strcmp(argv[2], "nonblocking") == 0 &&
        fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK) < 0)
        die("fcntl");
    /* TODO: again and again: a block with recv_all(), and back with send_all(); the exit
       status is 0 when the end came in front of a block, and 1 within one */
    if (recv_all(s, block, size) < 0)
        die("recv");
    if (send_all(s, block, size) < 0)
        die("send");
    close(s);
    return 0;
}
