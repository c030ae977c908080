//go:build linux

package netcore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"sockstep/netcore/clocktest"
)

// programVariable makes the test binary a program that opens a lab, says what is
// in it, and waits to be killed.
const programVariable = "SOCKSTEP_TEST_PROGRAM"

func TestProgram(t *testing.T) {
	mode := os.Getenv(programVariable)
	if mode == "" {
		t.Skip("is the program of other tests")
	}
	l := openLab(t, Options{})
	if mode == "calls" {
		makeCalls(t, l)
		return
	}
	server, client := connected(t, l)
	c := begin(t, server, "accept", Number(3), Null(), Null())
	settle(t, c, StateBlocked)
	if mode == "terminal" {
		guardTerminal(t, l)
	}
	fmt.Printf("lab %d\nworker %d\nworker %d\nfolder %s\nnetwork %d\nready\n", l.PID(), server.PID(), client.PID(), l.Folder(), networkOf(t, l.PID()))
	select {}
}

func networkOf(t *testing.T, pid int) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(fmt.Sprintf("/proc/%d/ns/net", pid), &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

func guardTerminal(t *testing.T, l *Lab) {
	termios, err := ReadTermios(os.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Guard(Saved{File: os.Stdin, Termios: termios, Sequence: []byte("\x1b[?1049l")}); err != nil {
		t.Fatal(err)
	}
	raw, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	raw.Lflag &^= unix.ECHO | unix.ICANON
	if err := unix.IoctlSetTermios(0, unix.TCSETS, raw); err != nil {
		t.Fatal(err)
	}
}

// runningProgram is a program in another process, and what it said.
type runningProgram struct {
	cmd     *exec.Cmd
	lab     int
	workers []int
	folder  string
	network uint64
}

// runProgram starts the program and waits until it is ready.
func runProgram(t *testing.T, mode, tier string, prepare func(*exec.Cmd)) *runningProgram {
	t.Helper()
	// Orphans come to this process, which can then see that they are gone.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	r := &runningProgram{cmd: exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run", "^TestProgram$")}
	r.cmd.Env = append(os.Environ(), programVariable+"="+mode, TierVariable+"="+tier)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r.cmd.Stdout, r.cmd.Stderr = in, in
	if prepare != nil {
		prepare(r.cmd)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = in.Close()
	t.Cleanup(func() { _ = r.cmd.Process.Kill(); _ = r.cmd.Wait() })
	_ = out.SetReadDeadline(time.Now().Add(clocktest.Patience))
	r.listen(t, bufio.NewScanner(out))
	return r
}

func (r *runningProgram) listen(t *testing.T, in *bufio.Scanner) {
	t.Helper()
	for in.Scan() {
		name, value, _ := strings.Cut(in.Text(), " ")
		n, _ := strconv.Atoi(value)
		switch name {
		case "lab":
			r.lab = n
		case "worker":
			r.workers = append(r.workers, n)
		case "folder":
			r.folder = value
		case "network":
			r.network = uint64(n)
		case "ready":
			return
		default:
			t.Log(in.Text())
		}
	}
	t.Fatal("the program did not get ready:", in.Err())
}

// gone waits until nothing of the lab is left.
func (r *runningProgram) gone(t *testing.T) {
	t.Helper()
	eventually(t, func() error {
		reap(append(r.workers, r.lab))
		for _, pid := range append(r.workers, r.lab) {
			if running(pid) {
				return fmt.Errorf("process %d is still there", pid)
			}
		}
		if r.folder != "" {
			if _, err := os.Lstat(r.folder); !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("folder %s is still there", r.folder)
			}
			return nil
		}
		if pids := inNetwork(r.network); len(pids) > 0 {
			return fmt.Errorf("processes %v hold the network", pids)
		}
		return nil
	})
}

// running reports whether a process is there and more than a zombie: an orphan
// that has ended is for init to reap, which may take its time.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}

// reap waits for those orphans that came to this process.
func reap(pids []int) {
	for _, pid := range pids {
		_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
	}
}

// inNetwork returns the processes in a network namespace.
func inNetwork(inode uint64) []string {
	var pids []string
	links, _ := filepath.Glob("/proc/[0-9]*/ns/net")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == fmt.Sprintf("net:[%d]", inode) {
			pids = append(pids, link)
		}
	}
	return pids
}

// eventually tries f for at most a second, the time an ending may take.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	var err error
	if !clocktest.Within(time.Second, func() bool { err = f(); return err == nil }) {
		t.Fatal(err)
	}
}

func TestProgramKilled(t *testing.T) {
	for _, tier := range []string{"", "host"} {
		t.Run("tier "+tier, func(t *testing.T) {
			r := runProgram(t, "wait", tier, nil)
			if err := r.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = r.cmd.Wait()
			r.gone(t)
		})
	}
}

