/* X22, the server that hangs: fill in what is marked TODO.  make && PORT=7777 ./forensic */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    FILE *f = fopen("/proc/net/tcp", "r");
    if (f == NULL)
        die("/proc/net/tcp");
    char text[512];
    while (fgets(text, sizeof text, f) != NULL) {
        /* TODO: keep of each line ports, state, queues and inode */
    }
    fclose(f);

    /* TODO: the line with the port and state 0A; status 2 where there is none */
    fprintf(stderr, "nobody listens at port %u\n", port);

    DIR *d = opendir("/proc");
    if (d == NULL)
        die("/proc");
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        /* TODO: look for socket:[INODE] among the links in /proc/PID/fd. Where it is there
           print the pid, and a line for each of its descriptors that is in the table */
    }
    closedir(d);
    return 0;
}
