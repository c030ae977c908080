//go:build linux

package netcore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// events returns the Timeline's events of a type.
func events(l *Lab, kind EventType) []Event {
	var out []Event
	l.Timeline().Release(Now())
	for _, e := range l.Timeline().Since(0) {
		if e.Type == kind {
			out = append(out, e)
		}
	}
	return out
}

func TestDescriptorNumbersSurviveCollections(t *testing.T) {
	p := start(t, openLab(t, Options{}), "server")
	junk := Memory(make([]byte, 4<<20))
	for range 20 {
		wantErrno(t, p, "EBADF", "write", Number(99), junk, Number(1))
	}
	for fd := int64(3); fd < 8; fd++ {
		want(t, p, fd, "socket", Number(2), Number(1), Number(0))
		wantErrno(t, p, "EBADF", "write", Number(99), junk, Number(1))
	}
	limit := binary.NativeEndian.AppendUint64(nil, 9)
	want(t, p, 0, "setrlimit", Number(7), Memory(binary.NativeEndian.AppendUint64(limit, 9)))
	want(t, p, 8, "socket", Number(2), Number(1), Number(0))
	wantErrno(t, p, "EMFILE", "socket", Number(2), Number(1), Number(0))
	want(t, p, 0, "close", Number(3))
	want(t, p, 3, "socket", Number(2), Number(1), Number(0))
}

func TestOverrunFaults(t *testing.T) {
	p := start(t, openLab(t, Options{}), "server")
	want(t, p, 0, "socketpair", Number(1), Number(1), Number(0), Memory(make([]byte, 8)))
	want(t, p, 10, "write", Number(3), Memory(make([]byte, 10)), Number(10))
	wantErrno(t, p, "EFAULT", "write", Number(3), Memory(make([]byte, 10)), Number(11))
	wantErrno(t, p, "EFAULT", "read", Number(4), Memory(make([]byte, 9)), Number(10))
	wantErrno(t, p, "EFAULT", "bind", Number(3), Memory(inet4(0)), Number(17))
	wantErrno(t, p, "EFAULT", "write", Number(3), Null(), Number(1))
	wantErrno(t, p, "EFAULT", "write", Number(3), Address(0xdeadbeef), Number(1))
	wantErrno(t, p, "EFAULT", "write", Number(3), Memory(nil), Number(1))
	c := want(t, p, 0, "write", Number(3), Memory([]byte{}), Number(0))
	if a := c.Args[1]; a.Pointer != MemoryValue || a.Value == 0 {
		t.Errorf("argument = %+v, want an address", a)
	}
}

func TestBrokenPipeKills(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	want(t, client, 0, "close", Number(3))
	want(t, server, 1, "send", Number(4), Memory([]byte("x")), Number(1), Number(0))
	c := do(t, server, "send", Number(4), Memory([]byte("x")), Number(1), Number(0))
	if c.Ret != nil || c.Reason != "killed by SIGPIPE" {
		t.Errorf("call = %+v, want killed by SIGPIPE", c)
	}
	if end := server.End(); end.Signal != "SIGPIPE" || end.Change != "end" {
		t.Errorf("end = %+v", end)
	}
	if s := events(l, SignalEvent); len(s) != 1 || s[0].Signal.Name != "SIGPIPE" || !s[0].Signal.Fatal || s[0].Cause != c.ID {
		t.Errorf("signals = %+v", s)
	}
	if e, ok := l.Timeline().Get(c.ID); !ok || e.Call.Reason != c.Reason {
		t.Errorf("the call is not in the record: %+v", e)
	}
	if _, err := server.Do(deadline(t), call("close", Number(3))); !errors.Is(err, ErrEnded) {
		t.Errorf("a call of the dead process: %v", err)
	}
	again := start(t, l, "server")
	if again.PID() == server.PID() || l.Process("server") != again {
		t.Error("the name does not lead to the new process")
	}
	want(t, again, 3, "socket", Number(2), Number(1), Number(0))
}

// sigaction returns a C struct sigaction with a handler.
func sigaction(handler uint64) []byte {
	b := make([]byte, librarySigaction)
	binary.NativeEndian.PutUint64(b, handler)
	return b
}

