/* X26, pass a descriptor on: fill in what is marked TODO.  make && PORT=7777 ./pass */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
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

/* send_fd passes a descriptor with one byte, or returns -1. */
static int send_fd(int way, int fd)
{
    /* TODO: sendmsg() with the descriptor in the control data, SCM_RIGHTS */
    (void)way;
    (void)fd;
    return -1;
}

/* recv_fd returns the next descriptor, or -1 when the other side has ended. */
static int recv_fd(int way)
{
    /* TODO: recvmsg() with room for the control data */
    (void)way;
    return -1;
}

/* work serves the clients that are passed, until no more can come. */
static void work(int way)
{
    int c;
    while ((c = recv_fd(way)) >= 0) {
        /* TODO: send back what the client sends until it ends */
        close(c);
    }
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int way[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, way) < 0)
        die("socketpair");
    pid_t worker = fork();
    if (worker < 0)
        die("fork");
    if (worker == 0) {
        /* TODO: which of the two ends does the worker not need? */
        work(way[1]);
        _exit(0);
    }
    /* TODO: and which one the first process? */

    int s = -1; /* TODO: socket(), SO_REUSEADDR, bind() to 127.0.0.1 and the port, listen() */
    (void)port;
    if (s < 0)
        die("socket");

    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0)
            die("accept"); /* TODO: not when it was interrupted */
        if (send_fd(way[0], c) < 0)
            die("sendmsg");
        /* TODO: whose is the client now? */
    }
}
