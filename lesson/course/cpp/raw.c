#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <sys/socket.h>   /* socket, bind */
#include <unistd.h>       /* close */

static int serve(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof a.sin_addr;  /* the wrong thing is measured */

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return -1; }      /* [socket] */
    if (bind(s, (struct sockaddr *)&a, size) < 0) return -1; /* [bind] */
    if (close(s) < 0) { perror("close"); return -1; }
    return 0;
}

int main(void)
{
    serve();
    serve();
    printf("tried twice\n");                         /* [again] */

    int a = socket(AF_INET, SOCK_STREAM, 0);
    int b = a;                                       /* [copy] */
    if (close(a) < 0) { perror("close"); return 1; } /* [close] */
    int other = socket(AF_INET, SOCK_STREAM, 0);     /* [other] */
    if (close(b) < 0) { perror("close"); return 1; } /* [close-copy] */
    if (close(other) < 0) perror("close");           /* [close-other] */
    return 0; /* [return] */
}
