/* Small programs, one for each word of the command line. Compiled with WRONG each makes
 * its mistake, in the line that has the word in a comment; without it none does. What a
 * program needs besides, another end of a connection, is in the same program, or in a
 * child where the two have to run beside each other. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef WRONG
#define WHEN(wrong, right) wrong
#else
#define WHEN(wrong, right) right
#endif

static struct sockaddr_in loopback(void)
{
	struct sockaddr_in a;
	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int check(int result, const char *call)
{
	if (result < 0) {
		perror(call);
		exit(1);
	}
	return result;
}

/* A listener at a free port, which is written into the address. */
static int listener(struct sockaddr_in *a)
{
	socklen_t len = sizeof *a;
	*a = loopback();
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)a, sizeof *a), "bind");
	check(listen(s, 16), "listen");
	check(getsockname(s, (struct sockaddr *)a, &len), "getsockname");
	return s;
}

static int connected(const struct sockaddr_in *a)
{
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(connect(s, (const struct sockaddr *)a, sizeof *a), "connect");
	return s;
}

static void send_all(int s, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = send(s, buf, len, MSG_NOSIGNAL);
		if (n < 0)
			return;
		buf += n;
		len -= n;
	}
}

/* Waits until the connection is over, whatever is still to be read. */
static void hung_up(int s)
{
	struct pollfd p = {.fd = s};
	poll(&p, 1, 10000);
}

/* Waits until something can be read. */
static void readable(int s)
{
	struct pollfd p = {.fd = s, .events = POLLIN};
	poll(&p, 1, 10000);
}

static void drain(int s)
{
	char buf[4096];
	while (recv(s, buf, sizeof buf, 0) > 0)
		;
}

static void htonl_bind(void)
{
	struct sockaddr_in a = loopback();
	a.sin_addr.s_addr = WHEN(INADDR_LOOPBACK, htonl(INADDR_LOOPBACK));
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&a, sizeof a), "bind"); /* htonl-bind */
	close(s);
}

static void family_bind(void)
{
	struct sockaddr_in a = loopback();
	a.sin_family = WHEN(htons(AF_INET), AF_INET);
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&a, sizeof a), "bind"); /* family-bind */
	close(s);
}

static void family_connect(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	a.sin_family = WHEN(htons(AF_INET), AF_INET);
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(connect(s, (struct sockaddr *)&a, sizeof a), "connect"); /* family-connect */
	close(s);
	close(l);
}

static void family_inet6(void)
{
	struct sockaddr_in6 a;
	memset(&a, 0, sizeof a);
	a.sin6_family = WHEN(htons(AF_INET6), AF_INET6);
	a.sin6_addr = in6addr_any;
	int s = check(socket(AF_INET6, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&a, sizeof a), "bind"); /* family-inet6 */
	close(s);
}

static void length_bind(void)
{
	struct sockaddr_in a = loopback(), *p = &a;
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)p, WHEN(sizeof p, sizeof *p)), "bind"); /* length-bind */
	close(s);
}

static void length_connect(void)
{
	struct sockaddr_in a, *p = &a;
	int l = listener(p);
	int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
	check(connect(s, (struct sockaddr *)p, WHEN(sizeof p, sizeof *p)), "connect"); /* length-connect */
	close(s);
	close(l);
}

static void length_inet6(void)
{
	struct sockaddr_in6 a;
	memset(&a, 0, sizeof a);
	a.sin6_family = AF_INET6;
	a.sin6_addr = in6addr_any;
	int s = check(socket(AF_INET6, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&a, WHEN(sizeof(struct sockaddr), sizeof a)), "bind"); /* length-inet6 */
	close(s);
}

/* A server at a path, of which the test starts one after the other. */
static void path_left(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	strcpy(a.sun_path, getenv("SOCKET"));
	int s = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
#ifndef WRONG
	unlink(a.sun_path);
#endif
	check(bind(s, (struct sockaddr *)&a, sizeof a), "bind"); /* path-left */
	check(listen(s, 16), "listen");
	close(s);
}

/* A server that looks first whether anybody listens at what it finds at its path. */
static void path_asked(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	strcpy(a.sun_path, getenv("SOCKET"));
	for (int run = 0; run < 2; run++) {
		int s = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
		if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { /* path-asked */
			int ask = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
			if (connect(ask, (struct sockaddr *)&a, sizeof a) == 0 || errno != ECONNREFUSED)
				exit(1);
			close(ask);
#ifdef WRONG
			exit(1);
#endif
			unlink(a.sun_path);
			check(bind(s, (struct sockaddr *)&a, sizeof a), "bind");
		}
		check(listen(s, 16), "listen");
		close(s);
	}
}

