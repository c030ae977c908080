#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

struct inner { char c; int i; };
struct outer { char a; struct inner in[2]; short s; long l; char tail[3]; };
typedef struct { uint8_t kind; uint32_t length; } header_t;
enum color { RED, GREEN = 7, BLUE };
#define WIDTH 3
#define AREA (WIDTH * WIDTH)

static long gap(const void *a, const void *b) { return (const char *)b - (const char *)a; }

int main(void)
{
    printf("%zu %zu %zu %zu %zu %zu\n", sizeof(char), sizeof(short), sizeof(int), sizeof(long), sizeof(long long), sizeof(void *));
    printf("%zu %zu %zu %zu\n", sizeof(struct sockaddr), sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6), sizeof(struct sockaddr_un));
    printf("%zu %zu %zu\n", sizeof(struct sockaddr_storage), sizeof(struct in_addr), sizeof(struct in6_addr));
    printf("%zu %zu %zu %zu %zu\n", sizeof(struct pollfd), sizeof(struct linger), sizeof(struct timeval), sizeof(struct rlimit), sizeof(struct iovec));
    printf("%zu %zu %zu\n", sizeof(struct sigaction), sizeof(socklen_t), sizeof(in_port_t));
    printf("%zu %zu %zu %zu\n", sizeof(nfds_t), sizeof(rlim_t), sizeof(sa_family_t), sizeof(bool));
    struct sockaddr_in a;
    printf("%ld %ld %ld %ld\n", gap(&a, &a.sin_family), gap(&a, &a.sin_port), gap(&a, &a.sin_addr), gap(&a, a.sin_zero));
    struct sockaddr_in6 a6;
    printf("%ld %ld %ld %ld %ld\n", gap(&a6, &a6.sin6_family), gap(&a6, &a6.sin6_port), gap(&a6, &a6.sin6_flowinfo), gap(&a6, &a6.sin6_addr), gap(&a6, &a6.sin6_scope_id));
    struct sockaddr_un u;
    printf("%ld %zu\n", gap(&u, u.sun_path), sizeof u.sun_path);
    struct sockaddr_storage ss;
    printf("%ld %zu\n", gap(&ss, &ss.ss_family), sizeof ss.ss_family);
    struct pollfd p;
    printf("%ld %ld %ld\n", gap(&p, &p.fd), gap(&p, &p.events), gap(&p, &p.revents));
    struct sigaction sa;
    printf("%ld %ld\n", gap(&sa, &sa.sa_mask), gap(&sa, &sa.sa_flags));
    struct outer o[2];
    printf("%zu %zu %ld %ld %ld %ld\n", sizeof o, sizeof(struct inner), gap(&o, &o[0].in[1].i), gap(&o, &o[0].s), gap(&o, &o[0].l), gap(&o, &o[1].tail));
    printf("%zu %zu\n", sizeof(header_t), sizeof(enum color));
    printf("%d %d %d %d\n", RED, GREEN, BLUE, AREA);
    char text[] = "hello", big[100] = "x";
    const char *q = text;
    printf("%zu %zu %zu %zu %zu\n", sizeof text, sizeof big, sizeof q, sizeof *q, sizeof "abc");
    printf("%zu %zu %zu\n", sizeof(int[5]), sizeof(char *[3]), sizeof(1 ? 1 : 2L));
    int grid[2][3] = {{1, 2, 3}, {4}};
    printf("%zu %zu %d %d %d\n", sizeof grid, sizeof grid[0], grid[0][2], grid[1][0], grid[1][2]);
    printf("%d %d\n", INET_ADDRSTRLEN, INET6_ADDRSTRLEN);
    printf("%u %u %u\n", INADDR_ANY, INADDR_LOOPBACK, INADDR_NONE);
    return sizeof(struct outer) & 0xff;
}
