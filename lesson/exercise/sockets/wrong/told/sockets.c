/* fails: asks
 * belief: -
 *
 * The numbers are printed without asking the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ask prints the type of a socket. */
static void ask(int s)
{
    int type;
    socklen_t len = sizeof type;
    type = s == 4 ? SOCK_DGRAM : SOCK_STREAM;
    (void)len;
    printf("%d\n", type);
}

int main(void)
{
    int four = socket(AF_INET, SOCK_STREAM, 0);
    if (four < 0)
        die("socket");
    int six = socket(AF_INET6, SOCK_DGRAM, 0);
    if (six < 0)
        die("socket");
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    if (local < 0)
        die("socket");
    ask(four);
    ask(six);
    ask(local);
    if (close(four) < 0 || close(six) < 0 || close(local) < 0)
        die("close");
    return 0;
}
