#include <stdio.h>        /* perror */
#include <string.h>       /* strcpy */
#include <sys/socket.h>   /* socket, setsockopt, bind, listen */
#include <sys/un.h>       /* struct sockaddr_un */
#include <unistd.h>       /* close, unlink */

static int fail(const char *call) { perror(call); return 1; }

int main(void)
{
    struct sockaddr_un a = {0};
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, "door");
    int on = 1;

    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0) return fail("socket");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [bind] */
        perror("bind");
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, /* [set] */
                   sizeof on) < 0) return fail("setsockopt");
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [reuse] */
        perror("bind");

    if (unlink(a.sun_path) < 0) return fail("unlink"); /* [unlink] */
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) /* [again] */
        return fail("bind");
    if (listen(s, 5) < 0) return fail("listen"); /* [listen] */
    if (close(s) < 0) return fail("close");
    if (unlink(a.sun_path) < 0) return fail("unlink"); /* [tidy] */
    return 0; /* [return] */
}
