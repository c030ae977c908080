/* fails: ports
 * belief: -
 *
 * It prints the ports as they stand in the table.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { most = 100000, listening = 0x0A };

/* row is a line of /proc/net/tcp. */
struct row {
    unsigned local, peer, state, send, receive;
    unsigned long inode;
};

static struct row table[most];
static int rows;

static const char *states[] = {
    "?", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void read_table(void)
{
    FILE *f = fopen("/proc/net/tcp", "r");
    if (f == NULL)
        die("/proc/net/tcp");
    char text[512];
    while (rows < most && fgets(text, sizeof text, f) != NULL) {
        struct row r;
        if (sscanf(text, " %*d: %*x:%x %*x:%x %x %x:%x %*x:%*x %*x %*u %*u %lu",
                   &r.local, &r.peer, &r.state, &r.send, &r.receive, &r.inode) == 6)
            table[rows++] = r;
    }
    fclose(f);
}

/* with_inode finds a row by its inode, NULL for none. */
static const struct row *with_inode(unsigned long inode)
{
    for (int i = 0; i < rows; i++)
        if (inode != 0 && table[i].inode == inode)
            return &table[i];
    return NULL;
}

/* socket_at returns the inode of a process's descriptor, 0 where it is no socket. */
static unsigned long socket_at(const char *pid, const char *fd)
{
    char path[600], link[64];
    unsigned long inode;
    snprintf(path, sizeof path, "/proc/%s/fd/%s", pid, fd);
    ssize_t n = readlink(path, link, sizeof link - 1);
    if (n < 0)
        return 0;
    link[n] = 0;
    return sscanf(link, "socket:[%lu]", &inode) == 1 ? inode : 0;
}

static DIR *descriptors_of(const char *pid)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    return opendir(path);
}

/* holds reports whether a process has a descriptor of a socket. */
static int holds(const char *pid, unsigned long inode)
{
    DIR *d = descriptors_of(pid); /* others' processes do not let us look */
    if (d == NULL)
        return 0;
    int found = 0;
    for (struct dirent *e; !found && (e = readdir(d)) != NULL;)
        found = isdigit((unsigned char)e->d_name[0]) && socket_at(pid, e->d_name) == inode;
    closedir(d);
    return found;
}

static void print_sockets(const char *pid)
{
    DIR *d = descriptors_of(pid);
    if (d == NULL)
        die(pid);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        const struct row *r = with_inode(socket_at(pid, e->d_name));
        if (r != NULL)
            printf("%s %s %X %X %u %u\n", e->d_name, states[r->state < 13 ? r->state : 0],
                   r->local, r->peer, r->receive, r->send);
    }
    closedir(d);
}

int main(void)
{
    const char *p = getenv("PORT");
    unsigned port = p ? (unsigned)strtoul(p, NULL, 10) : 7777;

    read_table();
    unsigned long inode = 0;
    for (int i = 0; i < rows && inode == 0; i++)
        if (table[i].local == port && table[i].state == listening)
            inode = table[i].inode;
    if (inode == 0) {
        fprintf(stderr, "nobody listens at port %u\n", port);
        return 2;
    }

    DIR *d = opendir("/proc");
    if (d == NULL)
        die("/proc");
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!isdigit((unsigned char)e->d_name[0]) || !holds(e->d_name, inode))
            continue;
        printf("pid %s\n", e->d_name);
        print_sockets(e->d_name);
        closedir(d);
        return 0;
    }
    closedir(d);
    fprintf(stderr, "a process that may not be looked at listens at port %u\n", port);
    return 1;
}
