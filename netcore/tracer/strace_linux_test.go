//go:build linux && (amd64 || arm64)

package tracer

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// notCompared are calls whose line does not show whether a socket is concerned.
var notCompared = map[string]bool{
	"epoll_wait": true, "epoll_pwait": true, "epoll_pwait2": true, "epoll_create": true, "epoll_create1": true,
	"pidfd_getfd": true, "io_uring_setup": true, "io_uring_enter": true, "close_range": true,
}

// notOnSocket are the results of calls that were made on something else.
var notOnSocket = map[netcore.Errno]bool{netcore.Errno(unix.EBADF): true, netcore.Errno(unix.ENOTSOCK): true}

// straced runs a command under strace and returns, of each thread, its calls on
// sockets, and what the command printed.
func straced(t *testing.T, command ...string) (threads [][]string, output string, status int) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	prefix := filepath.Join(t.TempDir(), "trace")
	names := strings.Join(slices.Sorted(maps.Keys(numbers)), ",")
	output, status = outputOf(t, append([]string{strace, "--seccomp-bpf", "-ff", "-y", "-e", "trace=" + names, "-o", prefix, "--"}, command...)...)
	files, err := filepath.Glob(prefix + ".*")
	if err != nil || len(files) == 0 {
		t.Skip("strace may not trace here:", output)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var calls []string
		for line := range strings.Lines(string(b)) {
			name, _, _ := strings.Cut(line, "(")
			if !notCompared[name] && strings.Contains(line, "<socket:[") {
				calls = append(calls, normal(line))
			}
		}
		if len(calls) > 0 {
			threads = append(threads, calls)
		}
	}
	return threads, output, status
}

// traced runs a command under the tracer.
func traced(t *testing.T, command ...string) (threads [][]string, output string, status int) {
	t.Helper()
	s := open(t, Options{})
	p, printed := program(t, command...)
	p.Name = "program"
	s.run(p)
	end := s.awaitEnd("program")
	s.close()
	calls := map[int][]string{}
	for _, e := range s.told() {
		if e.Kind != CallEvent || notCompared[e.Call.Syscall] || notOnSocket[e.Call.Errno] {
			continue
		}
		line := netcore.Strace(e.Call)
		if e.Call.Ret != nil && e.Call.Reason != "" {
			t.Errorf("%s has a result and a reason for none", line)
		}
		calls[e.TID] = append(calls[e.TID], normal(line))
	}
	for _, list := range calls {
		threads = append(threads, list)
	}
	return threads, printed(), end.Status
}

var replacements = []struct {
	*regexp.Regexp
	with string
}{
	{regexp.MustCompile(`<(socket|anon_inode|pipe):\[?[^<>]*?\]?>`), ""},
	{regexp.MustCompile(`<(/|UNIX|TCP|UDP|NETLINK)[^<>]*>`), ""},
	{regexp.MustCompile(`sin(6?)_port=htons\(([1-9]\d{3,})\)`), "sin${1}_port=htons(PORT)"},
	{regexp.MustCompile(`0x[0-9a-f]{6,}`), "ADDRESS"},
	{regexp.MustCompile(`nl_pid=[1-9]\d*`), "nl_pid=PID"},
	{regexp.MustCompile(`(data=)\{?u32=.*?\}\}?`), "data=DATA}"},
	{regexp.MustCompile(`^(recv|send)(from|to)\((.*), NULL, (NULL|0)\)`), "$1($3)"},
	{regexp.MustCompile(`\(To be restarted[^)]*\)|\(Interrupted by signal\)`), ""},
	{regexp.MustCompile(`= \? ERESTART\w*|= \?$`), "= ?"},
	{regexp.MustCompile(` \([A-Z][a-z'A-Z ,/]*\)$`), ""},
	{regexp.MustCompile(`\s+= `), " = "},
}

// normal is a call as strace prints it without what differs from run to run.
func normal(line string) string {
	line = strings.TrimSpace(line)
	for _, r := range replacements {
		line = r.ReplaceAllString(line, r.with)
	}
	return strings.TrimSpace(line)
}

