/* What getaddrinfo returns: a list of addresses to try, one below the other. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define PORT "7815"

int main(void)
{
    struct addrinfo hints, *list, *at;
    char text[INET6_ADDRSTRLEN];

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(NULL, PORT, &hints, &list) != 0)
        return 1;
    for (at = list; at != NULL; at = at->ai_next) {
        const void *host = at->ai_family == AF_INET6
            ? (void *)&((struct sockaddr_in6 *)at->ai_addr)->sin6_addr
            : (void *)&((struct sockaddr_in *)at->ai_addr)->sin_addr;
        printf("%s, family %d, type %d, protocol %d, %d bytes\n",
            inet_ntop(at->ai_family, host, text, sizeof text),
            at->ai_family, at->ai_socktype, at->ai_protocol, (int)at->ai_addrlen);
    }
    freeaddrinfo(list);
    return 0;
}