static void accept_again(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	int one = connected(&a), two = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	int d = accept(WHEN(c, l), NULL, NULL); /* accept-again */
	close(c);
	if (d >= 0)
		close(d);
	close(one);
	close(two);
	close(l);
}

static void listener_recv(void)
{
	struct sockaddr_in a;
	char buf[64];
	int l = listener(&a);
	int s = connected(&a);
	send_all(s, "hello", 5);
	int c = check(accept(l, NULL, NULL), "accept");
	recv(WHEN(l, c), buf, sizeof buf, 0); /* listener-recv */
	close(c);
	close(s);
	close(l);
}

static void listener_send(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	int s = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	signal(SIGPIPE, SIG_IGN);
	write(WHEN(l, c), "hello", 5); /* listener-send */
	close(c);
	drain(s);
	close(s);
	close(l);
}

static void listener_unix(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char buf[64];
	strcpy(a.sun_path, getenv("SOCKET"));
	int l = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	unlink(a.sun_path);
	check(bind(l, (struct sockaddr *)&a, sizeof a), "bind");
	check(listen(l, 16), "listen");
	int s = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	check(connect(s, (struct sockaddr *)&a, sizeof a), "connect");
	send_all(s, "hello", 5);
	int c = check(accept(l, NULL, NULL), "accept");
	recv(WHEN(l, c), buf, sizeof buf, 0); /* listener-unix */
	close(c);
	close(s);
	close(l);
	unlink(a.sun_path);
}

/* A request of 20 bytes comes, and the buffer has room for 16. The wrong program takes
 * the 0 of a read into no room for the end of it. */
static void zero_length(void)
{
	struct sockaddr_in a;
	char buf[WHEN(16, 64)];
	int l = listener(&a);
	int s = connected(&a);
	send_all(s, "a request too long\r\n", 20);
	shutdown(s, SHUT_WR);
	int c = check(accept(l, NULL, NULL), "accept");
	size_t got = 0;
	ssize_t n;
	while ((n = recv(c, buf + got, sizeof buf - got, 0)) > 0) /* zero-length */
		got += n;
	close(c);
	close(s);
	close(l);
}

/* A loop until all is there whose last read has no room left: its 0 is no mistake, for
 * the program looks at how much it got. */
static void zero_exact(void)
{
	struct sockaddr_in a;
	char buf[WHEN(16, 20)];
	int l = listener(&a);
	int s = connected(&a);
	send_all(s, "a request of twenty.", 20);
	int c = check(accept(l, NULL, NULL), "accept");
	size_t got = 0;
	ssize_t n;
	while ((n = read(c, buf + got, sizeof buf - got)) > 0) /* zero-exact */
		got += n;
#ifndef WRONG
	if (got == 20)
		send_all(c, "OK", 2);
#endif
	close(c);
	drain(s);
	close(s);
	close(l);
}

/* A server answers before it has read the whole request, and closes. The client has little
 * room: most of the answer still waits at the server's end then. */
static void closed_unread(void)
{
	struct sockaddr_in a;
	static char buf[1 << 15];
	int sent[2], size = 1 << 17;
	int l = listener(&a);
	check(setsockopt(l, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), "setsockopt");
	check(pipe(sent), "pipe");
	pid_t pid = check(fork(), "fork");
	if (pid == 0) {
		size = 4096;
		int s = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
		check(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), "setsockopt");
		check(connect(s, (struct sockaddr *)&a, sizeof a), "connect");
		send_all(s, "request", 7);
		send_all(s, "trailer", 7);
		shutdown(s, SHUT_WR);
		write(sent[1], "", 1);
		WHEN(hung_up, readable)(s);
		drain(s);
		close(s);
		_exit(0);
	}
	int c = check(accept(l, NULL, NULL), "accept");
	read(sent[0], buf, 1); /* all of the request has come */
	recv(c, buf, 7, MSG_WAITALL);
	WHEN((void)0, drain(c));
	send_all(c, buf, sizeof buf);
	close(c); /* closed-unread */
	close(l);
	waitpid(pid, NULL, 0);
}

/* A server that goes on sending to a client that has gone. */
static void write_after_end(void)
{
	struct sockaddr_in a;
	char buf[64];
	int l = listener(&a);
	int s = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	close(s);
	send(c, "tick", 4, MSG_NOSIGNAL);
	hung_up(c);
	for (int i = 0; i < 5; i++) {
		ssize_t n = send(c, "tick", 4, MSG_NOSIGNAL); /* write-after-end */
		if (WHEN(0, n < 0))
			break;
	}
	close(c);
	close(l);
}

