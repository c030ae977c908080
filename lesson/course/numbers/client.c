#include <arpa/inet.h>    /* htons, htonl */
#include <endian.h>       /* htobe64 */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdint.h>       /* uint32_t, uint64_t */
#include <stdio.h>        /* perror */
#include <string.h>       /* memcpy */
#include <sys/socket.h>   /* socket, connect, send */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [connect] */
        return fail("connect");

    uint32_t one = 1;
    if (send(s, &one, sizeof one, 0) < 0) return fail("send"); /* [raw] */

    uint32_t wire = htonl(one);
    if (send(s, &wire, sizeof wire, 0) < 0) return fail("send"); /* [wire] */

    uint32_t slip = htons(1);
    if (send(s, &slip, sizeof slip, 0) < 0) return fail("send"); /* [slip] */

    char record[5] = "A";
    uint32_t count = htonl(7);
    memcpy(record + 1, &count, sizeof count); /* [pack] */
    if (send(s, record, sizeof record, 0) < 0) /* [record] */
        return fail("send");

    uint64_t large = htobe64(4294967298); /* 2 to the 32nd, and 2 */
    if (send(s, &large, sizeof large, 0) < 0) /* [large] */
        return fail("send");
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
