/* fails: range
 * belief: M08
 *
 * atoi() takes any text, and 16 bits cut off any number.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

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
    int port = atoi(argv[2]);
    a.sin_port = htons((in_port_t)port);

    const unsigned char *p = (const unsigned char *)&a;
    for (size_t i = 0; i < sizeof a; i++)
        printf("%02x%c", p[i], i + 1 < sizeof a ? ' ' : '\n');
    return 0;
}
