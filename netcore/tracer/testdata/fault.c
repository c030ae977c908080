// Programs that meet faults and see whether anything else has changed, by their
// first argument. They print what they met.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// raw makes a system call and fails where a register of an argument is another
// afterwards.
static long raw(long number, long a1, long a2, long a3, long a4)
{
#ifdef __x86_64__
	long ret, rdi = a1, rsi = a2, rdx = a3;
	register long r10 __asm__("r10") = a4;
	register long r8 __asm__("r8") = 0;
	register long r9 __asm__("r9") = 0;
	__asm__ volatile("syscall"
			 : "=a"(ret), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
			 : "0"(number)
			 : "rcx", "r11", "memory");
	if (rdi != a1 || rsi != a2 || rdx != a3 || r10 != a4 || r8 != 0 || r9 != 0) {
		printf("call %ld: registers changed\n", number);
		exit(1);
	}
	return ret;
#else
	long ret = syscall(number, a1, a2, a3, a4, 0, 0);
	return ret < 0 ? -errno : ret;
#endif
}

static long transfer(const char *how, int fd, char *b, size_t n)
{
	struct iovec v[3] = {{b, 0}, {b, n / 2}, {b + n / 2, n - n / 2}}, before[3];
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 3}, header = m;
	long got = -1;
	memcpy(before, v, sizeof v);
	if (strcmp(how, "read") == 0)
		got = raw(SYS_read, fd, (long)b, n, 0);
	else if (strcmp(how, "write") == 0)
		got = raw(SYS_write, fd, (long)b, n, 0);
	else if (strcmp(how, "recv") == 0)
		got = raw(SYS_recvfrom, fd, (long)b, n, 0);
	else if (strcmp(how, "send") == 0)
		got = raw(SYS_sendto, fd, (long)b, n, 0);
	else if (strcmp(how, "readv") == 0)
		got = raw(SYS_readv, fd, (long)v, 3, 0);
	else if (strcmp(how, "writev") == 0)
		got = raw(SYS_writev, fd, (long)v, 3, 0);
	else if (strcmp(how, "recvmsg") == 0)
		got = raw(SYS_recvmsg, fd, (long)&m, 0, 0);
	else if (strcmp(how, "sendmsg") == 0)
		got = raw(SYS_sendmsg, fd, (long)&m, 0, 0);
	if (memcmp(before, v, sizeof v) != 0 || m.msg_iov != header.msg_iov || m.msg_iovlen != header.msg_iovlen) {
		printf("%s: memory changed\n", how);
		exit(1);
	}
	return got;
}

static void shortened(void)
{
	static const char *out[] = {"write", "send", "writev", "sendmsg"}, *in[] = {"read", "recv", "readv", "recvmsg"};
	int pair[2];
	char sent[20], got[20];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	for (int i = 0; i < 4; i++) {
		size_t n = 0;
		for (size_t k = 0; k < sizeof sent; k++)
			sent[k] = i + k;
		printf("%s", out[i]);
		while (n < sizeof sent) {
			long k = transfer(out[i], pair[0], sent + n, sizeof sent - n);
			printf(" %ld", k);
			n += k;
		}
		printf("\n%s", in[i]);
		n = 0;
		while (n < sizeof got) {
			long k = transfer(in[i], pair[1], got + n, sizeof got - n);
			printf(" %ld", k);
			n += k;
		}
		printf("\n");
		if (memcmp(sent, got, sizeof got) != 0) {
			printf("other bytes\n");
			exit(1);
		}
	}
	transfer("write", pair[0], sent, 3);
	transfer("write", pair[0], sent, 3);
	printf("all %ld\n", (long)recv(pair[1], got, 6, MSG_WAITALL));
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	printf("datagram %ld", transfer("send", pair[0], sent, 20));
	printf(" %ld\n", transfer("recv", pair[1], got, 20));
}

static void interrupted(void)
{
	int pair[2], interrupted = 0;
	char b[10];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	write(pair[0], "0123456789", 10);
	for (int i = 0; i < 9; i++) {
		long n = raw(SYS_recvfrom, pair[1], (long)b, 1, 0);
		interrupted += n == -EINTR;
		printf("%ld ", n);
	}
	printf("interrupted %d\n", interrupted);
}

static void failed(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	bind(s, (struct sockaddr *)&a, sizeof a);
	listen(s, 10);
	getsockname(s, (struct sockaddr *)&a, &len);
	for (int i = 0; i < 4; i++) {
		int c = socket(AF_INET, SOCK_STREAM, 0);
		connect(c, (struct sockaddr *)&a, sizeof a);
	}
	for (int i = 0; i < 4; i++) {
		int c = accept(s, NULL, NULL);
		printf("%s ", c < 0 ? strerrorname_np(errno) : "accepted");
	}
	printf("\n");
}

static volatile int sent;

static void *sends(void *arg)
{
	struct timespec from, to;
	int pair[2];
	(void)arg;
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	clock_gettime(CLOCK_MONOTONIC, &from);
	send(pair[0], "x", 1, 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	sent = 1;
	long ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
	printf("%s\n", ms >= 200 ? "late" : "early");
	return NULL;
}

static void delayed(void)
{
	pthread_t t;
	int n = 0, s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a;
	socklen_t len = sizeof a;
	pthread_create(&t, NULL, sends, NULL);
	while (!sent) {
		getsockname(s, (struct sockaddr *)&a, &len);
		n++;
	}
	pthread_join(t, NULL);
	printf("%s\n", n >= 10 ? "others go on" : "others wait");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "short") == 0)
		shortened();
	else if (strcmp(what, "interrupt") == 0)
		interrupted();
	else if (strcmp(what, "fail") == 0)
		failed();
	else if (strcmp(what, "delay") == 0)
		delayed();
	return 0;
}
