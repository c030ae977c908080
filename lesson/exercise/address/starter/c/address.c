/* X03, sixteen bytes: fill in what is marked TODO.  make && ./address 127.0.0.1 7777 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s ADDRESS PORT\n", argv[0]);
        return 2;
    }
    struct sockaddr_in a = {0};
    /* TODO: family, port and address; for what is none say so and return 2 */

    /* TODO: print the bytes of a: two hexadecimal digits each, a space between */
    (void)a;
    return 0;
}
