/* fails: asks
 * belief: M03
 *
 * The comparison comes before the assignment, so the variable is 0.
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
    if (getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
        die("getsockopt");
    printf("%d\n", type);
}

int main(void)
{
    int four = socket(AF_INET, SOCK_STREAM, 0);
    if (four < 0)
        die("socket");
    int six;
    if ((six = socket(AF_INET6, SOCK_DGRAM, 0) < 0))
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
