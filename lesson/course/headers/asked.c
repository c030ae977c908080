#include <arpa/inet.h>    /* inet_pton */
#include <netinet/in.h>
#include <sys/socket.h>
#include <stdio.h>        /* perror */
#include <unistd.h>

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(7777);
    if (inet_pton(AF_INET, "127.0.0.1", &a.sin_addr) != 1) return 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    int failed = bind(s, (struct sockaddr *)&a, sizeof a);
    if (failed < 0) perror("bind");
    return close(s);
}
