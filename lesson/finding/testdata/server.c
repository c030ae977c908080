/* An echo server for two clients. Without a macro it makes no mistake; each macro puts in
 * one. It finds its port in PORT. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLIENTS
#define CLIENTS 2
#endif

static ssize_t recv_some(int c, void *buf, size_t len)
{
	ssize_t n;
	do
		n = recv(c, buf, len, 0);
#ifdef NO_RETRY
	while (0);
#else
	while (n < 0 && errno == EINTR);
#endif
	return n;
}

static int recv_all(int c, void *buf, size_t len)
{
	size_t got = 0;
	while (got < len) {
		ssize_t n = recv_some(c, (char *)buf + got, len - got);
		if (n <= 0)
			return -1;
		got += n;
	}
	return 0;
}

static int send_all(int c, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = send(c, buf, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
#ifdef ONE_SEND
		return 0;
#endif
		buf += n;
		len -= n;
	}
	return 0;
}

/* A length of 4 bytes, low byte first, and a text. */
static void talk_message(int c)
{
	unsigned char head[4] = {0};
	static char text[1 << 16];
#ifdef SHORT_HEADER
	if (recv_some(c, head, sizeof head) <= 0)
		return;
#else
	if (recv_all(c, head, sizeof head) < 0)
		return;
#endif
	uint32_t n = head[0] | head[1] << 8 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
	if (n > sizeof text || recv_all(c, text, n) < 0)
		return;
	send_all(c, text, n);
}

static void talk(int c)
{
	char buf[64];
#ifdef SPIN
	for (;;) {
		ssize_t n = recv(c, buf, sizeof buf, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return;
		send_all(c, buf, n);
	}
#endif
#ifdef MESSAGE
	talk_message(c);
	return;
#endif
#ifdef PUSH
	/* Until the other side has had enough. */
	for (int i = 0; i < 3; i++) {
		if (send(c, "tick", 4,
#ifdef SIGNAL
			 0
#else
			 MSG_NOSIGNAL
#endif
			 ) < 0) {
#ifndef GO_ON
			return;
#endif
		}
		usleep(100000);
	}
	return;
#endif
	for (;;) {
		ssize_t n = recv_some(c, buf, sizeof buf);
#ifdef END_IGNORED
		static int ends;
		if (n < 0 || n == 0 && ++ends > 4)
			return;
#else
		if (n <= 0)
			return;
#endif
#ifdef WHOLE
		n = sizeof buf;
#endif
		if (n > 0 && send_all(c, buf, n) < 0)
			return;
	}
}

int main(void)
{
	int s;
#ifdef PRECEDENCE
	if (s = socket(AF_INET, SOCK_STREAM, 0) < 0)
#else
	if ((s = socket(AF_INET, SOCK_STREAM, 0)) < 0)
#endif
		return 1;
	int on = 1;
#ifndef NO_REUSE
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
#endif
	struct sockaddr_in a;
	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
#ifdef FOREIGN
	a.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1 is nobody's */
#endif
#ifdef NO_HTONS
	a.sin_port = atoi(getenv("PORT"));
#else
	a.sin_port = htons(atoi(getenv("PORT")));
#endif
	if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("bind");
#ifndef UNCHECKED
		return 1;
#endif
	}
#ifndef NO_LISTEN
	if (listen(s, 16) < 0)
		return 1;
#endif
#ifdef UNCHECKED
	return 0;
#endif
	for (int i = 0; i < CLIENTS; i++) {
		struct sockaddr_in peer;
		socklen_t len = sizeof peer;
#ifdef BAD_LENGTH
		if (i == 0)
			len = -1;
#endif
		int c = accept(s, (struct sockaddr *)&peer, &len);
		if (c < 0) {
			perror("accept");
#ifndef NO_RETRY
			if (errno == EINTR)
				i--;
#endif
			continue;
		}
#ifdef FORK
		if (fork() == 0) {
			close(s);
			talk(c);
			close(c);
			_exit(0);
		}
#ifndef LEAK
		close(c);
#endif
		wait(NULL);
		continue;
#endif
#ifdef CLOSE_FIRST
		close(c);
		continue;
#endif
		talk(c);
#ifdef USED_AFTER
		close(c);
		send(c, "bye", 3, MSG_NOSIGNAL);
#elif !defined LEAK
		close(c);
#endif
	}
	close(s);
	return 0;
}
