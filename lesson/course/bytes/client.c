#include <netinet/in.h>   /* struct sockaddr_in, INADDR_LOOPBACK */
#include <stdio.h>        /* perror */
#include <string.h>       /* strcpy, strlen */
#include <sys/socket.h>   /* socket, connect, send */
#include <unistd.h>       /* close */

#define PORT 7777

static int fail(const char *call)
{
    perror(call);
    return 1;
}

int main(void)
{
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) /* [connect] */
        return fail("connect");

    if (send(s, "one", 3, 0) < 0) return fail("send"); /* [one] */
    if (send(s, "two", 3, 0) < 0) return fail("send"); /* [two] */
    if (send(s, "three", 5, 0) < 0) return fail("send"); /* [three] */

    if (send(s, "0123", 4, 0) < 0) return fail("send"); /* [piece] */
    if (send(s, "456789", 6, 0) < 0) return fail("send"); /* [rest] */

    char buffer[16] = "password swordf";
    strcpy(buffer, "hi");
    if (send(s, buffer, sizeof buffer, 0) < 0) /* [sizeof] */
        return fail("send");

    const char *text = "hello world";
    if (send(s, text, sizeof text, 0) < 0) /* [pointer] */
        return fail("send");
    if (send(s, text, strlen(text), 0) < 0) /* [strlen] */
        return fail("send");

    if (send(s, "", 0, 0) < 0) return fail("send"); /* [nothing] */
    if (close(s) < 0) return fail("close");
    return 0; /* [return] */
}