// byContent sorts threads, whose numbers differ from run to run.
func byContent(threads [][]string) [][]string {
	slices.SortFunc(threads, slices.Compare)
	return threads
}

// sameAsStrace compares the calls of each thread, what is printed and the exit
// status with strace's and with an untraced run's.
func sameAsStrace(t *testing.T, command ...string) {
	t.Helper()
	compare(t, byContent, command...)
}

func compare(t *testing.T, arrange func([][]string) [][]string, command ...string) {
	t.Helper()
	plain, plainStatus := outputOf(t, command...)
	want, _, _ := straced(t, command...)
	got, output, status := traced(t, command...)
	if output != plain || status != plainStatus {
		t.Errorf("printed %q with status %d, untraced %q with %d", output, status, plain, plainStatus)
	}
	if diff := cmp.Diff(arrange(want), arrange(got)); diff != "" {
		t.Errorf("strace's calls and the tracer's (-strace +tracer):\n%s", diff)
	}
}

var (
	descriptor = regexp.MustCompile(`^(\w+)\((\d+)(, EPOLL_CTL_\w+, \d+)?`)
	opened     = regexp.MustCompile(`^((socket|accept4?|dup2?)\(.*) = \d+$`)
	paired     = regexp.MustCompile(`\[\d+, \d+\]\) = 0$`)
	onto       = regexp.MustCompile(`^dup2\(FD, \d+\)`)
)

// unnumbered keeps each thread's calls in their order, without the numbers of
// descriptors: of a program whose runtime opens and closes files in other threads
// meanwhile.
func unnumbered(threads [][]string) [][]string {
	for _, calls := range threads {
		for i, line := range calls {
			line = opened.ReplaceAllString(descriptor.ReplaceAllString(line, "$1(FD"), "$1 = FD")
			calls[i] = onto.ReplaceAllString(paired.ReplaceAllString(line, "[FD, FD]) = 0"), "dup2(FD, FD)")
		}
	}
	return byContent(threads)
}

// together puts the calls of all threads in one sorted list, without descriptors and
// what depends on who came first: of a program whose runtime moves its tasks between
// threads.
func together(threads [][]string) [][]string {
	var all []string
	for _, calls := range threads {
		for _, line := range calls {
			if strings.Contains(line, "EAGAIN") {
				continue
			}
			all = append(all, opened.ReplaceAllString(descriptor.ReplaceAllString(line, "$1(FD"), "$1 = FD"))
		}
	}
	slices.Sort(all)
	return [][]string{all}
}

func TestSameAsStraceC(t *testing.T) {
	for _, flags := range [][]string{{}, {"-g"}, {"-O2"}, {"-static"}, {"-static", "-O2", "-g"}} {
		t.Run(strings.Join(flags, ""), func(t *testing.T) {
			sameAsStrace(t, compile(t, "echo.c", flags...))
		})
	}
}

// need returns the path of a command, or skips.
func need(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("needs", name)
	}
	return path
}

func TestSameAsStracePython(t *testing.T) {
	sameAsStrace(t, need(t, python), "testdata/echo.py")
}

func TestSameAsStraceNode(t *testing.T) {
	sameAsStrace(t, need(t, "node"), "testdata/echo.js")
}

func TestSameAsStraceJava(t *testing.T) {
	java, javac := need(t, "java"), need(t, "javac")
	dir := t.TempDir()
	if text, err := exec.Command(javac, "-J-XX:TieredStopAtLevel=1", "-proc:none", "-d", dir, "testdata/Echo.java").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	compare(t, unnumbered, java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", dir, "Echo")
}

func TestSameAsStraceGo(t *testing.T) {
	compiler := need(t, "go")
	path := build(t, "echo.go", func(out string) *exec.Cmd {
		return exec.Command(compiler, "build", "-o", out, "testdata/echo.go")
	})
	compare(t, together, path)
}
