#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "soc" "ket"
static char global[8] = "abc";
static const char *names[] = {"one", "two", "three"};
static int counter(void) { static int n = 10; return n++; }

static int sign(int x) { return x < 0 ? -1 : x > 0; }

int main(void)
{
    char buf[32];
    memset(buf, '#', sizeof buf);
    int n = snprintf(buf, 8, "%s-%d", "hello", 12345);
    printf("%d [%s] %c %c\n", n, buf, buf[8], buf[7] ? 'x' : '0');
    n = snprintf(NULL, 0, "%05d|%-5d|%+d|% d|%x|%X|%#x|%o|%#o", 42, 42, 42, 42, 255, 255, 255, 8, 8);
    printf("%d\n", n);
    printf("%05d|%-5d|%5d|%+d|% d|%x|%X|%#x|%o|%#o|\n", 42, 42, 42, 42, 42, 255, 255, 255, 8, 8);
    printf("%.3d|%8.3d|%-8.3d|%08d|%+.0d|%.0d|%#.4x|\n", 7, 7, 7, -7, 0, 0, 10);
    printf("%.2s|%10s|%-10s|%.*s|%*d|%-*d|\n", "hello", "hi", "hi", 3, "hello", 6, 42, 6, 42);
    printf("%c%c|%3c|%-3c|%%|%s\n", 'a', 66, 'x', 'y', NAME);
    printf("%hhd %hd %ld %lld %zu %zd %jd %td\n", 300, 70000, 1234567890123, 1LL << 62, sizeof buf, (ssize_t)-1, 5L, buf + 3 - buf);
    printf("%hhu %hu %u %lu %llx\n", 300, 70000, -1, -1L, 255LL);
    printf("%p %d\n", (void *)0, (void *)buf == (void *)&buf[0]);
    printf("%s %s\n", global, names[2]);
    printf("%zu %zu\n", strlen(global), strnlen("hello", 3));
    strcpy(global, "xy");
    strcat(global, "z");
    printf("%s %d %d\n", global, global[3], global[4]);
    strncpy(buf, "longer than", 4);
    printf("%.6s|\n", buf);
    strncpy(buf, "ab", 6);
    printf("%s|%d %d\n", buf, buf[5], buf[6]);
    printf("%d %d %d\n", sign(strcmp("abc", "abd")), sign(strcmp("b", "a")), strcmp("same", "same"));
    printf("%d %d\n", sign(strncmp("abcx", "abcy", 3)), sign(strncmp("abcx", "abcy", 4)));
    printf("%d %d\n", sign(memcmp("\x80", "\x7f", 1)), sign(memcmp("ab", "ac", 2)));
    printf("%s %s %d\n", strchr("a:b:c", ':'), strrchr("a:b:c", ':'), strchr("abc", 'x') == NULL);
    printf("%s\n", strstr("hello world", "o w"));
    char over[] = "0123456789";
    memmove(over + 2, over, 5);
    printf("%s\n", over);
    memcpy(over, "AB", 2);
    printf("%s %d\n", over, counter() + counter());
    printf("%d %d %d %d\n", atoi("42"), atoi("  -17x"), atoi("x"), abs(-5));
    errno = 0;
    printf("%d %s %s\n", errno, strerror(EADDRINUSE), strerror(0));
    errno = ECONNREFUSED;
    printf("%s\n", strerror(errno));
    puts("done\twith \"quotes\" \\ and \a bell");
    char *p = buf;
    *p++ = 'p';
    *p++ = 'q';
    *p = '\0';
    printf("%s %ld %c %c\n", buf, (long)(p - buf), *buf, buf[1]);
    const char **q = names;
    printf("%s %s %c\n", *q, *(q + 1), (*q)[1]);
    char multi[] = "line one\n"
                   "line \
two\n";
    fputs(multi, stdout);
    putchar('\n');
    int total = printf("%s", "");
    printf("%d\n", total);
    exit(strlen("seven!!"));
}
