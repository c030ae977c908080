/* X31, descriptors with an owner: fill in what is marked TODO.
 *   make && PORT=7777 ./classes */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* struct owner has one descriptor, or -1. */
struct owner {
    int fd;
};

/* drop closes what the owner has, once. */
static void drop(struct owner *o)
{
    /* TODO: close what there is, and put -1 there */
    (void)o;
}

/* listen_at opens a listening socket, or returns -1 and owns nothing. */
static int listen_at(struct owner *s, in_port_t port)
{
    /* TODO: socket(), SO_REUSEADDR, bind() to 127.0.0.1 and the port, listen(); where one
       of them fails, goto fail */
    (void)port;
    goto fail;

fail:
    drop(s);
    return -1;
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    struct owner listener = {-1};
    if (listen_at(&listener, (in_port_t)port) < 0) {
        perror("listen");
        return 1;
    }

    /* TODO: for ever: accept() a client into an owner of its own, send back what it sends
       until it ends, and drop() the owner on every way out */

    drop(&listener);
    return 0;
}
