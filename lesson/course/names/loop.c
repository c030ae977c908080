/* A client that tries each address until one answers. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 7815
#define TEXT "7815"

static void serve_ipv4_only(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 5) < 0)
        perror("listen");
}

int main(void)
{
    struct addrinfo hints, *list, *at;
    int s = -1;

    serve_ipv4_only();
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(NULL, TEXT, &hints, &list) != 0)
        return 1;
    for (at = list; at != NULL; at = at->ai_next) {
        s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (s >= 0 && connect(s, at->ai_addr, at->ai_addrlen) == 0)
            break;
        close(s);
        s = -1;
    }
    printf("%s\n", s >= 0 ? "connected" : "nobody there");
    freeaddrinfo(list);
    return s < 0;
}
