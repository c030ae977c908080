/* A service that is no name, and one that is no port. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static void look(const char *service)
{
    struct addrinfo hints, *list;
    int e;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    e = getaddrinfo("127.0.0.1", service, &hints, &list);
    if (e != 0) {
        printf("%s\n", e == EAI_SERVICE ? "EAI_SERVICE" : gai_strerror(e));
        return;
    }
    printf("%d\n", ntohs(((struct sockaddr_in *)list->ai_addr)->sin_port));
    freeaddrinfo(list);
}

int main(void)
{
    look("nosuch");
    look("7815");
    look("99999");
    return 0;
}
