/* A name that no file has: whom does the library ask? */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct addrinfo hints, *list;
    int e;

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    e = getaddrinfo("no-such-host.invalid", "7815", &hints, &list);
    printf("%s\n", e == EAI_NONAME ? "EAI_NONAME" : e == EAI_AGAIN ? "EAI_AGAIN" : "another");
    printf("%s\n", gai_strerror(e));
    return 0;
}
