//go:build linux && (amd64 || arm64)

package tracer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// TestHostile has a program do what it can to whoever looks.
func TestHostile(t *testing.T) {
	s := open(t, Options{})
	hostile := "\x1b[2J\n\xff;$(reboot)"
	p, printed := program(t, need(t, python), "testdata/hostile.py", hostile)
	p.Name = "hostile"
	p.Env = append(os.Environ(), "X=\x1b]0;x\x07", "=", "no equals sign", "LC_ALL=C.UTF-8")
	s.run(p)
	if end := s.awaitEnd("hostile"); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v: %q", end, printed())
	}
	s.close()
	if want := "\x1b[31m\xff\x00" + hostile; printed() != want {
		t.Errorf("printed %q, want %q", printed(), want)
	}
	noted := false
	for _, e := range s.told() {
		noted = noted || e.Kind == NoteEvent && strings.Contains(e.Text, "io_uring")
		if e.Kind != CallEvent {
			continue
		}
		text := netcore.Strace(e.Call)
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }) {
			t.Errorf("control codes in %q", text)
		}
		if len(text) > 4096 {
			t.Errorf("%d characters: %.100s", len(text), text)
		}
	}
	if n := count(s.told(), "io_uring_setup"); n > 0 && !noted {
		t.Error("the use of io_uring is not noted")
	}
}

func TestForeignProgram(t *testing.T) {
	s := open(t, Options{})
	p, _ := program(t, compile(t, "foreign.c", "-m32"))
	p.Name = "foreign"
	s.run(p)
	if end := s.awaitEnd("foreign"); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	s.await("note", func(e Event) bool { return e.Kind == NoteEvent && strings.Contains(e.Text, "32-bit") })
}

