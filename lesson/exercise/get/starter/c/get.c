/* X08, a client that says what went wrong: fill in what is marked TODO.  make && ./get 127.0.0.1 7777 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(int argc, char *argv[])
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }

    int s = -1; /* TODO: socket(), and look at what it returns */
    struct sockaddr_in to = {0};
    /* TODO: family, port argv[2] and address argv[1] */
    (void)to;

    if (s < 0)
        die("socket");

    /* TODO: connect() with a limit of 3 seconds, receive and print to the end, and end
       with the status the task names */

    close(s);
    return 0;
}
