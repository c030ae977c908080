/* The same for a server: AI_PASSIVE, and no host. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT "7815"

int main(void)
{
    struct addrinfo hints, *list, *at;
    char text[NI_MAXHOST];

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo(NULL, PORT, &hints, &list) != 0)
        return 1;
    for (at = list; at != NULL; at = at->ai_next) {
        getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
        printf("%s\n", text);
        int s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (s >= 0 && bind(s, at->ai_addr, at->ai_addrlen) < 0)
            perror("bind");
        close(s);
    }
    freeaddrinfo(list);
    return 0;
}
