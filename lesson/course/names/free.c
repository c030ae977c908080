/* What a list costs that nobody gives back. */
#include <malloc.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static long look(int times, int give_back)
{
    struct addrinfo hints, *list;
    size_t before = mallinfo2().uordblks;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    while (times-- > 0) {
        if (getaddrinfo(NULL, "7815", &hints, &list) != 0)
            return -1;
        if (give_back)
            freeaddrinfo(list);
    }
    return (long)(mallinfo2().uordblks - before);
}

int main(void)
{
    long given_back, kept;

    look(100, 1); /* what is set up once does not count */
    given_back = look(100, 1);
    kept = look(100, 0);
    printf("%ld\n%ld\n", given_back, kept);
    return 0;
}
