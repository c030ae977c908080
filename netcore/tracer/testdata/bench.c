// Round trips of 64 bytes between two processes, and calls that concern no socket
// between them. Arguments: round trips, other calls.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int trips = argc > 1 ? atoi(argv[1]) : 20000, others = argc > 2 ? atoi(argv[2]) : 200000;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	char b[64] = "";
	int on = 1, s = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 1) < 0 || getsockname(s, (struct sockaddr *)&a, &len) < 0)
		return 1;
	if (fork() == 0) {
		int c = accept(s, NULL, NULL);
		setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		while (recv(c, b, sizeof b, MSG_WAITALL) == sizeof b)
			if (send(c, b, sizeof b, 0) != sizeof b)
				_exit(1);
		_exit(0);
	}
	int c = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(c, (struct sockaddr *)&a, sizeof a) < 0)
		return 1;
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	for (int i = 0; i < trips; i++) {
		if (send(c, b, sizeof b, 0) != sizeof b || recv(c, b, sizeof b, MSG_WAITALL) != sizeof b)
			return 1;
		for (int k = 0; k < others / trips; k++)
			syscall(SYS_getppid);
	}
	close(c);
	int status;
	wait(&status);
	return status != 0;
}