// TestNoSuchProgram says why a program cannot be started.
func TestNoSuchProgram(t *testing.T) {
	s := open(t, Options{})
	for path, want := range map[string]string{
		"/no/such": "no such file", "/dev/null": "permission denied", "no-such-command": "not found",
	} {
		if _, _, err := s.Start(Program{Name: "x", Path: path, Args: []string{path}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if told := s.told(); len(told) > 0 {
		t.Errorf("told:\n%s", transcript(told))
	}
}

// TestLimitsAndFiles compares what a program begins with to an untraced one.
func TestLimitsAndFiles(t *testing.T) {
	script := "ulimit -n; ulimit -Hn; umask; for f in /proc/$$/fd/*; do echo ${f##*/}; done; grep -E 'Sig(Blk|Ign)' /proc/self/status; pwd; echo $0 $1"
	command := []string{"/bin/sh", "-c", script, "name", "argument"}
	want, _ := outputOf(t, command...)
	s := open(t, Options{})
	p, printed := program(t, command...)
	p.Name = "plain"
	s.run(p)
	s.awaitEnd("plain")
	if printed() != want {
		t.Errorf("printed\n%s, untraced\n%s", printed(), want)
	}
	p, printed = program(t, command...)
	p.Name, p.Dir, p.Limits = "limited", "/", map[int]uint64{unix.RLIMIT_NOFILE: 77, unix.RLIMIT_CORE: 0}
	s.run(p)
	s.awaitEnd("limited")
	if !strings.HasPrefix(printed(), "77\n77\n") || !strings.Contains(printed(), "\n/\n") {
		t.Errorf("printed %q", printed())
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p = Program{Name: "piped", Path: "/bin/sh", Args: []string{"sh", "-c", "grep flags /proc/self/fdinfo/1 >&2; echo out"}, Files: []*os.File{nil, w, w}}
	s.run(p)
	_ = w.Close()
	out, err := io.ReadAll(r)
	if err != nil || !strings.HasSuffix(string(out), "out\n") || strings.Contains(string(out), "04001\n") {
		t.Errorf("%q %v: the program's output is in the non-blocking mode of this one", out, err)
	}
}

func TestTerminal(t *testing.T) {
	near, far, err := pty.Open()
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	defer near.Close()
	s := open(t, Options{})
	s.run(Program{
		Name: "tty", Path: "/bin/sh", Args: []string{"sh", "-c", "echo got $(ps -o tty= -p $$) >/dev/tty; read x; echo read $x"},
		Files: []*os.File{far, far, far}, Terminal: true,
	})
	_ = far.Close()
	in := bufio.NewReader(near)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "got pts/") {
		t.Fatalf("%q %v", line, err)
	}
	if _, err := near.WriteString("\x03"); err != nil { // the terminal makes it SIGINT
		t.Fatal(err)
	}
	if end := s.awaitEnd("tty"); end.Signal != "SIGINT" {
		t.Errorf("it ended with %+v", end)
	}
}

func TestContained(t *testing.T) {
	s := open(t, Options{Contain: true})
	path := compile(t, "daemon.c")
	p, printed := program(t, path)
	p.Name = "daemon"
	if _, _, err := s.Start(p); err != nil {
		t.Skip("process namespaces are not permitted here:", err)
	}
	s.awaitEnd("daemon")
	// The daemon waits in recv for ever.
	s.await("daemon", func(e Event) bool { return e.Kind == CallEvent && e.Call.Name == "shutdown" })
	if n := len(leftOver(t, path)); n != 1 {
		t.Errorf("%d daemons, want 1", n)
	}
	s.close()
	noneLeft(t, path)
	var pid, sees int
	if _, err := fmt.Sscanf(printed(), "pid %d sees %d", &pid, &sees); err != nil || pid > 20 || sees != 2 {
		t.Errorf("printed %q, want a low number, and 2 processes seen: it and process 1", printed())
	}
}

// waiter runs wait.py untraced; the function has it do a line.
func waiter(t *testing.T) (pid, port int, do func(line string)) {
	t.Helper()
	c := exec.Command(need(t, python), "testdata/wait.py")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	lines := bufio.NewReader(out)
	if _, err := fmt.Fscanln(lines, &pid, &port); err != nil {
		t.Fatal(err)
	}
	return pid, port, func(line string) {
		t.Helper()
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if answer, err := lines.ReadString('\n'); err != nil || answer != "did "+line+"\n" {
			t.Fatalf("%q %v", answer, err)
		}
	}
}

// served connects to the waiter's other thread.
func served(t *testing.T, port int) {
	t.Helper()
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if b, err := io.ReadAll(c); string(b) != "served" {
		t.Fatalf("%q %v", b, err)
	}
}

// TestAttach attaches to a program with two threads, one of them in accept, and
// lets it go: it goes on in each state.
func TestAttach(t *testing.T) {
	pid, port, do := waiter(t)
	do("before")
	served(t, port)
	for range 3 {
		s := open(t, Options{})
		if _, err := s.Attach("waiter", pid); err != nil {
			skipWithoutPtrace(t, err)
		}
		// The call it was in when it was attached to is seen from when it goes on.
		s.await("waiting accept", func(e Event) bool { return e.Kind == EnterEvent && e.Call.Syscall == "accept4" && e.TID != pid })
		do("traced")
		served(t, port)
		do("fork")
		s.await("accept", func(e Event) bool { return e.Kind == CallEvent && e.Call.Syscall == "accept4" && e.TID != pid })
		s.await("socketpair", func(e Event) bool { return e.Kind == CallEvent && e.Call.Name == "socketpair" && e.TID == pid })
		s.awaitEnd("waiter/1")
		s.close()
		do("let go")
		served(t, port)
		if tracer := statusNumber(pid, "TracerPid", 10); tracer != 0 {
			t.Errorf("it is traced by %d", tracer)
		}
		s.await("end", func(e Event) bool {
			return e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Status == -1
		})
	}
}

// TestAttachTwice lets one program go and keeps the other; to a traced one nobody
// else attaches.
func TestAttachTwice(t *testing.T) {
	pid, _, do := waiter(t)
	s := open(t, Options{})
	if _, err := s.Attach("waiter", pid); err != nil {
		skipWithoutPtrace(t, err)
	}
	other := open(t, Options{})
	if _, err := other.Attach("waiter", pid); !errors.Is(err, unix.EPERM) {
		t.Errorf("attach to a traced program: %v", err)
	}
	if _, err := other.Attach("nobody", 1<<22+1); !errors.Is(err, unix.ESRCH) {
		t.Errorf("attach to nobody: %v", err)
	}
	p, _ := program(t, compile(t, "stress.c"), "trips", "100")
	other.run(p)
	if end := other.awaitEnd(p.Name); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	do("traced")
	s.await("socketpair", func(e Event) bool { return e.Kind == CallEvent && e.Call.Name == "socketpair" })
}

// companion opens a lab with a tracer beside it.
func companion(t *testing.T) (*netcore.Lab, *Remote, *session) {
	t.Helper()
	lab, err := netcore.Open(context.Background(), netcore.Options{Companion: []string{Role}, Tier: netcore.TierHost})
	if err != nil {
		t.Skip("no lab here:", err)
	}
	t.Cleanup(func() { _ = lab.Close() })
	s := &session{t: t, changed: make(chan struct{}, 1)}
	r, err := Connect(lab.Companion(), s.tell)
	if err != nil {
		t.Fatal(err)
	}
	return lab, r, s
}

// TestTracerKilled kills the tracer's process: what it ran ends, what it was
// attached to goes on.
func TestTracerKilled(t *testing.T) {
	ctx := context.Background()
	waiting, port, do := waiter(t)
	_, r, s := companion(t)
	path := compile(t, "stress.c")
	p, _ := program(t, path, "three")
	_, pid, err := r.Start(ctx, p)
	if err != nil {
		skipWithoutPtrace(t, err)
	}
	if _, err := r.Attach(ctx, "waiter", waiting); err != nil {
		skipWithoutPtrace(t, err)
	}
	do("traced")
	s.await("socketpair", func(e Event) bool { return e.Kind == CallEvent && e.Call.Name == "socketpair" })
	tracer := int(statusNumber(pid, "TracerPid", 10))
	if tracer == 0 || tracer == os.Getpid() {
		t.Fatalf("the program is traced by %d", tracer)
	}
	if err := syscall.Kill(tracer, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.Ended():
	case <-time.After(patience):
		t.Fatal("the end of the tracer's process is not seen")
	}
	for deadline := time.Now().Add(patience); len(leftOver(t, path)) > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	noneLeft(t, path)
	do("free")
	served(t, port)
	if err := r.Resume(ctx, 0); !errors.Is(err, ErrEnded) {
		t.Errorf("the gone tracer answers %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestLabClosed closes the lab under the tracer: the program ends with it.
func TestLabClosed(t *testing.T) {
	lab, r, s := companion(t)
	path := compile(t, "stress.c")
	p, _ := program(t, path, "three")
	if _, _, err := r.Start(context.Background(), p); err != nil {
		skipWithoutPtrace(t, err)
	}
	s.await("call", func(e Event) bool { return e.Kind == CallEvent })
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(patience); len(leftOver(t, path)) > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	noneLeft(t, path)
	<-r.Ended()
}

// TestStops stops a program in each way there is.
func TestStops(t *testing.T) {
	path := compile(t, "echo.c")
	for _, tt := range []struct {
		name  string
		stops Stops
		want  []string // the calls stopped at, of the first process
	}{
		{"calls", Stops{Calls: []string{"listen", "socketpair"}}, []string{"listen", "socketpair"}},
		{"errors", Stops{Errors: true}, []string{"bind returned", "recv returned"}},
		{"descriptor", Stops{HasDescriptor: true, Descriptor: 900}, []string{"dup2", "write", "close"}},
		{"process", Stops{Every: true, Process: "program/1"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, Options{Stops: tt.stops})
			p, _ := program(t, path)
			p.Name = "program"
			s.run(p)
			var got, all []string
			for n, over := 0, false; !over; {
				var stop Event
				seen := 0
				s.await("stop or end", func(e Event) bool {
					if e.Kind == StopEvent {
						seen++
						stop = e
					}
					over = e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Name == "program"
					return e.Kind == StopEvent && seen > n || over
				})
				if over {
					break
				}
				n++
				name := stop.Call.Name
				if stop.Returned {
					name += " returned"
				}
				all = append(all, stop.Call.Process+" "+name)
				if stop.Call.Process == "program" {
					got = append(got, name)
				}
				if err := s.Resume(stop.TID); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("stopped at %q, want %q", got, tt.want)
			}
			if tt.name == "process" && (len(all) < 10 || !slices.Contains(all, "program/1 connect")) {
				t.Errorf("stopped at %q", all)
			}
		})
	}
}

// TestOneStops has one thread stand: the other and the child go on, and it does not
// until it may.
func TestOneStops(t *testing.T) {
	s := open(t, Options{})
	p, _ := program(t, compile(t, "stress.c"), "three")
	p.Name = "three"
	_, pid := s.run(p)
	// The three are known when each has called.
	callers := map[int]bool{}
	s.await("three callers", func(e Event) bool {
		if e.Kind == CallEvent && e.Call.Name == "getsockname" {
			callers[e.TID] = true
		}
		return len(callers) == 3
	})
	if err := s.SetStops(Stops{Every: true, Process: "three/1"}); err != nil {
		t.Fatal(err)
	}
	stop := s.stop(1)
	if stop.TID == pid || stop.Call.Process != "three/1" {
		t.Fatalf("the stop: %+v", stop)
	}
	more := map[int]int{}
	_, before := s.await("stop", func(e Event) bool { return e.Kind == StopEvent })
	skip := len(before)
	s.await("calls of the others", func(e Event) bool {
		if skip > 0 {
			skip--
			return false
		}
		if e.Kind == CallEvent {
			more[e.TID]++
			if e.TID == stop.TID {
				t.Fatalf("the thread that stands has called: %s", netcore.Strace(e.Call))
			}
		}
		return len(more) == 2 && more[pid] >= 10
	})
	if err := s.Resume(stop.TID); err != nil {
		t.Fatal(err)
	}
	if next := s.stop(2); next.TID != stop.TID || next.Serial == stop.Serial {
		t.Errorf("the next stop: %+v", next)
	}
}

// TestAsleep tells of a call that waits, and where.
func TestAsleep(t *testing.T) {
	s := open(t, Options{})
	p, _ := program(t, need(t, python), "testdata/wait.py")
	p.Name = "waiter"
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	p.Files[0] = r
	s.run(p)
	_ = r.Close()
	e, before := s.await("call asleep", func(e Event) bool { return e.Kind == EnterEvent })
	if e.Call.Syscall != "accept4" || e.Call.Ret != nil {
		t.Errorf("asleep: %s", netcore.Strace(e.Call))
	}
	for _, b := range before {
		if b.Kind == CallEvent && b.Serial == e.Serial {
			t.Error("the call had returned")
		}
	}
	if os.Getuid() == 0 && e.Asleep == "" {
		t.Error("nobody says where it sleeps")
	}
}

// TestInterruptedByHandler sees what a program sees of a call that a signal
// interrupts: with SA_RESTART it is made again, without it fails.
func TestInterruptedByHandler(t *testing.T) {
	const script = `import signal, socket, sys
a, b = socket.socketpair()
signal.signal(signal.SIGUSR1, lambda *x: None)
signal.siginterrupt(signal.SIGUSR1, sys.argv[1] == "interrupt")
if sys.argv[2] == "recv":
    b.recv(1)
else:
    import select
    p = select.poll(); p.register(b, select.POLLIN); p.poll(60000)
`
	for _, tt := range []struct{ mode, call, want string }{
		{"interrupt", "recv", "EINTR"}, {"restart", "recv", "again"},
		{"restart", "poll", "EINTR"},
	} {
		t.Run(tt.mode+tt.call, func(t *testing.T) {
			s := open(t, Options{})
			p, _ := program(t, need(t, python), "-c", script, tt.mode, tt.call)
			p.Name = "waiter"
			number, _ := s.run(p)
			asleep := 0
			s.await("wait", func(e Event) bool { return e.Kind == EnterEvent })
			if err := s.Kill(number, syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
			e, _ := s.await("return", func(e Event) bool { return e.Kind == CallEvent && e.Call.Name == tt.call })
			if got := e.Call.Errno.Name(); tt.want == "EINTR" && (got != "EINTR" || e.Call.Ret == nil) {
				t.Errorf("%s, %s", netcore.Strace(e.Call), e.Call.Reason)
			}
			if tt.want == "again" && (e.Call.Ret != nil || !strings.Contains(e.Call.Reason, "again")) {
				t.Errorf("%s, %s", netcore.Strace(e.Call), e.Call.Reason)
			}
			// It is made again by the kernel, or by Python, which does so too.
			s.await("second wait", func(e Event) bool {
				if e.Kind == EnterEvent {
					asleep++
				}
				return asleep == 2
			})
		})
	}
}

// TestPollGoesOn stops and continues a program in poll: the kernel goes on with
// another system call, and what that returns is told as poll's.
func TestPollGoesOn(t *testing.T) {
	const script = `import select, socket, sys, os
a, b = socket.socketpair()
p = select.poll(); p.register(b, select.POLLIN)
pid = os.fork()
if pid == 0:
    sys.stdin.readline()
    a.send(b"x")
    os._exit(0)
sys.exit(len(p.poll(60000)) - 1)
`
	s := open(t, Options{})
	p, _ := program(t, need(t, python), "-c", script)
	p.Name = "poller"
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Files[0] = r
	_, pid := s.run(p)
	_ = r.Close()
	s.await("wait", func(e Event) bool { return e.Kind == EnterEvent && e.Call.Name == "poll" })
	_ = syscall.Kill(pid, syscall.SIGSTOP)
	for deadline := time.Now().Add(patience); !strings.Contains("Tt", stateOf(pid)) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGCONT)
	_ = w.Close()
	if end := s.awaitEnd("poller"); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	got := texts(s.told(), "poller")
	if want := "poll([{fd=4, events=POLLIN}], 1, 60000) = 1 ([{fd=4, revents=POLLIN}])"; !slices.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, strings.Join(got, "\n"))
	}
}

// BenchmarkStep takes the time from Resume to the next stop of a thread.
func BenchmarkStep(b *testing.B) {
	stops := make(chan int, 1)
	t, err := New(Options{Stops: Stops{Calls: []string{"getsockname"}, Process: "three"}, Tell: func(e Event) {
		if e.Kind == StopEvent {
			stops <- e.TID
		}
	}})
	if err != nil {
		b.Skip(err)
	}
	defer t.Close()
	path := compile(b, "stress.c")
	if _, _, err := t.Start(Program{Name: "three", Path: path, Args: []string{path, "one"}}); err != nil {
		b.Skip(err)
	}
	tid := <-stops
	var times []time.Duration
	for b.Loop() {
		begun := time.Now()
		if err := t.Resume(tid); err != nil {
			b.Fatal(err)
		}
		tid = <-stops
		times = append(times, time.Since(begun))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
}

// TestChildrenOfOthers starts programs on every thread and tracers then: each program's
// end is still there for who started it.
func TestChildrenOfOthers(t *testing.T) {
	var commands []*exec.Cmd
	for range 20 {
		c := exec.Command("/bin/sh", "-c", "exit 7")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		commands = append(commands, c)
		s := open(t, Options{})
		p, _ := program(t, "/bin/true")
		s.run(p)
		s.awaitEnd(p.Name)
		s.close()
	}
	for _, c := range commands {
		if _ = c.Wait(); c.ProcessState == nil || c.ProcessState.ExitCode() != 7 {
			t.Errorf("its end is %v, want exit status 7", c.ProcessState)
		}
	}
}
