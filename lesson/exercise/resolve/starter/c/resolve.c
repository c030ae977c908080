/* X11, a client that is given a name: fill in what is marked TODO.  make && ./resolve localhost 7777 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(int argc, char *argv[])
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s NAME PORT\n", argv[0]);
        return 2;
    }

    struct addrinfo hints = {0};
    struct addrinfo *list = NULL;
    /* TODO: what you want into hints; getaddrinfo() with argv[1] and argv[2]. Where it
       returns another number than 0: say why, and end with status 2 */
    (void)hints;

    int s = -1;
    /* TODO: for each address of list: socket(), connect(), and close() if that fails */
    (void)list;

    if (s < 0)
        die("connect"); /* TODO: status 3 */

    /* TODO: receive and print to the end */

    close(s);
    return 0;
}
