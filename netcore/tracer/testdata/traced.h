/*
 * What the traced programs share. Each makes calls on sockets, right and wrong; the
 * test compares what the tracer tells with what strace prints, from begin() on.
 * Files they use besides sockets they do not close: such a close is not told.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* bad is an address at which there is no memory. */
#define bad ((void *)0x10)

static void begin(void)
{
	syscall(SYS_close_range, 3, ~0U, 0); /* what the program was started with */
	socket(99, 98, 97);
}

__attribute__((unused)) static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* listener returns a listening socket and its address. */
__attribute__((unused)) static int listener(struct sockaddr_in *a)
{
	socklen_t n = sizeof *a;
	int s = socket(AF_INET, SOCK_STREAM, 0);

	*a = loopback(0);
	if (bind(s, (struct sockaddr *)a, sizeof *a) || listen(s, 5) || getsockname(s, (struct sockaddr *)a, &n))
		exit(3);
	return s;
}
