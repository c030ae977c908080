//go:build amd64 || arm64

package tracer

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// TestAgainstStrace runs the programs of testdata under strace and under the tracer:
// each thread's calls are to be the same in strace form.
func TestAgainstStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: there is none on this machine")
	}
	for _, name := range []string{"stream", "message", "wait", "descriptor"} {
		t.Run(name, func(t *testing.T) {
			program := compileProgram(t, name)
			want := straceThreads(t, strace, program)
			got := tracedThreads(t, program)
			if len(want) != len(got) {
				t.Errorf("the tracer told of %d threads, strace of %d", len(got), len(want))
			}
			for i := range min(len(want), len(got)) {
				if diff := cmp.Diff(want[i], got[i]); diff != "" {
					t.Errorf("thread %d (-strace +tracer):\n%s", i, diff)
				}
				if i == 0 && len(got[i]) < 40 {
					t.Errorf("only %d calls were told", len(got[i]))
				}
			}
		})
	}
}

// compileProgram compiles one of the programs of testdata.
func compileProgram(t *testing.T, name string) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler named cc: there is none on this machine")
	}
	program := filepath.Join(t.TempDir(), name)
	out, err := exec.Command(compiler, "-w", "-O1", "-pthread", "-o", program, filepath.Join("testdata", name+".c")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// straceThreads returns what strace prints of the watched calls of a program, by
// thread.
func straceThreads(t *testing.T, strace, program string) [][]string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	out, ran := exec.Command(strace, "-f", "-ff", "-o", log, program).CombinedOutput()
	files, err := filepath.Glob(log + ".*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("strace cannot run a program here: %v: %s", ran, out)
	}
	if ran != nil {
		t.Fatalf("the program: %v: %s", ran, out)
	}
	byThread := map[int][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tid, err := strconv.Atoi(strings.TrimPrefix(file, log+"."))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			name, _, _ := strings.Cut(line, "(")
			if _, ok := numbers[name]; ok {
				byThread[tid] = append(byThread[tid], strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return threads(byThread)
}

// tracedThreads returns what the tracer tells of a program in strace form, by thread.
func tracedThreads(t *testing.T, program string) [][]string {
	t.Helper()
	byThread := map[int][]string{}
	ended := make(chan struct{})
	first := 0
	tr, err := New(Options{Tell: func(e Event) {
		switch {
		case e.Kind == CallEvent:
			byThread[e.TID] = append(byThread[e.TID], netcore.Strace(e.Call))
		case e.Kind == ProcessEvent && e.Process.Change == "start" && first == 0:
			first = e.Process.PID
		case e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.PID == first:
			close(ended)
		}
	}})
	if err != nil {
		t.Skip(err)
	}
	defer tr.Close()
	if _, _, err := tr.Start(Program{Name: "program", Path: program, Args: []string{program}}); errors.Is(err, os.ErrPermission) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("the program did not end within 20 s")
	}
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	return threads(byThread)
}

// threads are the calls from the first one that marks the beginning on, in the order
// of their threads, without what differs from run to run.
func threads(byThread map[int][]string) [][]string {
	var all [][]string
	begun := false
	for _, tid := range sortedKeys(byThread) {
		var lines []string
		for _, line := range byThread[tid] {
			if strings.HasPrefix(line, "socket(0x63 ") {
				begun = true
				continue
			}
			if begun {
				lines = append(lines, settled(line))
			}
		}
		all = append(all, lines)
	}
	return all
}

func sortedKeys(m map[int][]string) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// varying is what differs between two runs of a program: addresses, ports the kernel
// chose, the time that is left, process numbers, and the times of messages. strace
// pads what is shorter than 39 columns.
var varying = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`0x[0-9a-f]{9,}`), "ADDRESS"},
	{regexp.MustCompile(`htons\(\d{5}\)`), "htons(PORT)"},
	{regexp.MustCompile(`left \{tv_sec=\d+, tv_([un])sec=\d+\}`), "left {tv_${1}sec}"},
	{regexp.MustCompile(`(SO_TIMESTAMP_OLD, cmsg_data=)\{tv_sec=\d+, tv_usec=\d+\}`), "${1}TIME"},
	{regexp.MustCompile(`(\bpid|nl_pid)=\d+`), "${1}=PID"},
	{regexp.MustCompile(`(F_SETOWN, )\d+`), "${1}PID"},
	{regexp.MustCompile(`(F_GETOWN\) += )\d+`), "${1}PID"},
	{regexp.MustCompile(`if_nametoindex\("lo"\)`), "1"},
	{regexp.MustCompile(` +(= [-?\d])`), " $1"},
}

func settled(line string) string {
	for _, v := range varying {
		line = v.pattern.ReplaceAllString(line, v.text)
	}
	return line
}
