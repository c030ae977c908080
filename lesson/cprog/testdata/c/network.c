#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PORT 7777

static void dump(const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        printf("%02x%s", b[i], i + 1 < n ? " " : "\n");
}

static void try4(const char *s)
{
    struct in_addr a = {0};
    int ok = inet_pton(AF_INET, s, &a);
    int old = inet_aton(s, &a);
    printf("%s: %d %d %08x\n", s, ok, old, ntohl(inet_addr(s)));
}

static void try6(const char *s)
{
    struct in6_addr a;
    char text[INET6_ADDRSTRLEN];
    int ok = inet_pton(AF_INET6, s, &a);
    printf("%s: %d", s, ok);
    if (ok == 1)
        printf(" %s", inet_ntop(AF_INET6, &a, text, sizeof text));
    printf("\n");
}

int main(void)
{
    printf("%x %x %x\n", htons(0x1e61), htonl(0x7f000001), ntohs(htons(PORT)));
    printf("%d %d %d\n", htons(8080), htons(80), (uint16_t)htonl(7777));
    printf("%lx %x %x %lx\n", htobe64(1), htobe32(1), htobe16(1), be64toh(0x0102030405060708));
    printf("%lx %x\n", htole64(0x0102), le16toh(0x0102));
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    dump(&a, sizeof a);
    struct sockaddr_in b = {.sin_port = htons(80), .sin_family = AF_INET, .sin_addr = {htonl(INADDR_ANY)}};
    dump(&b, sizeof b);
    b = a;
    dump(&b, sizeof b);
    struct sockaddr *generic = (struct sockaddr *)&a;
    printf("%d %d\n", generic->sa_family == AF_INET, ((struct sockaddr_in *)generic)->sin_port == htons(PORT));
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    dump(&a6, sizeof a6);
    a6.sin6_addr = in6addr_any;
    dump(&a6.sin6_addr, sizeof a6.sin6_addr);
    a6.sin6_addr.s6_addr[15] = 9;
    printf("%d\n", a6.sin6_addr.s6_addr[15]);
    struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "/tmp/s"};
    dump(&u, 12);
    try4("127.0.0.1");
    try4("127.1");
    try4("010.0.0.1");
    try4("1.2.3.4.5");
    try4("256.1.1.1");
    try4("0x7f.1");
    try4("1.2.3");
    try4("");
    try4(" 1.2.3.4");
    try4("1.2.3.4 ");
    try4("localhost");
    try6("::1");
    try6("::");
    try6("::ffff:127.0.0.1");
    try6("::1.2.3.4");
    try6("::5");
    try6("2001:db8:0:0:1:0:0:1");
    try6("2001:db8:0:1:1:1:1:1");
    try6("fe80::1%lo");
    try6("1::2::3");
    try6("[::1]");
    try6("1:2:3:4:5:6:7:8");
    try6("ABCD::");
    try6("::ffff:0:0");
    try6("::1:0:0");
    try6("1.2.3.4");
    char small[4];
    const char *r = inet_ntop(AF_INET, &a.sin_addr, small, sizeof small);
    printf("%d %d\n", r == NULL, errno == ENOSPC);
    int bad = inet_pton(99, "1.2.3.4", &a.sin_addr);
    printf("%d %d\n", bad, errno == EAFNOSUPPORT);
    printf("%s\n", inet_ntoa(a.sin_addr));
    char text[INET_ADDRSTRLEN];
    printf("%s %s\n", inet_ntop(AF_INET, &(struct in_addr){htonl(0x01020304)}, text, sizeof text), text);
    printf("%d %d %d %d %d\n", AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR, MSG_NOSIGNAL);
    return 0;
}
