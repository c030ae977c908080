#include <stdio.h>        /* perror, printf */
#include <sys/socket.h>   /* socket */
#include <unistd.h>       /* close */

int main(void)
{
    if (close(0) < 0) { perror("close"); return 1; } /* [input] */
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (!s)
        printf("a test for !s calls this a failure\n");
    if (s < 0) { perror("socket"); return 1; }
    if (close(s) < 0) { perror("close"); return 1; }
    return 0; /* [return] */
}
