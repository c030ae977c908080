/* Waiting: poll, select, epoll and their like. */
#include "traced.h"

int main(void)
{
	int pair[2], e, i;
	struct pollfd fds[40];
	fd_set in, out, except;
	struct timespec soon = {0, 1000000}, long_time = {100, 0};
	struct timeval soon_val = {0, 1000}, long_val = {100, 0};
	sigset_t none, some;
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.u64 = 0x123456789a}}, got[5];

	sigemptyset(&none);
	sigemptyset(&some);
	sigaddset(&some, SIGINT);
	sigaddset(&some, SIGUSR1);
	begin();
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);

	fds[0] = (struct pollfd){pair[0], POLLIN | POLLOUT, 0};
	fds[1] = (struct pollfd){pair[1], POLLIN, 0};
	fds[2] = (struct pollfd){-1, POLLIN, 0};
	poll(fds, 3, -1);
	poll(fds + 1, 1, 1);
	poll(fds + 1, 1, 0);
	ppoll(fds, 3, &long_time, &some);
	ppoll(fds, 3, NULL, NULL);
	ppoll(fds + 1, 1, &soon, &none);
	syscall(SYS_ppoll, fds, 2, bad, NULL, 8);
	syscall(SYS_ppoll, fds, 2, NULL, &some, 3);
	for (i = 0; i < 40; i++)
		fds[i] = (struct pollfd){pair[0], POLLOUT | 0x1000, 0};
	poll(fds, 40, 0);
	syscall(SYS_ppoll, fds, 2, NULL, bad, 8);

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(pair[1], &in);
	FD_SET(pair[0], &out);
	FD_SET(pair[0], &except);
	select(pair[1] + 1, &in, &out, &except, &long_val);
	FD_SET(pair[1], &in);
	select(pair[1] + 1, &in, NULL, NULL, &soon_val);
	FD_SET(pair[0], &out);
	FD_SET(pair[1], &out);
	select(10, NULL, &out, NULL, NULL);
	select(10, NULL, &out, bad, NULL);
	FD_SET(200, &out);
	long_val = (struct timeval){100, 0};
	select(1000, NULL, &out, NULL, &long_val);
	FD_CLR(200, &out);
	FD_SET(pair[0], &out);
	pselect(10, NULL, &out, NULL, &long_time, &some);
	pselect(10, NULL, &out, NULL, NULL, NULL);
	FD_SET(pair[1], &in);
	pselect(10, &in, NULL, NULL, &soon, NULL);
#ifdef SYS_select
	struct timeval half = {0, 500};
	FD_SET(pair[1], &in);
	FD_SET(pair[0], &out);
	long_val = (struct timeval){100, 0};
	syscall(SYS_select, 10, &in, &out, NULL, &long_val);
	FD_ZERO(&out);
	FD_SET(pair[1], &in);
	syscall(SYS_select, 10, &in, &out, NULL, &half);
	syscall(SYS_poll, fds, 1, 0);
#endif

	e = epoll_create1(EPOLL_CLOEXEC);
	epoll_create1(0);
	epoll_create1(1);
	epoll_create(7);
	epoll_create(0);
	epoll_ctl(e, EPOLL_CTL_ADD, pair[0], &event);
	event.data.fd = pair[1];
	event.events = EPOLLIN | EPOLLONESHOT;
	epoll_ctl(e, EPOLL_CTL_ADD, pair[1], &event);
	epoll_ctl(e, EPOLL_CTL_ADD, pair[1], &event);
	epoll_ctl(e, EPOLL_CTL_MOD, pair[1], bad);
	epoll_ctl(e, EPOLL_CTL_MOD, pair[1], NULL);
	epoll_ctl(e, 9, pair[1], &event);
	epoll_wait(e, got, 5, 1);
	write(pair[0], "x", 1);
	epoll_wait(e, got, 5, -1);
	write(pair[1], "y", 1);
	epoll_wait(e, got, 1, 0);
	epoll_wait(e, bad, 1, 0);
	epoll_wait(e, got, 0, 0);
	event.events = EPOLLIN | EPOLLOUT;
	epoll_ctl(e, EPOLL_CTL_MOD, pair[1], &event);
	epoll_pwait(e, got, 5, 100, &some);
	epoll_pwait(e, got, 5, 100, NULL);
	epoll_pwait(e, NULL, 5, 0, NULL);
	epoll_pwait2(e, got, 5, &long_time, &some);
	epoll_pwait2(e, got, 5, NULL, NULL);
	epoll_ctl(e, EPOLL_CTL_DEL, pair[1], &event);
	epoll_ctl(e, EPOLL_CTL_DEL, pair[0], NULL);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
