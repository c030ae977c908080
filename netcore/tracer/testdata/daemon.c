// A daemon that leaves its maker's session, and tells its number and what it sees of
// /proc.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int processes = 0, pair[2];
	struct dirent *e;
	DIR *d = opendir("/proc");
	while (d && (e = readdir(d)) != NULL)
		processes += atoi(e->d_name) > 0;
	printf("pid %d sees %d\n", getpid(), processes);
	fflush(stdout);
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			char b;
			socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
			shutdown(pair[0], SHUT_RD);
			recv(pair[1], &b, 1, 0);
			_exit(0);
		}
		_exit(0);
	}
	wait(NULL);
	return 0;
}
