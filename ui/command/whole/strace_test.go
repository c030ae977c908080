package whole

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// traced is one system call as strace printed it.
type traced struct {
	pid  int
	name string
	text string // "bind(3, {...}, 16) = 0"
}

var (
	straceLine    = regexp.MustCompile(`^(\d+)\s+(\w+)\((.*)$`)
	straceResumed = regexp.MustCompile(`^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$`)
	spaces        = regexp.MustCompile(`\)\s+= `)
)

// readStrace reads what strace -f -o wrote, unfinished calls joined with their
// ends.
func readStrace(t *testing.T, file string) []traced {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []traced
	open := map[string]int{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := sc.Text()
		if m := straceResumed.FindStringSubmatch(line); m != nil {
			if i, ok := open[m[1]+m[2]]; ok {
				out[i].text = tidy(out[i].text + m[3])
				delete(open, m[1]+m[2])
			}
			continue
		}
		m := straceLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		pid, _ := strconv.Atoi(m[1])
		text := m[2] + "(" + m[3]
		if cut, unfinished := strings.CutSuffix(text, " <unfinished ...>"); unfinished {
			open[m[1]+m[2]] = len(out)
			text = cut
		}
		out = append(out, traced{pid, m[2], tidy(text)})
	}
	return out
}

func tidy(text string) string { return spaces.ReplaceAllString(text, ") = ") }

// plumbing is the worker's own descriptor; calls on it are not the lesson's.
const plumbing = 40

// onSockets keeps the calls a lesson could have made: those that make, use or
// close descriptors below the plumbing.
func onSockets(all []traced, pid int) []traced {
	names := map[string]bool{"dup2": true, "dup3": true, "sendmsg": true, "recvmsg": true, "readv": true, "writev": true,
		"openat": true, "open": true, "pipe2": true, "pipe": true, "close_range": true, "epoll_ctl": true, "ppoll": true, "select": true}
	for _, s := range netcore.Specs() {
		names[s.Syscall] = true
	}
	for _, ours := range []string{"rt_sigaction", "kill", "prlimit64", "setrlimit"} {
		delete(names, ours)
	}
	var out []traced
	for _, c := range all {
		if c.pid != pid || !names[c.name] {
			continue
		}
		if fd, ok := firstNumber(c.text); ok && fd >= plumbing && !strings.HasPrefix(c.name, "socket") {
			continue
		}
		out = append(out, c)
	}
	return out
}

func firstNumber(text string) (int, bool) {
	_, args, _ := strings.Cut(text, "(")
	end := strings.IndexFunc(args, func(r rune) bool { return r < '0' || r > '9' })
	if end <= 0 {
		return 0, false
	}
	n, err := strconv.Atoi(args[:end])
	return n, err == nil
}

// afterSetUp drops what a worker did before it stood ready: it closes the
// placeholders on its low descriptors as the last thing.
func afterSetUp(calls []traced) []traced {
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].name == "close_range" {
			return calls[i+1:]
		}
	}
	return calls
}

// TestRunPrintsTheCallsStraceSees runs a lesson under strace and holds the
// stream's calls against what strace saw of each worker.
func TestRunPrintsTheCallsStraceSees(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: the calls cannot be watched from outside")
	}
	for _, lesson := range []string{"tcp", "headers", "socket", "address", "byte-order", "bind", "refused", "queue", "ends", "restart", "unix"} {
		t.Run(lesson, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "trace")
			cmd := program(t, strace, "-f", "-qq", "-o", file, self(t), "run", lesson, "--json")
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil {
				t.Fatalf("run %s: %v\n%s", lesson, err, errs.String())
			}
			compareStreams(t, &out, readStrace(t, file))
		})
	}
}

func compareStreams(t *testing.T, stream *bytes.Buffer, all []traced) {
	t.Helper()
	said := map[int][]string{}
	var pids []int
	for _, e := range readEvents(t, stream) {
		switch {
		case e.Process != nil && e.Process.Change == "start":
			pids = append(pids, e.Process.PID)
		case e.Call != nil:
			said[e.Call.PID] = append(said[e.Call.PID], tidy(netcore.Strace(e.Call)))
		}
	}
	if len(pids) < 2 {
		t.Fatalf("the stream names %d processes", len(pids))
	}
	for _, pid := range pids {
		var seen []string
		for _, c := range afterSetUp(onSockets(all, pid)) {
			seen = append(seen, c.text)
		}
		ours := slices.DeleteFunc(said[pid], func(s string) bool {
			return strings.HasPrefix(s, "rt_sigaction(") || strings.HasPrefix(s, "prlimit64(") // on no descriptor
		})
		if diff := cmp.Diff(seen, ours); diff != "" {
			t.Errorf("worker %d: calls (-strace +stream):\n%s", pid, diff)
		}
	}
}
