/* AI_NUMERICHOST: an address in digits, and nobody is asked. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void look(const char *host)
{
    struct addrinfo hints, *list = NULL;
    int e;

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    e = getaddrinfo(host, "7815", &hints, &list);
    printf("%s\n", e == 0 ? "found" : e == EAI_NONAME ? "EAI_NONAME" : gai_strerror(e));
    if (e == 0)
        freeaddrinfo(list);
}

int main(void)
{
    look("127.0.0.1");
    look("::1");
    look("localhost");
    return 0;
}
