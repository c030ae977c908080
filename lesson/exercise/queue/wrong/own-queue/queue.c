/* fails: served
 * belief: -
 *
 * Clients are accepted at once, and one thread does their jobs, one after the other.
 */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
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

/* The clients that wait for the one who works, the oldest first. */
enum { MOST = 512 };
static int waiting[MOST], first, count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

/* work does the jobs. */
static void *work(void *nothing)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        while (count == 0)
            pthread_cond_wait(&changed, &lock);
        int c = waiting[first];
        first = (first + 1) % MOST;
        count--;
        pthread_mutex_unlock(&lock);
        usleep(50000);
        send_all(c, "done\n", 5);
        close(c);
    }
    return nothing;
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
    if (listen(s, 128) < 0)
        die("listen");

    pthread_t worker;
    if (pthread_create(&worker, NULL, work, NULL) != 0)
        die("pthread_create");
    for (;;) {
        int c = accept(s, NULL, NULL);
        if (c < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept");
        }
        pthread_mutex_lock(&lock);
        if (count < MOST)
            waiting[(first + count++) % MOST] = c;
        else
            close(c);
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
    }
}
