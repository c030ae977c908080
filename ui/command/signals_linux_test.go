package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sockstep/netcore/clocktest"
)

// started is the program as a child that is being read.
type started struct {
	*exec.Cmd
	in   io.WriteCloser
	pipe *os.File
	out  *bufio.Reader
}

// start runs the test binary as the program; TestMain sees to that by its name.
// An argument "nohup" before the others has nohup start it.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "sockstep")
	if err := os.Symlink(exe, name); err != nil {
		t.Fatal(err)
	}
	if args[0] == "nohup" {
		name, args = args[0], append([]string{name}, args[1:]...)
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*clocktest.Patience)
	t.Cleanup(stop)
	s := &started{Cmd: exec.CommandContext(ctx, name, args...)}
	s.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_STATE_HOME=", "TERM=dumb")
	if s.in, err = s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	s.run(t)
	return s
}

// run starts it with both outputs in one pipe.
func (s *started) run(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.pipe, s.out = r, bufio.NewReader(r)
	s.Stdout, s.Stderr = w, w
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { r.Close() })
}

// until reads until the text has been printed.
func (s *started) until(t *testing.T, text string) {
	t.Helper()
	var seen strings.Builder
	for !strings.Contains(seen.String(), text) {
		b, err := s.out.ReadByte()
		if err != nil {
			t.Fatalf("%v before %q, after:\n%s", err, text, seen.String())
		}
		seen.WriteByte(b)
	}
}

// end reads to the end and returns the exit status.
func (s *started) end(t *testing.T) int {
	t.Helper()
	_, _ = io.Copy(io.Discard, s.out)
	return s.wait(t)
}

func (s *started) wait(t *testing.T) int {
	t.Helper()
	err := s.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.ProcessState.ExitCode()
}

// descendants are the processes below one, at this moment.
func descendants(pid int) []int {
	var all []int
	tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for _, word := range strings.Fields(string(text)) {
			child, _ := strconv.Atoi(word)
			all = append(append(all, child), descendants(child)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// gone fails for processes that are still there after a second.
func gone(t *testing.T, pids []int) {
	t.Helper()
	if !clocktest.Within(time.Second, func() bool { return !slices.ContainsFunc(pids, alive) }) {
		t.Fatalf("of the processes %v some are left behind", pids)
	}
}

// alive reports whether a process is there and no zombie.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

var signals = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// unlessIgnored skips for a signal that these tests were started to ignore: the program
// is then as well.
func unlessIgnored(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if signal.Ignored(sig) {
		t.Skipf("%v is ignored here, as under nohup", sig)
	}
}

func TestASignalEndsTheLinesCleanly(t *testing.T) {
	for _, sig := range signals {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			unlessIgnored(t, sig)
			s := start(t, "learn", "tcp", "--at", "17", "--linear")
			s.until(t, "Step 17 of")
			below := descendants(s.Process.Pid)
			if len(below) < 3 {
				t.Fatalf("no workers: %v", below)
			}
			_ = s.Process.Signal(sig)
			if code := s.end(t); code != 128+int(sig) {
				t.Errorf("exit status %d", code)
			}
			gone(t, below)
		})
	}
}

func TestASignalEndsARunCleanly(t *testing.T) {
	for _, sig := range signals {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			unlessIgnored(t, sig)
			s := start(t, "run", "tcp")
			s.until(t, "tcp: step 13 of")
			below := descendants(s.Process.Pid)
			_ = s.Process.Signal(sig)
			if code := s.end(t); code != 128+int(sig) && code != 0 {
				t.Errorf("exit status %d", code)
			}
			gone(t, below)
		})
	}
}

// A reader that goes away, as in "sockstep run --json | head -1", ends it.
func TestAClosedPipeEndsARun(t *testing.T) {
	s := start(t, "run", "--json")
	s.until(t, `"type":"call"`)
	below := descendants(s.Process.Pid)
	s.pipe.Close()
	if code := s.wait(t); code == 0 {
		t.Error("it did not notice")
	}
	gone(t, below)
}

// Somebody who ignores hang-ups for the program, as nohup does, means it.
func TestAnIgnoredHangupIsIgnored(t *testing.T) {
	if _, err := exec.LookPath("nohup"); err != nil {
		t.Skip("nohup is not installed")
	}
	s := start(t, "nohup", "learn", "tcp", "--linear")
	s.until(t, "Enter goes on")
	_ = s.Process.Signal(syscall.SIGHUP)
	_, _ = io.WriteString(s.in, "\n")
	s.until(t, "Enter for the next step")
	below := descendants(s.Process.Pid)
	s.in.Close()
	if code := s.end(t); code != 1 {
		t.Errorf("exit status %d", code)
	}
	gone(t, below)
}
