/* From an address to text, in digits: nobody is asked. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct addrinfo hints, *list, *at;
    char host[NI_MAXHOST], service[NI_MAXSERV];

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(NULL, "7815", &hints, &list) != 0)
        return 1;
    for (at = list; at != NULL; at = at->ai_next) {
        int e = getnameinfo(at->ai_addr, at->ai_addrlen, host, sizeof host,
            service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
        printf("%s %s\n", e == 0 ? host : gai_strerror(e), service);
    }
    freeaddrinfo(list);
    return 0;
}
