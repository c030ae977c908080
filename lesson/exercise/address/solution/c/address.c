/* X03: the sixteen bytes of an address. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* port_of reads a port and returns it, or -1. */
static long port_of(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || port > 65535)
        return -1;
    return (long)port;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
        return 2;
    }
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    if (inet_pton(AF_INET, argv[1], &a.sin_addr) != 1) {
        fprintf(stderr, "no address: %s\n", argv[1]);
        return 2;
    }
    long port = port_of(argv[2]);
    if (port < 0) {
        fprintf(stderr, "no port: %s\n", argv[2]);
        return 2;
    }
    a.sin_port = htons((in_port_t)port);

    const unsigned char *p = (const unsigned char *)&a;
    for (size_t i = 0; i < sizeof a; i++)
        printf("%02x%c", p[i], i + 1 < sizeof a ? ' ' : '\n');
    return 0;
}
