//go:build linux && (amd64 || arm64)

package tracer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// patience is how long a test waits for what must come: it never decides a result
// on a machine that is only slow.
const patience = 60 * time.Second

// session is a tracer under test and what it has told.
type session struct {
	*Tracer
	t       testing.TB
	mu      sync.Mutex
	events  []Event
	changed chan struct{}
}

// open starts a tracer, which ends with the test.
func open(t testing.TB, o Options) *session {
	t.Helper()
	s := &session{t: t, changed: make(chan struct{}, 1)}
	o.Tell = s.tell
	tracer, err := New(o)
	if err != nil {
		t.Skip("no tracer here:", err)
	}
	s.Tracer = tracer
	t.Cleanup(s.close)
	return s
}

func (s *session) tell(e Event) {
	s.mu.Lock()
	s.events = append(s.events, e)
	s.mu.Unlock()
	wake(s.changed)
}

// close closes the tracer, which may not take for ever.
func (s *session) close() {
	done := make(chan struct{})
	go func() { _ = s.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		panic("the tracer does not close")
	}
}

// told is what has been told so far.
func (s *session) told() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

// run starts a program.
func (s *session) run(p Program) (number, pid int) {
	s.t.Helper()
	number, pid, err := s.Start(p)
	if err != nil {
		skipWithoutPtrace(s.t, err)
	}
	return number, pid
}

// await waits for an event and returns it, with all that were told before.
func (s *session) await(what string, is func(Event) bool) (Event, []Event) {
	s.t.Helper()
	deadline := time.After(patience)
	for seen := 0; ; {
		events := s.told()
		for ; seen < len(events); seen++ {
			if is(events[seen]) {
				return events[seen], events[:seen]
			}
		}
		select {
		case <-s.changed:
		case <-deadline:
			s.t.Fatalf("no %s; told:\n%s", what, transcript(s.told()))
		}
	}
}

// awaitEnd waits for the end of a process.
func (s *session) awaitEnd(name string) *netcore.ProcessChange {
	s.t.Helper()
	e, _ := s.await("end of "+name, func(e Event) bool {
		return e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Name == name
	})
	return e.Process
}

// stop waits for the n-th stop, from 1.
func (s *session) stop(n int) Event {
	s.t.Helper()
	count := 0
	e, _ := s.await(fmt.Sprintf("stop %d", n), func(e Event) bool {
		if e.Kind == StopEvent {
			count++
		}
		return e.Kind == StopEvent && count == n
	})
	return e
}

// texts are the calls of a process, or of all with "", as strace prints them.
func texts(events []Event, process string) (all []string) {
	for _, e := range events {
		if e.Kind == CallEvent && (process == "" || e.Call.Process == process) {
			all = append(all, netcore.Strace(e.Call))
		}
	}
	return all
}

// transcript is a readable form of events for a test that fails.
func transcript(events []Event) string {
	var b strings.Builder
	for _, e := range events[max(0, len(events)-60):] {
		fmt.Fprintf(&b, "%d kind %d ", e.TID, e.Kind)
		switch {
		case e.Call != nil:
			fmt.Fprint(&b, netcore.Strace(e.Call), " ", e.Call.Reason)
		case e.Process != nil:
			fmt.Fprintf(&b, "%+v", *e.Process)
		case e.Signal != nil:
			b.WriteString(e.Signal.Name)
		}
		fmt.Fprintln(&b, " "+e.Text)
	}
	return b.String()
}

func init() {
	cleanUp = func() {
		if built.dir != "" {
			_ = os.RemoveAll(built.dir)
		}
	}
}

// built are the programs the tests have compiled, by command.
var built = struct {
	sync.Mutex
	dir   string
	paths map[string]string
}{paths: map[string]string{}}

// compile builds a C program of testdata, once.
func compile(t testing.TB, source string, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	return build(t, source, func(out string) *exec.Cmd {
		return exec.Command(gcc, append([]string{"-Wall", "-pthread", "-o", out, "testdata/" + source}, flags...)...)
	}, flags...)
}

func build(t testing.TB, source string, command func(out string) *exec.Cmd, flags ...string) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	key := source + strings.Join(flags, " ")
	if path := built.paths[key]; path != "" {
		return path
	}
	if built.dir == "" {
		dir, err := os.MkdirTemp("", "tracer")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		built.dir = dir
	}
	out := filepath.Join(built.dir, fmt.Sprint("program", len(built.paths)))
	if text, err := command(out).CombinedOutput(); err != nil {
		if slices.Contains(flags, "-m32") || slices.Contains(flags, "-static") {
			t.Skipf("%s with %s cannot be built here: %s", source, flags, text)
		}
		t.Fatalf("%s: %v\n%s", source, err, text)
	}
	built.paths[key] = out
	return out
}

// inherited keeps from programs what these tests were started with: under the tracer
// they do not get it either.
var inherited sync.Once

// outputOf runs a command untraced.
func outputOf(t testing.TB, command ...string) (text string, status int) {
	t.Helper()
	inherited.Do(func() { _ = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) })
	var out bytes.Buffer
	c := exec.Command(command[0], command[1:]...)
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), c.ProcessState.ExitCode()
}

// program is a program whose output goes to a file that the returned function
// reads.
func program(t testing.TB, command ...string) (Program, func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "output")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	name, _, _ := strings.Cut(filepath.Base(command[0]), ".")
	return Program{Name: name, Path: command[0], Args: command, Files: []*os.File{nil, f, f}}, func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

// lives reports whether there is a process of this number that is no zombie.
func lives(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	i := bytes.LastIndexByte(stat, ')')
	return i > 0 && i+2 < len(stat) && stat[i+2] != 'Z' && stat[i+2] != 'X'
}
