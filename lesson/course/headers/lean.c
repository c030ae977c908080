#include <netinet/in.h>   /* struct sockaddr_in, htons */
#include <sys/socket.h>   /* socket, bind */
#include <unistd.h>       /* close */

#define PORT 7777

int main(void)
{
    struct sockaddr_in a = {0};
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);        /* [port] */
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        return 1;
    if (bind(s, (struct sockaddr *)&a, sizeof &a) < 0) /* [bind] */
        return 1; /* [return] */
    return close(s) < 0;
}
