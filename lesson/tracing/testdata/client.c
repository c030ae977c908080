#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7777) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    while (connect(s, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("connect");
        close(s);
        getchar();
        s = socket(AF_INET, SOCK_STREAM, 0);
    }
    char line[100];
    if (!fgets(line, sizeof line, stdin))
        return 1;
    send(s, line, strlen(line), 0);
    ssize_t n = recv(s, line, sizeof line, 0);
    printf("back: %.*s", (int)n, line);
    close(s);
    return 0;
}
