/* Messages: sendmsg and its like, with what goes along with the data. */
#include "traced.h"

static union {
	char b[400];
	struct cmsghdr align;
} control;

static struct msghdr message(void *name, socklen_t len, struct iovec *v, size_t n, size_t controllen)
{
	return (struct msghdr){.msg_name = name, .msg_namelen = len, .msg_iov = v, .msg_iovlen = n,
		.msg_control = controllen ? control.b : NULL, .msg_controllen = controllen};
}

/* passed returns the size of control data that passes n descriptors. */
static size_t passed(int n, const int *fds)
{
	control.align = (struct cmsghdr){.cmsg_len = CMSG_LEN(n * sizeof *fds), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.align), fds, n * sizeof *fds);
	return CMSG_SPACE(n * sizeof *fds);
}

int main(void)
{
	int one = 1, pair[2], s, r, i;
	char a[10], b[100];
	struct sockaddr_in to, from;
	socklen_t n = sizeof to;
	struct iovec out[2] = {{"hello ", 6}, {"world", 5}}, in[2] = {{a, 4}, {b, sizeof b}};
	struct msghdr m;

	begin();
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	m = message(NULL, 0, out, 2, passed(2, (int[]){pair[0], pair[1]}));
	sendmsg(pair[0], &m, 0);
	memset(&control, 0, sizeof control);
	m = message(NULL, 0, in, 2, sizeof control);
	recvmsg(pair[1], &m, MSG_CMSG_CLOEXEC);
	m = message(NULL, 0, out, 1, passed(1, (int[]){pair[0]}));
	sendmsg(pair[0], &m, MSG_NOSIGNAL);
	m = message(NULL, 0, in, 2, 16);
	recvmsg(pair[1], &m, 0);
	setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
	m = message(NULL, 0, out, 2, 0);
	sendmsg(pair[0], &m, 0);
	m = message(NULL, 0, in, 2, sizeof control);
	recvmsg(pair[1], &m, 0);
	recvmsg(pair[1], &m, MSG_DONTWAIT);
	recvmsg(pair[1], bad, MSG_DONTWAIT);
	recvmsg(pair[1], NULL, 0);
	sendmsg(pair[0], NULL, 0);
	sendmsg(pair[0], bad, 0);
	m = message(bad, 16, bad, 2, 0);
	sendmsg(pair[0], &m, 0);
	m = message(NULL, 0, (struct iovec[]){{bad, 4}}, 1, 0);
	sendmsg(pair[0], &m, 0);
	m = message(NULL, 0, out, 2, 7);
	sendmsg(pair[0], &m, 0);
	m = message(NULL, 0, out, 2, 0);
	m.msg_control = bad;
	m.msg_controllen = 24;
	sendmsg(pair[0], &m, 0);
	control.align = (struct cmsghdr){.cmsg_len = 3, .cmsg_level = SOL_IPV6, .cmsg_type = 77};
	m = message(NULL, 0, out, 2, 40);
	sendmsg(pair[0], &m, 0);

	s = socket(AF_INET, SOCK_DGRAM, 0);
	r = socket(AF_INET, SOCK_DGRAM, 0);
	to = loopback(0);
	bind(r, (struct sockaddr *)&to, sizeof to);
	getsockname(r, (struct sockaddr *)&to, &n);
	setsockopt(r, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof one);
	setsockopt(r, SOL_IP, IP_PKTINFO, &one, sizeof one);
	setsockopt(r, SOL_IP, IP_RECVTTL, &one, sizeof one);
	setsockopt(r, SOL_IP, IP_RECVTOS, &one, sizeof one);
	sendto(s, "datagram", 8, 0, (struct sockaddr *)&to, sizeof to);
	m = message(&from, sizeof from, in, 1, sizeof control);
	recvmsg(r, &m, 0);
	m = message(&to, sizeof to, out, 2, 0);
	sendmsg(s, &m, MSG_CONFIRM);
	m = message(&from, 100, in, 2, 0);
	recvmsg(r, &m, 0);
	m = message(&to, sizeof to, out, 2, 0);
	sendmsg(s, &m, 0);
	m = message(&from, 2, in, 2, 0);
	recvmsg(r, &m, 0);
	sendto(s, NULL, 0, 0, (struct sockaddr *)&to, sizeof to);
	recvfrom(r, b, sizeof b, 0, NULL, NULL);

	struct mmsghdr many[40] = {0};
	for (i = 0; i < 3; i++)
		many[i].msg_hdr = message(&to, sizeof to, out, i, 0);
	sendmmsg(s, many, 3, 0);
	struct sockaddr_in names[3];
	struct timespec second = {1, 0}, soon = {0, 1};
	for (i = 0; i < 3; i++)
		many[i].msg_hdr = message(names + i, sizeof *names, in, 2, i == 1 ? sizeof control : 0);
	recvmmsg(r, many, 3, MSG_DONTWAIT, NULL);
	for (i = 0; i < 3; i++)
		many[i].msg_hdr = message(&to, sizeof to, out, 2, 0);
	sendmmsg(s, many, 2, 0);
	for (i = 0; i < 3; i++)
		many[i].msg_hdr = message(names + i, 100, in, 2, 0);
	recvmmsg(r, many, 3, MSG_WAITFORONE, &second);
	recvmmsg(r, many, 3, MSG_DONTWAIT, &soon);
	recvmmsg(r, many, 3, MSG_DONTWAIT, NULL);
	recvmmsg(r, bad, 3, 0, bad);
	recvmmsg(r, many, 0, 0, NULL);
	sendmmsg(s, NULL, 3, 0);
	sendmmsg(s, bad, 3, 0);
	sendmmsg(s, many, 0, 0);
	for (i = 0; i < 40; i++)
		many[i].msg_hdr = message(&to, sizeof to, out, 1, 0);
	sendmmsg(s, many, 40, 0);
	many[1].msg_hdr.msg_iov = bad;
	sendmmsg(s, many, 2, 0);
	close(s);
	close(r);
	return 0;
}
