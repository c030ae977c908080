/* fails: large
 * belief: M24
 *
 * The bytes of a frame are expected of a single recv().
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
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

/* recv_all receives n bytes and returns 1; 0 when the end came before, -1 for an
   error. */
static int recv_all(int c, void *to, size_t n)
{
    char *p = to;
    while (n > 0) {
        ssize_t k = recv(c, p, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return (int)k;
        p += k;
        n -= (size_t)k;
    }
    return 1;
}

/* send_all sends all of it, or returns -1. */
static int send_all(int c, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(c, p, n, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* upper makes a to z capital. */
static void upper(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
}

enum { HEAD = 4, MOST = 65536 };

/* talk answers frames until the client has ended, or says too large a length. */
static void talk(int c)
{
    static char frame[HEAD + MOST];
    for (;;) {
        uint32_t length;
        if (recv_all(c, &length, sizeof length) <= 0)
            return;
        uint32_t n = ntohl(length);
        if (n > MOST)
            return;
        if ((n > 0 && recv(c, frame + HEAD, n, 0) <= 0))
            return;
        memcpy(frame, &length, sizeof length);
        upper(frame + HEAD, n);
        if (send_all(c, frame, HEAD + n) < 0)
            return;
    }
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    signal(SIGPIPE, SIG_IGN);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("setsockopt");
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 16) < 0)
        die("listen");

    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        talk(c);
        close(c);
    }
}
