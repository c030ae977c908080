// An echo server and its client, in two processes and two threads, with calls of
// every kind on sockets. Exit status 0 if all went as it should.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void need(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void *serve(void *arg)
{
	int s = *(int *)arg;
	char buf[64];
	struct sockaddr_in peer;
	socklen_t len = sizeof peer;
	int c = accept(s, (struct sockaddr *)&peer, &len);
	need(c >= 0, "accept");
	ssize_t n;
	while ((n = recv(c, buf, sizeof buf, 0)) > 0)
		need(send(c, buf, n, MSG_NOSIGNAL) == n, "send");
	close(c);
	return NULL;
}

static void talk(struct sockaddr_in *to)
{
	char buf[64];
	int c = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	need(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "setsockopt");
	need(connect(c, (struct sockaddr *)to, sizeof *to) == 0, "connect");
	need(write(c, "hello\n\x1b[31m", 11) == 11, "write");
	need(recv(c, buf, 11, MSG_WAITALL) == 11, "recv");
	struct iovec v[2] = {{"iov", 3}, {"ec", 2}};
	need(writev(c, v, 2) == 5, "writev");
	struct pollfd p = {c, POLLIN, 0};
	need(poll(&p, 1, 10000) == 1, "poll");
	struct iovec in[2] = {{buf, 2}, {buf + 2, 3}};
	struct msghdr m = {.msg_iov = in, .msg_iovlen = 2};
	need(recvmsg(c, &m, 0) == 5, "recvmsg");
	need(send(c, "x", 1, 0) == 1, "send");
	fd_set r;
	FD_ZERO(&r);
	FD_SET(c, &r);
	need(select(c + 1, &r, NULL, NULL, NULL) == 1, "select");
	need(read(c, buf, sizeof buf) == 1, "read");
	int e = epoll_create1(0);
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = c};
	need(epoll_ctl(e, EPOLL_CTL_ADD, c, &ev) == 0, "epoll_ctl");
	need(shutdown(c, SHUT_WR) == 0, "shutdown");
	need(epoll_wait(e, &ev, 1, 10000) == 1, "epoll_wait");
	need(read(c, buf, sizeof buf) == 0, "end");
	close(e);
	close(c);
}

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int one = 1, pair[2];
	int s = socket(AF_INET, SOCK_STREAM, 0);
	need(s >= 0, "socket");
	need(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0, "setsockopt");
	need(bind(s, (struct sockaddr *)&a, sizeof a) == 0, "bind");
	need(bind(s, (struct sockaddr *)&a, 3) < 0 && errno == EINVAL, "a second bind");
	need(getsockname(s, (struct sockaddr *)&a, &len) == 0, "getsockname");
	need(listen(s, 5) == 0, "listen");
	pthread_t t;
	need(pthread_create(&t, NULL, serve, &s) == 0, "thread");
	pid_t child = fork();
	if (child == 0) {
		close(s);
		talk(&a);
		exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	pthread_join(t, NULL);
	need(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "socketpair");
	need(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0, "fcntl");
	char b[8];
	need(recv(pair[0], b, sizeof b, 0) < 0 && errno == EAGAIN, "recv");
	int high = dup2(pair[1], 900);
	need(high == 900, "dup2");
	need(write(900, "high", 4) == 4, "write");
	need(read(pair[0], b, sizeof b) == 4, "read");
	close(900);
	close(pair[0]);
	close(s);
	printf("status %d\n", status);
	return status != 0;
}
