//go:build unix

package netcore

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestConstant(t *testing.T) {
	for name, want := range map[string]int64{
		"AF_UNSPEC": 0, "PF_UNSPEC": 0, "AF_UNIX": 1, "AF_LOCAL": 1, "AF_INET": 2, "PF_INET": 2,
		"SOCK_STREAM": 1, "SOCK_DGRAM": 2, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17,
		"INADDR_ANY": 0, "INADDR_LOOPBACK": 0x7f000001, "INADDR_NONE": 0xffffffff,
		"SHUT_RD": 0, "SHUT_WR": 1, "SHUT_RDWR": 2, "FD_CLOEXEC": 1, "MSG_PEEK": 2,
		"SIGPIPE": 13, "SIGKILL": 9, "SIG_IGN": 1, "EPERM": 1, "EBADF": 9,
		"INET_ADDRSTRLEN": 16, "INET6_ADDRSTRLEN": 46, "POLLIN": 1,
	} {
		if got, ok := Constant(name); !ok || got != want {
			t.Errorf("Constant(%s) = %d, %v, want %d", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "AF_NOWHERE", "PF_", "13", "E", "SIG", "af_inet", "SIGNOTHING"} {
		if got, ok := Constant(name); ok {
			t.Errorf("Constant(%q) = %d, want none", name, got)
		}
	}
}

func TestConstantOfPlatform(t *testing.T) {
	want := map[string]map[string]int64{
		"linux":   {"AF_INET6": 10, "SO_REUSEADDR": 2, "SOL_SOCKET": 1, "FIONREAD": 0x541b, "SIOCOUTQ": 0x5411, "SOMAXCONN": 4096, "MSG_NOSIGNAL": 0x4000, "EADDRINUSE": 98, "RLIMIT_NOFILE": 7, "SOCK_CLOEXEC": 0x80000, "SOCK_NONBLOCK": 0x800},
		"darwin":  {"AF_INET6": 30, "SO_REUSEADDR": 4, "SOL_SOCKET": 0xffff, "FIONREAD": 0x4004667f, "SO_NOSIGPIPE": 0x1022, "EADDRINUSE": 48},
		"freebsd": {"AF_INET6": 28, "SO_REUSEADDR": 4, "SOL_SOCKET": 0xffff, "FIONREAD": 0x4004667f, "SO_NOSIGPIPE": 0x800, "EADDRINUSE": 48},
	}[runtime.GOOS]
	for name, n := range want {
		if got, ok := Constant(name); !ok || got != n {
			t.Errorf("Constant(%s) = %#x, %v, want %#x", name, got, ok, n)
		}
	}
}

// courseHeaders are the headers the lessons' programs may include.
const courseHeaders = `#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif
`

// TestConstantsAgainstC has the compiler print every name the headers define, and
// expects to know all of them with the same value.
func TestConstantsAgainstC(t *testing.T) {
	names := headerNames(t)
	var c strings.Builder
	c.WriteString(courseHeaders + "int main(void) {\n")
	for _, name := range names {
		fmt.Fprintf(&c, "printf(\"%s %%lld\\n\", (long long)%s);\n", name, name)
	}
	c.WriteString("}\n")
	checked := 0
	for line := range strings.Lines(runC(t, c.String())) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		want, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Constant(name); !ok || got != want {
			t.Errorf("Constant(%s) = %d, %v, the headers say %d", name, got, ok, want)
		}
		checked++
	}
	if checked < 300 {
		t.Errorf("only %d names were found in the headers", checked)
	}
}

// headerNames returns the macros of the course's headers that are constants of
// the kinds Constant promises, and those of the table that the headers have.
func headerNames(t *testing.T) []string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the names of the headers are compared on Linux only")
	}
	macro := regexp.MustCompile(`^#define ((?:AF|PF|SOCK|IPPROTO|INADDR|SO|SOL|MSG|SHUT|RLIMIT|SA)_\w+|F_[GS]ET(?:FD|FL|OWN)|F_DUPFD\w*|O_[A-Z]+|FD_CLOEXEC|POLL[A-Z]+|SIG[A-Z12]+|SIG_[DI]\w\w|E[A-Z0-9]+|FIONREAD|FIONBIO|SIOC(?:OUT|IN)Q|SOMAXCONN|INET6?_ADDRSTRLEN|TCP_(?:NODELAY|CORK|KEEP\w+|MAXSEG|INFO|USER_TIMEOUT|SYNCNT|LINGER2|DEFER_ACCEPT|FASTOPEN|QUICKACK)|IP_(?:TTL|TOS)|IPV6_(?:V6ONLY|UNICAST_HOPS)) \S`)
	odd := regexp.MustCompile(`^(SIGRT|SIGSTKSZ|SO_SECURITY|SOCK_IOC_TYPE|INADDR_DUMMY|SIGEV|SIGEMT|ELF|ENDIAN)|_DECnet$`)
	var names []string
	for line := range strings.Lines(preprocess(t)) {
		if m := macro.FindStringSubmatch(line); m != nil && !odd.MatchString(m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func preprocess(t *testing.T) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler: there is no cc on this machine")
	}
	file := filepath.Join(t.TempDir(), "headers.c")
	if err := os.WriteFile(file, []byte(courseHeaders), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(cc, "-E", "-dM", file).Output()
	if err != nil {
		t.Fatalf("cc: %v", err)
	}
	return string(out)
}

// TestPlatformConstantsAgainstC compares what the headers define of the platform's own table.
func TestPlatformConstantsAgainstC(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("enumerators without a macro are not seen by #ifdef elsewhere")
	}
	var c strings.Builder
	c.WriteString(courseHeaders + "int main(void) {\n")
	for _, name := range slices.Sorted(maps.Keys(platformConstants)) {
		fmt.Fprintf(&c, "#ifdef %s\nprintf(\"%s %%lld\\n\", (long long)%s);\n#endif\n", name, name, name)
	}
	c.WriteString("}\n")
	for line := range strings.Lines(runC(t, c.String())) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if got := strconv.FormatInt(platformConstants[name], 10); got != value {
			t.Errorf("%s = %s, the headers say %s", name, got, value)
		}
	}
}