/* Four talk, the fifth has gone. What one says is sent to all others; that a send failed is
 * left alone, for the end of the one who has gone is read after those who talk. The wrong
 * program never closes that connection, and goes on sending. */
static void write_chat(void)
{
	struct sockaddr_in a;
	struct pollfd p[5];
	char buf[64];
	int s[5], c[5], l = listener(&a);
	for (int i = 0; i < 5; i++) {
		s[i] = connected(&a);
		c[i] = p[i].fd = check(accept(l, NULL, NULL), "accept");
		p[i].events = POLLIN;
	}
	close(s[4]);
	for (int pass = 0; pass < 5; pass++) {
		for (int i = 0; i < 4; i++) {
			send_all(s[i], "hello", 5);
			readable(c[i]);
		}
		poll(p, 5, -1);
		for (int i = 0; i < 5; i++) {
			if (p[i].fd < 0 || !p[i].revents)
				continue;
			ssize_t n = recv(c[i], buf, sizeof buf, 0);
			if (n <= 0) {
				p[i].fd = -1;
				WHEN(0, close(c[i]));
				WHEN(0, c[i] = -1);
			}
			for (int j = 0; j < 5 && n > 0; j++)
				if (j != i && c[j] >= 0)
					send(c[j], buf, n, MSG_NOSIGNAL); /* write-chat */
		}
	}
	/* The end of the program closes what is left. */
}

static void close_twice(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	int s = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	close(c);
	c = WHEN(c, -1);
	close(c); /* close-twice */
	drain(s);
	close(s);
	close(l);
}

/* fclose() closes the descriptor below. */
static void close_stream(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	int s = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	FILE *f = fdopen(c, "w");
	fputs("hello\n", f);
	fclose(f);
	WHEN(close(c), 0); /* close-stream */
	drain(s);
	close(s);
	close(l);
}

/* The last close is the mistake: the number is another connection's by then. */
static pthread_barrier_t step;

static void *talker(void *arg)
{
	int c = *(int *)arg;
	drain(c);
	close(c);
	pthread_barrier_wait(&step);
	pthread_barrier_wait(&step);
	WHEN(close(c), 0); /* close-thread */
	pthread_barrier_wait(&step);
	return NULL;
}

static void close_thread(void)
{
	struct sockaddr_in a;
	char buf[64];
	pthread_t t;
	int l = listener(&a);
	int one = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	close(one);
	pthread_barrier_init(&step, NULL, 2);
	pthread_create(&t, NULL, talker, &c);
	pthread_barrier_wait(&step);
	int two = connected(&a);
	int d = check(accept(l, NULL, NULL), "accept"); /* has the number of c */
	send_all(two, "hello", 5);
	pthread_barrier_wait(&step);
	pthread_barrier_wait(&step);
	recv(d, buf, sizeof buf, 0);
	pthread_join(t, NULL);
	WHEN(0, close(d));
	close(two);
	close(l);
}

/* The numbers are closed up and down, one of them twice. To close all numbers there are,
 * those that were closed before too, is no mistake. */
static void close_all(void)
{
	struct sockaddr_in a;
	int l = listener(&a);
	int s = connected(&a);
	int c = check(accept(l, NULL, NULL), "accept");
	close(c);
	close(s);
	for (int fd = WHEN(c, 3); fd < WHEN(c + 1, 20); fd++)
		close(fd); /* close-all */
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} all[] = {
		{"htonl-bind", htonl_bind},
		{"family-bind", family_bind},
		{"family-connect", family_connect},
		{"family-inet6", family_inet6},
		{"length-bind", length_bind},
		{"length-connect", length_connect},
		{"length-inet6", length_inet6},
		{"path-left", path_left},
		{"path-asked", path_asked},
		{"accept-again", accept_again},
		{"listener-recv", listener_recv},
		{"listener-send", listener_send},
		{"listener-unix", listener_unix},
		{"zero-length", zero_length},
		{"zero-exact", zero_exact},
		{"closed-unread", closed_unread},
		{"write-after-end", write_after_end},
		{"write-chat", write_chat},
		{"close-twice", close_twice},
		{"close-stream", close_stream},
		{"close-thread", close_thread},
		{"close-all", close_all},
	};
	for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i].name, argv[1]) == 0) {
			all[i].run();
			return 0;
		}
	return 2;
}
