#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, listen */

int main(void)
{
    int s;
    if (s = socket(AF_INET, SOCK_STREAM, 0) < 0) { /* [check] */
        perror("socket");
        return 1;
    }
    if (listen(s, 5) < 0) /* [listen] */
        perror("listen");
    return 0; /* [return] */
}
