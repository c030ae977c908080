#include <arpa/inet.h>    /* htons, htonl, ntohl */
#include <endian.h>       /* be64toh */
#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdint.h>       /* uint32_t, uint64_t */
#include <stdio.h>        /* printf, perror */
#include <string.h>       /* memcpy */
#include <sys/socket.h>   /* socket, bind, listen, accept, recv */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) return fail("bind");
    if (listen(s, 5) < 0) return fail("listen");
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) return fail("accept");

    uint32_t got, raw, right, slip, count;
    if (recv(c, &got, sizeof got, MSG_WAITALL) < 0) /* [got] */
        return fail("recv");
    raw = ntohl(got); /* [raw] */

    if (recv(c, &got, sizeof got, MSG_WAITALL) < 0) return fail("recv");
    right = ntohl(got); /* [right] */

    if (recv(c, &got, sizeof got, MSG_WAITALL) < 0) return fail("recv");
    slip = ntohl(got); /* [slip] */

    char record[5];
    if (recv(c, record, sizeof record, MSG_WAITALL) < 0) return fail("recv");
    memcpy(&count, record + 1, sizeof count);
    count = ntohl(count); /* [count] */

    uint64_t large;
    if (recv(c, &large, sizeof large, MSG_WAITALL) < 0) return fail("recv");
    large = be64toh(large); /* [large] */
    printf("%u %u %u %c %u\n", raw, right, slip, record[0], count);
    if (close(c) < 0 || close(s) < 0) return fail("close");
    return 0; /* [return] */
}