// TestGroupSignals sends what a terminal sends to a whole process group: the lab
// process stays until the program itself is gone.
func TestGroupSignals(t *testing.T) {
	r := runProgram(t, "wait", "", func(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} })
	for _, sig := range []syscall.Signal{unix.SIGINT, unix.SIGHUP, unix.SIGQUIT, unix.SIGTSTP} {
		if err := unix.Kill(r.lab, sig); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Kill(r.workers[0], 0); err != nil {
		t.Errorf("the worker is gone: %v", err)
	}
	if err := unix.Kill(-r.cmd.Process.Pid, unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	r.gone(t)
}

func TestTerminalGivenBack(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal:", err)
	}
	defer master.Close()
	defer tty.Close()
	before, err := ReadTermios(tty)
	if err != nil {
		t.Fatal(err)
	}
	r := runProgram(t, "terminal", "", func(c *exec.Cmd) {
		c.Stdin = tty
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	})
	during, err := ReadTermios(tty)
	if err != nil || bytes.Equal(before, during) {
		t.Fatalf("the program did not change the terminal: %v", err)
	}
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = r.cmd.Wait()
	eventually(t, func() error {
		if after, err := ReadTermios(tty); err != nil || !bytes.Equal(before, after) {
			return fmt.Errorf("the terminal's settings are not those before: %v", err)
		}
		return nil
	})
	_ = master.SetReadDeadline(time.Now().Add(clocktest.Patience))
	buf := make([]byte, len("\x1b[?1049l"))
	n, err := io.ReadFull(master, buf)
	if got := string(buf[:n]); got != "\x1b[?1049l" {
		t.Errorf("the terminal got %q, %v", got, err)
	}
	r.gone(t)
}

func TestLabKilled(t *testing.T) {
	for _, tier := range []string{"", "host"} {
		t.Run("tier "+tier, func(t *testing.T) {
			t.Setenv(TierVariable, tier)
			l := openLab(t, Options{})
			server, client := connected(t, l)
			c := begin(t, server, "accept", Number(3), Null(), Null())
			settle(t, c, StateBlocked)
			if err := unix.Kill(l.PID(), unix.SIGKILL); err != nil {
				t.Fatal(err)
			}
			<-l.Lost()
			<-client.Ended()
			<-server.Ended()
			settle(t, c, StateEnded)
			r := &runningProgram{lab: l.PID(), workers: []int{server.PID(), client.PID()}, folder: l.Folder(), network: 1}
			r.gone(t)
			if _, err := l.Start(deadline(t), "server"); !errors.Is(err, ErrClosed) {
				t.Errorf("Start = %v", err)
			}
			if _, err := l.Snapshot(deadline(t)); !errors.Is(err, ErrClosed) {
				t.Errorf("Snapshot = %v", err)
			}
		})
	}
}

