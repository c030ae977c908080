/*
 * strace_driver reads calls from standard input, one a line, makes them, and
 * writes what came back to standard output, so that a test can compare what
 * strace prints of them with what the formatter prints of the same values.
 *
 *   NAME ARG...      the kernel's arguments: a number, or bytes in memory that
 *                    ends at an unmapped page: m followed by hex digits
 *   !alarm N         have SIGALRM end the process in N milliseconds
 *   !intr N          have SIGALRM, handled, interrupt a call in N milliseconds
 *
 * For each call: "> ADDRESS..." before (0 for numbers), then
 * "RET ERRNO HEX..." with each memory afterwards ("-" for numbers).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static struct { const char *name; long number; } calls[] = {
	{"socket", SYS_socket}, {"bind", SYS_bind}, {"listen", SYS_listen}, {"connect", SYS_connect},
	{"accept", SYS_accept}, {"accept4", SYS_accept4}, {"sendto", SYS_sendto}, {"recvfrom", SYS_recvfrom},
	{"read", SYS_read}, {"write", SYS_write}, {"shutdown", SYS_shutdown}, {"close", SYS_close},
	{"getsockname", SYS_getsockname}, {"getpeername", SYS_getpeername}, {"setsockopt", SYS_setsockopt},
	{"getsockopt", SYS_getsockopt}, {"fcntl", SYS_fcntl}, {"ioctl", SYS_ioctl}, {"dup", SYS_dup},
	{"socketpair", SYS_socketpair}, {"prlimit64", SYS_prlimit64}, {"kill", SYS_kill},
	{"rt_sigaction", SYS_rt_sigaction}, {"unlinkat", SYS_unlinkat},
#ifdef SYS_poll
	{"poll", SYS_poll}, {"unlink", SYS_unlink},
#endif
};

static void nothing(int sig) { (void)sig; }

static int private_network(void)
{
	struct ifreq lo = {.ifr_flags = IFF_UP};
	int s;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return -1;
	strcpy(lo.ifr_name, "lo");
	s = socket(AF_INET, SOCK_DGRAM, 0);
	if (s < 0 || ioctl(s, SIOCSIFFLAGS, &lo))
		return -1;
	return close(s);
}

static void fire(int handled, int ms)
{
	struct itimerval in = {.it_value = {ms / 1000, ms % 1000 * 1000}};

	struct sigaction a = {.sa_handler = handled ? nothing : SIG_DFL};

	sigaction(SIGALRM, &a, 0);
	setitimer(ITIMER_REAL, &in, 0);
}

static char *place(int i, const char *hex, int n)
{
	char *page = (char *)(0x20000000L + i * 0x100000L), *at;
	int k;

	if (mmap(page, 0x20000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page)
		exit(3);
	at = page + 0x20000 - n;
	for (k = 0; k < n; k++) {
		unsigned byte;
		sscanf(hex + 2 * k, "%2x", &byte);
		at[k] = byte;
	}
	return at;
}

static char report[300000];

/* finish writes the report, which ends at end, in one system call. */
static void finish(char *end)
{
	*end++ = '\n';
	if (write(901, report, end - report) < 0)
		exit(4);
}

static void make(char *name)
{
	long a[6] = {0}, number = -1, ret;
	int size[6] = {0}, n = 0, i, k, e;
	char *word, *end;

	for (i = 0; i < (int)(sizeof calls / sizeof *calls); i++)
		if (!strcmp(name, calls[i].name))
			number = calls[i].number;
	while (n < 6 && (word = strtok(0, " \n"))) {
		if (*word == 'm') {
			size[n] = strlen(word + 1) / 2;
			a[n] = (long)place(n, word + 1, size[n]);
		} else
			a[n] = strtoul(word, 0, 0);
		n++;
	}
	end = report + sprintf(report, ">");
	for (i = 0; i < n; i++)
		end += sprintf(end, " %ld", a[i]);
	finish(end);
	errno = 0;
	ret = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	e = ret == -1 ? errno : 0;
	end = report + sprintf(report, "%ld %d", ret, e);
	for (i = 0; i < n; i++) {
		end += sprintf(end, " -");
		for (k = 0; k < size[i]; k++)
			end += sprintf(end, "%02x", ((unsigned char *)a[i])[k]);
	}
	finish(end);
}

int main(void)
{
	static char line[300000];
	FILE *in;

	if (private_network())
		return 2;
	dup2(1, 901);
	in = fdopen(dup2(0, 900), "r");
	dup2(open("/dev/null", O_RDWR), 0);
	dup2(0, 1);
	close(3);
	while (fgets(line, sizeof line, in)) {
		char *name = strtok(line, " \n");
		if (!strcmp(name, "!alarm"))
			fire(0, atoi(strtok(0, " \n")));
		else if (!strcmp(name, "!intr"))
			fire(1, atoi(strtok(0, " \n")));
		else
			make(name);
	}
	return 0;
}
