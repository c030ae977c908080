/* Hints that nobody has set to zero, and where the reason stands. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct addrinfo hints, *list;
    int e, left;

    memset(&hints, 0xAA, sizeof hints);
    errno = 0;
    e = getaddrinfo("127.0.0.1", "7815", &hints, &list);
    left = errno;
    printf("getaddrinfo %d, errno %d\n", e, left);
    printf("%s\n", gai_strerror(e));
    return 0;
}