func TestWorkerKilled(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	if err := unix.Kill(server.PID(), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if end := server.End(); end.Signal != "SIGKILL" {
		t.Errorf("end = %+v", end)
	}
	s := snapshot(t, l)
	if s.Processes[0].Alive || !s.Processes[1].Alive || len(s.Processes[0].FDs) != 0 {
		t.Errorf("processes = %+v", s.Processes)
	}
	want(t, client, 0, "recv", Number(3), Memory(make([]byte, 4)), Number(4), Number(0))
	want(t, start(t, l, "server"), 3, "socket", Number(2), Number(1), Number(0))
}

func TestCloseLeavesNothing(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	r := &runningProgram{lab: l.PID(), workers: []int{server.PID(), client.PID()}, folder: l.Folder(), network: networkOf(t, l.PID())}
	if !l.Tier().Private() {
		r.network = 1
	}
	begin(t, server, "accept", Number(3), Null(), Null())
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if server.Alive() || client.Alive() {
		t.Error("a process is alive after Close")
	}
	r.gone(t)
	if ends := events(l, ProcessEvent); len(ends) != 4 {
		t.Errorf("%d process events, want two starts and two ends", len(ends))
	}
}

// TestCloseCompletesTheTimeline closes a lab right after a handshake nobody has looked
// at: its calls and packets, and the ends of the processes, are in the record.
func TestCloseCompletesTheTimeline(t *testing.T) {
	l := openLab(t, Options{})
	connected(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l.Timeline().Holding() {
		t.Error("events are held after Close")
	}
	var names []string
	for _, e := range events(l, CallEvent) {
		names = append(names, e.Call.Name)
	}
	if !slices.Contains(names, "connect") || len(events(l, ProcessEvent)) != 4 {
		t.Errorf("calls %q and %d process events, want connect and four", names, len(events(l, ProcessEvent)))
	}
	if n := len(events(l, PacketEvent)); l.Tier().Private() && n < 3 {
		t.Errorf("%d packets, want the handshake's three at least", n)
	}
}

func TestCloseLeavesNoDescriptors(t *testing.T) {
	count := func() int {
		names, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	round := func() {
		l := openLab(t, Options{})
		connected(t, l)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	round()
	before := count()
	for range 5 {
		round()
	}
	if after := count(); after > before {
		t.Errorf("%d descriptors after five labs, %d before", after, before)
	}
}

// makeCalls makes the calls that TestOnlyTheNamedCalls looks for.
func makeCalls(t *testing.T, l *Lab) {
	server, client := connected(t, l)
	c := begin(t, server, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
	settle(t, c, StateBlocked)
	snapshot(t, l)
	want(t, client, 2, "send", Number(3), Memory([]byte("hi")), Number(2), Number(0))
	settle(t, c, StateReturned)
	want(t, server, 1, "poll", Memory([]byte{4, 0, 0, 0, 4, 0, 0, 0}), Number(1), Number(0))
	want(t, server, 0, "sigaction", Number(13), Memory(sigaction(1)), Null())
	want(t, server, 0, "close", Number(4))
	for _, p := range []*Process{server, client} {
		if err := p.Exit(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOnlyTheNamedCalls watches the workers from outside.
func TestOnlyTheNamedCalls(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("no strace to watch with:", err)
	}
	file := filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), "strace", "-ff", "-o", file, "/proc/self/exe", "-test.run", "^TestProgram$")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args[4] = self
	cmd.Env = append(os.Environ(), programVariable+"=calls")
	if out, err := cmd.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("PTRACE")) {
			t.Skipf("strace cannot watch here: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	want := [][]string{
		{"socket", "bind", "listen", "getsockname", "accept", "recvfrom", "poll", "rt_sigaction", "close"},
		{"socket", "connect", "sendto"},
	}
	var got [][]string
	for _, calls := range tracedWorkers(t, file) {
		got = append(got, calls)
	}
	slices.SortFunc(got, func(a, b []string) int { return len(b) - len(a) })
	if len(got) != 2 || !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
		t.Errorf("the workers made\n%q, want\n%q", got, want)
	}
}

// tracedWorkers returns the calls of each worker's threads after its greeting,
// but for its plumbing and what the Go runtime does without descriptors.
func tracedWorkers(t *testing.T, file string) [][]string {
	t.Helper()
	traces, err := filepath.Glob(file + ".*")
	if err != nil {
		t.Fatal(err)
	}
	var workers [][]string
	for _, trace := range traces {
		text, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		if calls, ok := callsAfterGreeting(string(text)); ok {
			workers = append(workers, calls)
			otherThreads(t, file, string(text))
		}
	}
	return workers
}

// otherThreads checks that the threads started in a trace make no calls but the
// runtime's, and at the start drop their capabilities.
func otherThreads(t *testing.T, file, trace string) {
	t.Helper()
	for _, m := range startedThread.FindAllStringSubmatch(trace, -1) {
		text, err := os.ReadFile(file + "." + m[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range tracedCall.FindAllStringSubmatch(string(text), -1) {
			if !runtimeCall.MatchString(c[1]) && c[1] != "exit" && c[1] != "capset" && !ownDescriptor.MatchString(c[2]) && !unread.MatchString(c[0]) {
				t.Errorf("another thread of a worker made %s", c[0])
			}
		}
		otherThreads(t, file, string(text))
	}
}

var (
	tracedCall    = regexp.MustCompile(`(?m)^(\w+)\((.*)`)
	startedThread = regexp.MustCompile(`(?m)^clone3?\(.*CLONE_THREAD.* = (\d+)$`)
	// ownDescriptor is one of those from 40 on.
	ownDescriptor = regexp.MustCompile(`^4[0-9],`)
	// unread is how strace writes the entry of a thread that died before its
	// registers could be read: call number 0 with the argument 0.
	unread = regexp.MustCompile(`^read\(0, +<unfinished \.\.\.>$`)
	// runtimeCall is what a Go program does by itself, and the page for memory.
	runtimeCall = regexp.MustCompile(`^(futex|nanosleep|epoll_pwait|madvise|mmap|munmap|mprotect|sched_yield|rt_sigprocmask|getpid|gettid|tgkill|sigaltstack|exit_group|clone3?|rt_sigreturn|prctl|arch_prctl|rseq|set_robust_list)$`)
)

func callsAfterGreeting(trace string) (calls []string, worker bool) {
	for line := range strings.Lines(trace) {
		m := tracedCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[1] == "write" && strings.HasPrefix(m[2], "40,") && !worker {
			worker = true
			continue
		}
		plumbing := strings.HasPrefix(m[2], "40,") && (m[1] == "read" || m[1] == "write")
		if worker && !plumbing && !runtimeCall.MatchString(m[1]) {
			calls = append(calls, m[1])
		}
	}
	return calls, worker
}
