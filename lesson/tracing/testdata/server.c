#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7777) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&a, sizeof a);
    listen(s, 5);
    printf("listening\n");
    fflush(stdout);
    char buf[64];
    int c = accept(s, NULL, NULL);
    ssize_t n = recv(c, buf, sizeof buf, 0);
    send(c, buf, n, 0);
    close(c);
    close(s);
    return 0;
}
