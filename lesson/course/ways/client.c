#include <arpa/inet.h>    /* htons, inet_pton */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <netinet/tcp.h>  /* TCP_SYNCNT */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, setsockopt, connect */
#include <sys/time.h>     /* struct timeval */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    if (inet_pton(AF_INET, "10.0.0.1", &to.sin_addr) != 1) return 1;

    int s = socket(AF_INET, SOCK_STREAM, 0), once = 1;
    if (s < 0) return fail("socket");
    if (setsockopt(s, IPPROTO_TCP, TCP_SYNCNT, &once, /* [once] */
                   sizeof once) < 0) return fail("setsockopt");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [silent] */
        perror("connect");
    if (close(s) < 0) return fail("close");

    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    struct timeval half = {0, 500000}; /* seconds, microseconds */
    if (setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &half, /* [half] */
                   sizeof half) < 0) return fail("setsockopt");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [limit] */
        perror("connect");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [twice] */
        perror("connect");
    if (close(s) < 0) return fail("close"); /* [close] */

    struct sockaddr_in far = to;
    if (inet_pton(AF_INET, "192.0.2.1", &far.sin_addr) != 1) return 1;
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&far, sizeof far) < 0) /* [nowhere] */
        perror("connect");
    if (close(s) < 0) return fail("close");
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&far, sizeof far) < 0) /* [host] */
        perror("connect");
    if (close(s) < 0) return fail("close");
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&far, sizeof far) < 0) /* [prohibit] */
        perror("connect");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
