/* fails: order
 * belief: M50
 *
 * The number is sent in the order of this machine.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0)
        die("socket");
    struct sockaddr_in me = {0};
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)port);
    me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");

    for (;;) {
        char request[16];
        struct sockaddr_in from;
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(s, request, sizeof request, 0, (struct sockaddr *)&from, &len);
        if (n < 0) {
            if (errno != EINTR)
                perror("recvfrom");
            continue;
        }
        uint32_t now = (uint32_t)(time(NULL) + 2208988800);
        while (sendto(s, &now, sizeof now, 0, (struct sockaddr *)&from, len) < 0)
            if (errno != EINTR) {
                perror("sendto");
                break;
            }
    }
}
