/* A client that finds its port in PORT. Its argument says what it does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "echo";
	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (s < 0)
		return 1;
	struct sockaddr_in a;
	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_port = htons(atoi(getenv("PORT")));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("connect");
		if (strcmp(what, "unchecked") != 0)
			return 1;
	}
	char buf[256];
	if (strcmp(what, "leave") == 0) {
		close(s);
		return 0;
	}
	if (strcmp(what, "quiet") == 0)
		sleep(2);
	if (strcmp(what, "late") == 0)
		usleep(300000);
	if (strcmp(what, "message") == 0) {
		send(s, "\5\0\0\0hello", 9, MSG_NOSIGNAL);
	} else if (strcmp(what, "wait") == 0) {
		while (recv(s, buf, sizeof buf, 0) > 0)
			;
	} else {
		send(s, "hello, world", 12, MSG_NOSIGNAL);
	}
	if (strcmp(what, "brief") == 0) {
		recv(s, buf, 12, MSG_WAITALL);
		close(s);
		return 0;
	}
	shutdown(s, SHUT_WR);
	while (recv(s, buf, sizeof buf, 0) > 0)
		;
	close(s);
	return 0;
}
