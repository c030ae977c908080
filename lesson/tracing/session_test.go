//go:build linux && (amd64 || arm64)

package tracing

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

var writeTo = flag.String("record", "", "write the stream of the stepped run to this `FILE`")

// compiled is a program of testdata with debug information.
func compiled(t *testing.T, name string) tracer.Program {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc here")
	}
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join("testdata", name+".c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".c"), source, 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	build := exec.Command(gcc, "-g", "-o", path, path+".c")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return tracer.Program{Name: name, Path: path, Args: []string{name}, Dir: dir}
}

// started is a session of programs, each standing at its first call on a socket.
func started(t *testing.T, programs ...tracer.Program) *Session {
	t.Helper()
	s := New(Options{Programs: programs, Stops: tracer.Stops{Every: true}, Name: "sockstep test"})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Start(context.Background()); err != nil {
		t.Skip("programs cannot be traced here: ", err)
	}
	return s
}

// player drives a session in a test.
type player struct {
	*testing.T
	s *Session
}

func (p player) side(name string) *lesson.Side {
	v := p.s.View()
	for i := range v.Sides {
		if v.Sides[i].Name == name {
			return &v.Sides[i]
		}
	}
	p.Fatalf("no side %s", name)
	return nil
}

// until waits for a condition on the views.
func (p player) until(what string, ok func() bool) {
	p.Helper()
	end := time.After(20 * time.Second)
	for {
		v := p.s.View()
		if ok() {
			return
		}
		select {
		case <-p.s.Changed(v):
		case <-end:
			p.Fatalf("waited in vain: %s; sides %+v", what, p.s.View().Sides)
		}
	}
}

// step makes the call a side stands at, which has to be this one.
func (p player) step(side, call string) {
	p.Helper()
	p.until(side+" stands at "+call, func() bool {
		stands := p.side(side).Traced.Stands
		return len(stands) > 0 && stands[0].Call.Name == call
	})
	if err := p.s.Step(context.Background(), side); err != nil {
		p.Fatal(err)
	}
}

// TestStepping drives a server and its client call by call: what stands is what comes
// next, one that is blocked does not stop the other, what is typed is read.
func TestStepping(t *testing.T) {
	s := started(t, compiled(t, "server"), compiled(t, "client"))
	p := player{t, s}
	ctx := context.Background()
	p.step("client", "socket")
	p.step("client", "connect")
	refused := p.side("client").Traced.Last
	if refused == nil || refused.Errno.Name() != "ECONNREFUSED" || !strings.Contains(refused.Cause, "listen") {
		t.Errorf("nobody listens, and the call is %+v", refused)
	}
	if f := p.side("client").Traced.File; f == nil || f.Name != "client.c" {
		t.Errorf("the client's source: %+v", f)
	}
	for _, call := range []string{"socket", "bind", "listen", "accept"} {
		p.step("server", call)
	}
	if side := p.side("server"); side.State != lesson.SideBlocked || side.Call == nil || side.Call.Name != "accept" {
		t.Errorf("the server is %s, in %+v", side.State, side.Call)
	}
	if err := s.Step(ctx, "server"); !errors.Is(err, ErrNoStand) {
		t.Errorf("a step of a blocked program: %v", err)
	}
	p.step("client", "close")
	if err := s.Input(ctx, "client", "\n"); err != nil {
		t.Fatal(err)
	}
	p.step("client", "socket")
	p.step("client", "connect")
	if err := s.Input(ctx, "client", "hello\n"); err != nil {
		t.Fatal(err)
	}
	p.step("client", "send")
	p.step("client", "recv")
	if side := p.side("client"); side.State != lesson.SideBlocked {
		t.Errorf("the client is %s with nothing to receive", side.State)
	}
	p.step("server", "recv")
	p.step("server", "send")
	p.step("client", "close")
	p.until("the client has ended", func() bool { return p.side("client").State == lesson.SideEnded })
	if out := p.side("client").Output; !strings.Contains(out, "back: hello") {
		t.Errorf("the client printed %q", out)
	}
	p.step("server", "close")
	p.step("server", "close")
	p.until("the server has ended", func() bool { return p.side("server").State == lesson.SideEnded })
	if n := len(s.View().Traced.Found); n != 0 {
		t.Logf("found: %+v", s.View().Traced.Found)
	}
	p.lookBack()
	keep(t, s.Timeline())
}

