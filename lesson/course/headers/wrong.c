#include <stdio.h>        /* printf, perror */
#include <sys/socket.h>   /* socket, recv */
#include <unistd.h>       /* close */

int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }

    char buf[16];
    size_t n = recv(s, buf, sizeof buf, 0); /* [recv] */
    if (n < 0)
        perror("recv");
    else
        printf("got %zu bytes\n", n);       /* [got] */

    ssize_t m = recv(s, buf, sizeof buf, 0); /* [signed] */
    if (m < 0)
        perror("recv");
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
