/* fails: server
 * belief: M11
 *
 * The server listens at every address of the machine, as the page has it.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        die("socket");
    int on = 1;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("setsockopt");
    struct sockaddr_in me;
    memset(&me, 0, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons((in_port_t)port);
    me.sin_addr.s_addr = INADDR_ANY;
    if (bind(s, (struct sockaddr *)&me, sizeof me) < 0)
        die("bind");
    if (listen(s, 1) < 0)
        die("listen");

    int c = accept(s, NULL, NULL);
    if (c < 0)
        die("accept");
    char buffer[64];
    ssize_t n = recv(c, buffer, sizeof buffer, 0);
    if (n < 0)
        die("recv");
    printf("%.*s\n", (int)n, buffer);
    close(c);
    close(s);
    return 0;
}