// lookBack goes through every record: calls count up, nothing is live.
func (p player) lookBack() {
	last := -1
	for i := range p.s.Records() {
		v := p.s.Record(i)
		if v == nil || v.At != i || v.Traced.Live || v.Traced.Calls < last {
			p.Fatalf("record %d of %d: %+v", i, p.s.Records(), v)
		}
		last = v.Traced.Calls
		for j := range v.Sides {
			if len(v.Sides[j].Traced.Stands) > 0 {
				p.Errorf("record %d has a thread that stands", i)
			}
		}
	}
	if p.s.Record(p.s.Records()) != nil {
		p.Error("there is a record behind the last")
	}
}

// keep writes a record where the flag says, and reads every record back from its stream.
func keep(t *testing.T, tl *netcore.Timeline) {
	t.Helper()
	var b bytes.Buffer
	w := netcore.NewWriter(&b)
	for i := range tl.Len() {
		if err := w.WriteEvent(tl.At(i)); err != nil {
			t.Fatal(err)
		}
	}
	if *writeTo != "" {
		if err := os.WriteFile(*writeTo, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, skipped, err := netcore.ReadTimeline(&b)
	if err != nil || skipped > 0 {
		t.Fatalf("read back: %v, %d skipped", err, skipped)
	}
	r := Replay(again)
	v := r.View()
	if v.Traced.Live || len(v.Sides) != 2 || v.Sides[0].State != lesson.SideEnded || r.Records() == 0 {
		t.Errorf("replayed: %d records, sides %+v", r.Records(), v.Sides)
	}
	if err := r.Step(context.Background(), "server"); !errors.Is(err, ErrRecording) {
		t.Errorf("a step in a recording: %v", err)
	}
}

// TestStopsAndRestart stops at one kind of call, ends the program by a signal and runs
// it again.
func TestStopsAndRestart(t *testing.T) {
	s := started(t, compiled(t, "server"))
	p := player{t, s}
	ctx := context.Background()
	if err := s.StopAt(ctx, tracer.Stops{Calls: []string{"listen"}}); err != nil {
		t.Fatal(err)
	}
	p.step("server", "listen")
	p.until("the server waits", func() bool { return p.side("server").State == lesson.SideBlocked })
	if err := s.Signal(ctx, "server", syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.until("the server has ended", func() bool { return p.side("server").State == lesson.SideKilled })
	first := p.side("server").PID
	if err := s.Restart(ctx, "server"); err != nil {
		t.Fatal(err)
	}
	p.step("server", "listen")
	if again := p.side("server").PID; again == first {
		t.Errorf("the same process %d again", again)
	}
	if err := s.StopAt(ctx, tracer.Stops{}); err != nil {
		t.Fatal(err)
	}
	if text := s.View().Traced.Stops; text != "" {
		t.Errorf("it stops at %q", text)
	}
}

func TestStopsText(t *testing.T) {
	for want, stops := range map[string]tracer.Stops{
		"": {}, "each call": {Every: true, Errors: true}, "an error": {Errors: true}, "recv()": {Calls: []string{"recv"}},
		"accept(), calls on descriptor 0": {Calls: []string{"accept"}, HasDescriptor: true},
		"send(), sendto(), more like it":  {Calls: []string{"send", "sendto", "write", "writev"}},
	} {
		if got := StopsText(stops); got != want {
			t.Errorf("%+v: %q, want %q", stops, got, want)
		}
	}
}
