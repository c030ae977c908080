// Programs that are hard on a tracer, by their first argument.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { crowd = 50 };

static struct sockaddr_in a;

static void *come(void *arg)
{
	(void)arg;
	int c = socket(AF_INET, SOCK_STREAM, 0);
	if (c < 0 || connect(c, (struct sockaddr *)&a, sizeof a) < 0)
		exit(2);
	close(c);
	return NULL;
}

static int listener(void)
{
	socklen_t len = sizeof a;
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 4 * crowd) < 0 || getsockname(s, (struct sockaddr *)&a, &len) < 0)
		exit(1);
	return s;
}

// 50 threads and 50 processes that connect and end at once.
static int together(void)
{
	listener();
	pthread_t t[crowd];
	int failed = 0, status;
	for (int i = 0; i < crowd; i++) {
		if (pthread_create(&t[i], NULL, come, NULL) != 0)
			return 3;
		if (fork() == 0) {
			come(NULL);
			_exit(0);
		}
	}
	for (int i = 0; i < crowd; i++)
		pthread_join(t[i], NULL);
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}

static int bomb(void)
{
	for (;;)
		if (fork() < 0)
			_exit(1);
}

static char *self;

static void *become(void *arg)
{
	(void)arg;
	execl(self, self, "become", NULL);
	exit(1);
}

// A thread that is not the first becomes another program while the first waits.
static int thread_exec(void)
{
	int pair[2];
	char b;
	pthread_t t;
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	pthread_create(&t, NULL, become, NULL);
	recv(pair[0], &b, 1, 0);
	return 1;
}

// Round trips through a pair of sockets, as many as are asked for.
static int trips(int n)
{
	int pair[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	if (fork() == 0) {
		char b;
		close(pair[0]);
		while (recv(pair[1], &b, 1, 0) == 1)
			if (send(pair[1], &b, 1, 0) != 1)
				_exit(1);
		_exit(0);
	}
	close(pair[1]);
	for (int i = 0; n == 0 || i < n; i++) {
		char b = i;
		if (send(pair[0], &b, 1, 0) != 1 || recv(pair[0], &b, 1, 0) != 1 || b != (char)i)
			return 1;
	}
	close(pair[0]);
	wait(NULL);
	return 0;
}

// Processes that fork and leave their children behind, without end.
static int leave(void)
{
	for (int i = 0; i < 2000; i++) {
		if (fork() == 0) {
			if (fork() == 0) {
				int pair[2];
				socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
				char b;
				setsid();
				recv(pair[0], &b, 1, 0);
			}
			_exit(0);
		}
		wait(NULL);
	}
	return 0;
}

static void *look(void *arg)
{
	(void)arg;
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in here;
	for (;;) {
		socklen_t len = sizeof here;
		if (getsockname(s, (struct sockaddr *)&here, &len) < 0)
			exit(1);
	}
}

// Two threads and a child that never stop calling.
static int three(void)
{
	pthread_t t;
	pthread_create(&t, NULL, look, NULL);
	if (fork() == 0)
		look(NULL);
	look(NULL);
	return 0;
}

int main(int argc, char **argv)
{
	self = argv[0];
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "together") == 0)
		return together();
	if (strcmp(what, "bomb") == 0)
		return bomb();
	if (strcmp(what, "exec") == 0)
		return thread_exec();
	if (strcmp(what, "become") == 0)
		return socket(AF_INET, SOCK_DGRAM, 0) < 0;
	if (strcmp(what, "trips") == 0)
		return trips(argc > 2 ? atoi(argv[2]) : 0);
	if (strcmp(what, "leave") == 0)
		return leave();
	if (strcmp(what, "three") == 0)
		return three();
	if (strcmp(what, "one") == 0)
		look(NULL);
	return 64;
}
