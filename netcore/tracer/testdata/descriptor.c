/* Descriptors: what is done to them besides sending and receiving, threads, children. */
#include "traced.h"
#include <linux/sockios.h>

static int pair[2];

static void *thread(void *text)
{
	char b[10];

	send(pair[0], text, strlen(text), 0);
	recv(pair[1], b, sizeof b, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	int s, d, f, n, pipes[2];
	off_t offset = 2;
	char b[100];
	pthread_t t;
	struct ifreq lo = {.ifr_name = "lo"};
	struct termios *terminal = (void *)b;

	(void)argc;
	begin();
	s = socket(AF_INET, SOCK_STREAM, 0);
	dup(s);
	dup2(s, 50);
	dup2(s, -1);
	dup3(s, 51, O_CLOEXEC);
	dup3(s, s, 0);
	dup3(s, 52, 077);
	fcntl(s, F_GETFD);
	fcntl(s, F_SETFD, FD_CLOEXEC);
	fcntl(s, F_GETFD);
	fcntl(s, F_GETFL);
	fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK);
	fcntl(s, F_GETFL);
	d = fcntl(s, F_DUPFD_CLOEXEC, 60);
	fcntl(s, F_DUPFD, 61);
	fcntl(s, F_SETOWN, getpid());
	fcntl(s, F_GETOWN);
	fcntl(s, F_SETOWN_EX, &(struct f_owner_ex){F_OWNER_PGRP, 0});
	fcntl(s, F_GETOWN_EX, bad);
	fcntl(s, 999, 5);
	ioctl(s, FIONREAD, &n);
	ioctl(s, TIOCOUTQ, &n);
	ioctl(s, FIONBIO, &(int){1});
	ioctl(s, FIOASYNC, &(int){0});
	ioctl(s, FIOCLEX);
	ioctl(s, FIONCLEX);
	ioctl(s, FIONREAD, bad);
	ioctl(s, FIONBIO, bad);
	ioctl(s, SIOCATMARK, &n);
	ioctl(s, TCGETS, terminal);
	ioctl(s, TIOCGWINSZ, b);
	ioctl(s, SIOCGIFINDEX, &lo);
	ioctl(s, SIOCGIFMTU, &lo);
	ioctl(s, SIOCGIFFLAGS, &lo);
	ioctl(s, SIOCGIFADDR, &lo);
	ioctl(s, SIOCGIFNETMASK, &lo);
	ioctl(s, SIOCGIFHWADDR, &lo);
	lo.ifr_ifindex = 1;
	ioctl(s, SIOCGIFNAME, &lo);
	ioctl(s, SIOCGIFCONF, &(struct ifconf){.ifc_len = 0});
	ioctl(s, SIOCGIFCONF, &(struct ifconf){.ifc_len = 40, .ifc_buf = b});
	ioctl(s, SIOCGIFCONF, &(struct ifconf){.ifc_len = 70, .ifc_buf = b});
	ioctl(s, SIOCGIFCONF, bad);
	ioctl(s, SIOCOUTQNSD, &n);
	strcpy(lo.ifr_name, "none");
	ioctl(s, SIOCGIFINDEX, &lo);
	ioctl(s, SIOCGIFINDEX, bad);
	ioctl(s, 0xabcd1234, 7);
	close_range(60, 60, CLOSE_RANGE_CLOEXEC);
	close_range(50, 60, 0);
	close_range(3, ~0U, 8 | CLOSE_RANGE_CLOEXEC);
	close(d);

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	f = open(argv[0], O_RDONLY);
	sendfile(pair[0], f, &offset, 5);
	sendfile(pair[0], f, NULL, 5);
	sendfile(pair[0], f, bad, 5);
	sendfile(pair[0], f, &offset, 0);
	sendfile(77, pair[0], &offset, 9);
	pipe(pipes);
	splice(pair[1], NULL, pipes[1], NULL, 4, SPLICE_F_MOVE | SPLICE_F_MORE);
	splice(pair[1], &(loff_t){3}, pipes[1], NULL, 4, SPLICE_F_NONBLOCK);
	splice(pipes[0], NULL, pair[0], bad, 4, 0);
	splice(pipes[0], NULL, pair[0], NULL, 4, 0);
	recv(pair[1], b, sizeof b, 0);

	pthread_create(&t, NULL, thread, "thread");
	pthread_join(t, NULL);
	pthread_create(&t, NULL, thread, "another");
	pthread_join(t, NULL);
	if (!fork()) {
		thread("child");
		syscall(SYS_pidfd_getfd, 99, pair[0], 0);
		_exit(3);
	}
	wait(&n);
	close(pair[0]);
	return 0;
}