func TestIgnoredSignal(t *testing.T) {
	server, client := connected(t, openLab(t, Options{}))
	c := want(t, server, 0, "sigaction", Number(13), Memory(sigaction(1)), Memory(make([]byte, librarySigaction)))
	if !bytes.Equal(c.Args[2].After, make([]byte, librarySigaction)) || c.Syscall != "rt_sigaction" {
		t.Errorf("the action before was not the default: %x", c.Args[2].After)
	}
	c = want(t, server, 0, "sigaction", Number(13), Null(), Memory(make([]byte, librarySigaction)))
	if c.Args[2].After[0] != 1 {
		t.Errorf("SIGPIPE is not ignored: %x", c.Args[2].After)
	}
	want(t, client, 0, "close", Number(3))
	want(t, server, 1, "send", Number(4), Memory([]byte("x")), Number(1), Number(0))
	wantErrno(t, server, "EPIPE", "send", Number(4), Memory([]byte("x")), Number(1), Number(0))
	wantErrno(t, server, "EPIPE", "send", Number(4), Memory([]byte("x")), Number(1), Number(0x4000))
}

func begin(t testing.TB, p *Process, name string, args ...Value) *Pending {
	t.Helper()
	c, err := p.Begin(call(name, args...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// settle waits until a call is in one state.
func settle(t testing.TB, c *Pending, state State) {
	t.Helper()
	got, err := c.Settle(deadline(t))
	if err != nil || got != state {
		t.Fatalf("%s settled as %v, %v, want %v; %+v", c.Spec().Name, got, err, state, c.Call())
	}
}

func TestBlockedCall(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	c := begin(t, server, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
	settle(t, c, StateBlocked)
	settle(t, c, StateBlocked)
	blocked := events(l, BlockedEvent)
	if len(blocked) != 1 {
		t.Fatalf("%d blocked events, want 1", len(blocked))
	}
	b := blocked[0].Blocked
	if b.Call != c.ID() || b.Syscall != "recvfrom" || b.Process != "server" || b.On == "" || b.Since == 0 {
		t.Errorf("blocked = %+v", b)
	}
	if _, err := server.Begin(call("close", Number(3))); !errors.Is(err, ErrBusy) {
		t.Errorf("a second call: %v", err)
	}
	// Woken, but not for this call: other data moves between the two.
	want(t, client, 4, "socket", Number(2), Number(1), Number(0))
	if state, err := c.StillBlocked(deadline(t)); err != nil || state != StateBlocked {
		t.Errorf("still: %v, %v", state, err)
	}
	want(t, client, 2, "send", Number(3), Memory([]byte("hi")), Number(2), Number(0))
	if state, err := c.StillBlocked(deadline(t)); err != nil || state != StateReturned {
		t.Errorf("after send: %v, %v", state, err)
	}
	if got := c.Call(); *got.Ret != 2 || got.Enter != b.Since {
		t.Errorf("call = %+v, blocked since %d", got, b.Since)
	}
}

// TestNothingStandsBehindAReturn looks at a call that has come back as one that took it
// to be asleep a moment ago: that is not recorded any more.
func TestNothingStandsBehindAReturn(t *testing.T) {
	l := openLab(t, Options{})
	c := begin(t, start(t, l, "server"), "close", Number(99))
	<-c.Done()
	if c.asleep("futex") || len(events(l, BlockedEvent)) > 0 {
		t.Error("a call is told to wait that has come back")
	}
}

func TestCancel(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	cancelled := func(p *Process, c *Pending) {
		t.Helper()
		settle(t, c, StateBlocked)
		if err := p.Cancel(deadline(t)); err != nil {
			t.Fatal(err)
		}
		if got := c.Call(); got.Ret == nil || got.Errno.Name() != "EINTR" {
			t.Errorf("%s after Cancel = %+v", got.Name, got)
		}
	}
	cancelled(server, begin(t, server, "accept", Number(3), Null(), Null()))
	cancelled(server, begin(t, server, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0)))
	cancelled(server, begin(t, server, "poll", Memory([]byte{4, 0, 0, 0, 1, 0, 0, 0}), Number(1), Number(-1)))
	cancelled(client, fillQueue(t, server, client))
	if err := server.Cancel(deadline(t)); err != nil {
		t.Errorf("without a call: %v", err)
	}
	// At once, before the call can have been entered.
	c := begin(t, server, "accept", Number(3), Null(), Null())
	if err := server.Cancel(deadline(t)); err != nil || !c.finished() {
		t.Error("the early cancel had no effect", err)
	}
}

// TestSignalHandler wants a call that waits ended by a signal, or started again, as
// the flags of the program's handler say.
func TestSignalHandler(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	handle := func(flags uint32) {
		t.Helper()
		want(t, server, 0, "sigaction", Number(sigusr1), Memory(sigactionBytes(0x401000, 0, flags)), Null())
	}
	waiting := func() *Pending {
		t.Helper()
		c := begin(t, server, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
		settle(t, c, StateBlocked)
		if err := server.Signal(deadline(t), sigusr1); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := server.Signal(deadline(t), sigusr1); err == nil {
		t.Error("a signal outside a call was sent")
	}
	handle(0)
	if c := waiting(); !c.finished() || c.Call().Errno.Name() != "EINTR" {
		t.Errorf("recv without SA_RESTART = %+v, want EINTR", c.Call())
	}
	handle(saRestart)
	c := waiting()
	settle(t, c, StateBlocked)
	want(t, client, 3, "send", Number(3), Memory([]byte("abc")), Number(3), Number(0))
	if settle(t, c, StateReturned); *c.Call().Ret != 3 {
		t.Errorf("recv with SA_RESTART = %+v, want 3", c.Call())
	}
	limit := binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, 600), 0)
	want(t, server, 0, "setsockopt", Number(4), Number(1), Number(soRcvtimeo), Memory(limit), Number(16))
	if c := waiting(); !c.finished() || c.Call().Errno.Name() != "EINTR" {
		t.Errorf("recv with SA_RESTART and a time limit = %+v, want EINTR", c.Call())
	}
	var signals []string
	for _, e := range events(l, SignalEvent) {
		signals = append(signals, e.Signal.Process+" "+e.Signal.Name)
	}
	if !slices.Equal(signals, []string{"server SIGUSR1", "server SIGUSR1", "server SIGUSR1"}) {
		t.Errorf("signals recorded: %q", signals)
	}
}

// As Linux has them.
const (
	sigusr1    = 10
	saRestart  = 0x10000000
	soRcvtimeo = 20
)

// fillQueue has client connect until one connection does not complete.
func fillQueue(t *testing.T, server, client *Process) *Pending {
	fd := *want(t, server, 5, "socket", Number(2), Number(1), Number(0)).Ret
	want(t, server, 0, "bind", Number(fd), Memory(inet4(7070)), Number(16))
	want(t, server, 0, "listen", Number(fd), Number(0))
	for {
		fd := *do(t, client, "socket", Number(2), Number(1), Number(0)).Ret
		c := begin(t, client, "connect", Number(fd), Memory(inet4(7070)), Number(16))
		state, err := c.Settle(deadline(t))
		if err != nil {
			t.Fatal(err)
		}
		if state == StateBlocked {
			return c
		}
	}
}

func TestMegabytes(t *testing.T) {
	server, client := connected(t, openLab(t, Options{}))
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	c := begin(t, client, "send", Number(3), Memory(data), Number(1<<20), Number(0))
	got := want(t, server, 1<<20, "recv", Number(4), Memory(make([]byte, 1<<20)), Number(1<<20), Number(0x100))
	if !bytes.Equal(got.Args[1].After, data) {
		t.Error("the bytes received are not those sent")
	}
	settle(t, c, StateReturned)
	if ret := c.Call().Ret; *ret != 1<<20 {
		t.Errorf("send = %d", *ret)
	}
}

func TestNotMade(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	for _, r := range []Request{
		call("close", Number(40)),
		call("dup", Number(server.lastOwn())),
		call("poll", Memory([]byte{40, 0, 0, 0, 1, 0, 0, 0}), Number(1), Number(0)),
		call("kill", Number(1), Number(0)),
		call("kill", Number(-1), Number(0)),
		call("kill", Number(int64(os.Getpid())), Number(0)),
		call("kill", Number(int64(client.PID())), Number(cancelSignal)),
		call("sigaction", Number(13), Memory(sigaction(0x401000)), Null()),
	} {
		before := len(events(l, NoteEvent))
		_, err := server.Do(deadline(t), r)
		var not ErrNotMade
		if !errors.As(err, &not) || not.Call != r.Name || not.Reason == "" {
			t.Errorf("%v: %v, want ErrNotMade", r, err)
		}
		if len(events(l, NoteEvent)) != before+1 {
			t.Errorf("%s: no note", r.Name)
		}
	}
	want(t, server, 0, "kill", Number(0), Number(0))
	want(t, server, 0, "kill", Number(int64(client.PID())), Number(15))
	if end := client.End(); end.Signal != "SIGTERM" {
		t.Errorf("end = %+v", end)
	}
}

func (p *Process) lastOwn() int64 { return int64(slices.Max(p.body.own)) }

func TestExit(t *testing.T) {
	l := openLab(t, Options{})
	p := start(t, l, "server")
	if err := p.Exit(deadline(t), 3); err != nil {
		t.Fatal(err)
	}
	if end := p.End(); end.Status != 3 || end.Signal != "" {
		t.Errorf("end = %+v", end)
	}
}

func TestKillInsideCall(t *testing.T) {
	server, _ := connected(t, openLab(t, Options{}))
	c := begin(t, server, "accept", Number(3), Null(), Null())
	settle(t, c, StateBlocked)
	if err := server.Kill(deadline(t)); err != nil {
		t.Fatal(err)
	}
	settle(t, c, StateEnded)
	if got := c.Call(); got.Ret != nil || got.Reason != "killed by SIGKILL" {
		t.Errorf("call = %+v", got)
	}
}

// TestACallAtTheEndComesBack makes calls while the process is killed: each returns, is
// lost with the process, or is refused because it has ended.
func TestACallAtTheEndComesBack(t *testing.T) {
	l := openLab(t, Options{})
	for i := range 20 {
		p := start(t, l, fmt.Sprint("process", i))
		if err := unix.Kill(p.PID(), unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for {
			c, err := p.Do(deadline(t), call("close", Number(99)))
			if errors.Is(err, ErrEnded) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Ret == nil && c.Reason != "killed by SIGKILL" {
				t.Errorf("call = %+v", c)
			}
		}
	}
}

func TestDoGivesUp(t *testing.T) {
	server, _ := connected(t, openLab(t, Options{}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := server.Do(ctx, call("accept", Number(3), Null(), Null())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
	if c := server.Pending(); c == nil || c.Spec().Name != "accept" {
		t.Error("the call does not go on")
	}
}

// status returns the fields of a thread's /proc status.
func status(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}

// TestSigactionTellsTheOldAction asks for the action of a signal into memory that
// was never written: SIG_DFL is all zero bytes and has to arrive there too.
func TestSigactionTellsTheOldAction(t *testing.T) {
	server := start(t, openLab(t, Options{}), "server")
	garbage := bytes.Repeat([]byte{0xaa}, librarySigaction)
	c := want(t, server, 0, "sigaction", Number(13), Null(), Memory(garbage))
	old := c.Args[2].After
	if !bytes.Equal(old[:8], make([]byte, 8)) || !bytes.Equal(old[136:140], make([]byte, 4)) {
		t.Errorf("the old action is % x", old)
	}
	if text := Strace(&c); !strings.Contains(text, "{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}") {
		t.Error(text)
	}
}

// TestDeadWorkerSendsNoSignal writes to a worker that is gone: a program that
// takes SIGPIPE as its end must not get one.
func TestDeadWorkerSendsNoSignal(t *testing.T) {
	came := make(chan os.Signal, 2)
	signal.Notify(came, syscall.SIGPIPE, syscall.SIGWINCH)
	defer signal.Stop(came)
	// A channel whose other end is closed, as a worker's is from its end until
	// whoever listens to it has noticed.
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Close(pair[1]); err != nil {
		t.Fatal(err)
	}
	b := &body{channel: os.NewFile(uintptr(pair[0]), "worker")}
	defer b.channel.Close()
	if err := b.deliver([]byte("late")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("err = %v, want EPIPE", err)
	}
	// Signals that have come are handed on by their numbers, and this one's is higher.
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	if got := <-came; got != syscall.SIGWINCH {
		t.Errorf("%v arrived", got)
	}
}
