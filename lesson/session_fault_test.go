package lesson

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// hanging is a kernel in which listen neither returns nor sleeps.
func hanging(process string, r netcore.Request) answer {
	if r.Name == "listen" {
		return answer{hangs: true}
	}
	return plain(process, r)
}

// has reports whether a call has been made.
func (k *scripted) has(call string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(k.made, call)
}

func short(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return c
}

func step(role string) Move { return Move{Kind: MoveStep, Role: role} }

func TestMoveInterruptedInACall(t *testing.T) {
	s, k := started(t, hanging)
	for range 2 {
		if err := s.Do(ctx(t), step("server")); err != nil {
			t.Fatal(err)
		}
	}
	inside, enough := context.WithCancelCause(t.Context())
	go func() {
		for !k.has("server listen") && t.Context().Err() == nil {
			runtime.Gosched()
		}
		enough(context.DeadlineExceeded)
	}()
	if err := s.Do(inside, step("server")); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err = %v", err)
	}
	v := s.View()
	if v.Sides[0].State != SideBlocked || s.Records() != 4 {
		t.Fatalf("server %s, %d records", v.Sides[0].State, s.Records())
	}
	k.live["server"].in.finish(answer{})
	waitView(t, s, v, func(v *View) bool { return v.Sides[0].State == SideReady && v.Sides[0].Line == 11 })
	if err := s.Do(ctx(t), step("client")); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsAMove(t *testing.T) {
	s, _ := started(t, hanging)
	for range 2 {
		s.Do(ctx(t), step("server"))
	}
	done := make(chan error, 1)
	go func() { done <- s.Do(context.Background(), step("server")) }()
	for s.turnFree() {
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		if !errors.Is(err, ErrClosed) {
			t.Errorf("the move ended with %v", err)
		}
	case <-ctx(t).Done():
		t.Fatal("the move goes on")
	}
	if err := s.Start(ctx(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed session starts: %v", err)
	}
}

func (s *Session) turnFree() bool { return len(s.turn) == 0 }

func TestWaitingForATurnEnds(t *testing.T) {
	s, _ := started(t, hanging)
	s.Do(ctx(t), step("server"))
	s.Do(ctx(t), step("server"))
	go s.Do(context.Background(), step("server"))
	for s.turnFree() {
		runtime.Gosched()
	}
	if err := s.Do(short(t), step("client")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
}

func TestNoLabLosesNothing(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Jump(ctx(t), 3); err != nil {
		t.Fatal(err)
	}
	before := s.Journal()
	k.broken = errors.New("no room")
	if err := s.Rerun(ctx(t), 2); !errors.Is(err, k.broken) {
		t.Fatalf("err = %v", err)
	}
	if err := s.Do(ctx(t), step("server")); !errors.Is(err, ErrClosed) {
		t.Errorf("a move without a lab: %v", err)
	}
	if !strings.Contains(s.View().Message, "no room") {
		t.Errorf("the view says %q", s.View().Message)
	}
	if got := s.Journal().Moves; !slices.Equal(got, before.Moves) {
		t.Errorf("moves %v, want %v", got, before.Moves)
	}
	k.broken = nil
	if err := s.Rerun(ctx(t), 2); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.made, ","); got != "server socket,server listen" {
		t.Errorf("made %s", got)
	}
}

func TestFreshLabBeginsWithNoChanges(t *testing.T) {
	s, k := started(t, plain)
	k.snap = func() netcore.Snapshot { return netcore.Snapshot{} }
	s.snapshot = netcore.Snapshot{Sockets: []netcore.Socket{{Cookie: 7, State: "LISTEN"}}}
	if err := s.Rerun(ctx(t), 0); err != nil {
		t.Fatal(err)
	}
	if v := s.View(); len(v.Changed) > 0 {
		t.Errorf("a fresh lab says %v", v.Changed)
	}
}

func TestResumeWhatDoesNotFitAnyMore(t *testing.T) {
	s, _ := started(t, plain)
	j := Journal{Lesson: "test", Step: 40, Steps: 40, Phase: Ran,
		Edits: map[string]string{"server": "int main(void) { retrun 0; }", "stranger": "int x;"},
		Moves: []Move{
			{Kind: MoveRun, Role: "server", Label: "socket", Step: 2},
			{Kind: MoveRun, Role: "server", Label: "gone", Step: 3},
			{Kind: MoveStep, Role: "stranger"},
			{Kind: "later", Role: "server"},
			{Kind: MoveRun, Role: "server", Label: "listen", Step: 99},
		},
		Answers: map[string]Answer{"socket": {Step: "socket", Chosen: 77}, "gone": {Chosen: 1}},
	}
	if err := s.Resume(ctx(t), j); err != nil {
		t.Fatal(err)
	}
	v := s.View()
	for _, want := range []string{"server.c is kept", "move 2 could not", `no line labelled "gone"`, "Nor could 2"} {
		if !strings.Contains(v.Message, want) {
			t.Errorf("the message lacks %q: %s", want, v.Message)
		}
	}
	if v.Step >= len(v.Lesson.Steps) && v.Phase != Finished {
		t.Errorf("step %d, phase %v", v.Step, v.Phase)
	}
	if v.Done > len(v.Lesson.Steps) || v.Sides[0].Line != 11 {
		t.Errorf("done %d, server before line %d", v.Done, v.Sides[0].Line)
	}
	again := s.Journal()
	if !slices.Equal(again.Moves, j.Moves) || again.Edits["server"] != j.Edits["server"] || again.Edits["stranger"] != "int x;" || len(again.Answers) != 2 {
		t.Errorf("the journal became %+v", again)
	}
	for s.View().Phase != Finished {
		if s.View().Phase == Asking {
			s.Answer(-1)
		}
		if err := s.Next(ctx(t)); err != nil {
			break // a side that is beside the path; it must not panic
		}
	}
}

func TestRunningToAnEarlierLineIsRepeatable(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Jump(ctx(t), 4); err != nil {
		t.Fatal(err)
	}
	edit := Move{Kind: MoveEdit, Role: "server", Line: 10, Text: `    if (listen(s, 7) < 0) { perror("listen"); return 1; }`}
	if err := s.Do(ctx(t), edit); err != nil {
		t.Fatal(err)
	}
	line := s.View().Sides[0].Line
	made := slices.Clone(k.made)
	if line != 10 {
		t.Fatalf("stands before line %d, want 10", line)
	}
	if err := s.Rerun(ctx(t), 1000); err != nil {
		t.Fatal(err)
	}
	if now := s.View().Sides[0].Line; now != line || !slices.Equal(made, k.made) {
		t.Errorf("again: line %d, made %v; before: %d, %v", now, k.made, line, made)
	}
	if n, want := s.Records(), len(s.Journal().Moves)+1; n != want {
		t.Errorf("%d records of %d moves", n, want-1)
	}
}

func TestTypedCallThatIsNotMade(t *testing.T) {
	s := playOnKernel(t, "int main(void) { int s = 3; return 0; }")
	if err := s.Do(ctx(t), Move{Kind: MoveType, Role: "a", Text: "close(40)"}); err != nil {
		t.Fatal(err)
	}
	v := s.View()
	if v.Sides[0].State == SideFault || !strings.Contains(v.Message, "not made") {
		t.Errorf("state %s (%s), message %q", v.Sides[0].State, v.Sides[0].Fault, v.Message)
	}
	if err := s.Do(ctx(t), step("a")); err != nil {
		t.Error(err)
	}
}

// playOnKernel is free play of one program on the real kernel.
func playOnKernel(t *testing.T, body string) *Session {
	t.Helper()
	src := "#include <sys/socket.h>\n#include <netinet/in.h>\n#include <signal.h>\n#include <stdio.h>\n#include <unistd.h>\n" + body
	p, err := cprog.Parse("a.c", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	s := NewPlay([]Role{{Name: "a", File: "a.c", Program: p}}, false, OpenLab(netcore.Options{}))
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestLoopsWithoutEnd steps, and runs to a label, in a program that never ends.
func TestLoopsWithoutEnd(t *testing.T) {
	s := playOnKernel(t, "int main(void) { while (close(9) < 0) ;\nfor (;;) printf(\"x\");\nreturn 0; /* [end] */ }")
	for range 3 {
		if err := s.Do(ctx(t), step("a")); err != nil || s.View().Sides[0].State != SideReady {
			t.Fatalf("%v, %s", err, s.View().Sides[0].State)
		}
	}
	if err := s.Do(short(t), Move{Kind: MoveRun, Role: "a", Label: "end"}); err == nil {
		t.Fatal("a loop without an end ended")
	}
	// It may stand in the middle of a line, or in the call.
	waitView(t, s, s.View(), func(v *View) bool { return v.Sides[0].State == SideReady })
	if err := s.Do(ctx(t), step("a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(ctx(t), Move{Kind: MoveType, Role: "a", Text: "close(8)"}); err != nil || s.View().Result != "close(8) = -1 EBADF (Bad file descriptor)" {
		t.Errorf("afterwards: %v, %q", err, s.View().Result)
	}
}

func TestLostLab(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no lab process on this system")
	}
	s := playOnKernel(t, "int main(void) { int s = socket(AF_INET, SOCK_STREAM, 0); close(s); return 0; }")
	if err := s.Do(ctx(t), step("a")); err != nil {
		t.Fatal(err)
	}
	lab := s.stage.(labStage)
	if err := syscall.Kill(lab.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-lab.Lost()
	for name, move := range map[string]func() error{
		"step":   func() error { return s.Do(ctx(t), step("a")) },
		"type":   func() error { return s.Do(ctx(t), Move{Kind: MoveType, Role: "a", Text: "close(3)"}) },
		"fresh":  func() error { return s.Do(ctx(t), Move{Kind: MoveFresh, Role: "a"}) },
		"cancel": func() error { return s.Do(ctx(t), Move{Kind: MoveCancel, Role: "a"}) },
		"kill":   func() error { return s.Do(ctx(t), Move{Kind: MoveKill, Role: "a"}) },
		"next":   func() error { return s.Next(ctx(t)) },
	} {
		if err := move(); !errors.Is(err, netcore.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for end := ctx(t); !errors.Is(s.Refresh(end), netcore.ErrClosed); { // it does not wait for its turn
		if end.Err() != nil {
			t.Fatal("a look does not notice that the lab is gone")
		}
	}
	if err := s.Rerun(ctx(t), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(ctx(t), step("a")); err != nil || s.View().Result != "close(3) = 0" {
		t.Errorf("in the new lab: %v, %q", err, s.View().Result)
	}
}

func TestStoppedWorkerHoldsNobodyUp(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a stopped process is not seen on this system")
	}
	s := playOnKernel(t, "int main(void) { int s = socket(AF_INET, SOCK_STREAM, 0); close(s); return 0; }")
	pid := s.View().Sides[0].PID
	syscall.Kill(pid, syscall.SIGSTOP)
	if err := s.Do(ctx(t), step("a")); err != nil {
		t.Fatal(err)
	}
	if v := s.View(); v.Sides[0].State != SideBlocked {
		t.Fatalf("state %s", v.Sides[0].State)
	}
	if err := s.Do(short(t), Move{Kind: MoveCancel, Role: "a"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancel: %v", err)
	}
	v := s.View()
	syscall.Kill(pid, syscall.SIGCONT)
	waitView(t, s, v, func(v *View) bool { return v.Sides[0].State == SideReady })
	syscall.Kill(pid, syscall.SIGSTOP)
	s.Do(ctx(t), step("a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStepsStayCheap holds the bytes a move allocates late against early ones.
func TestStepsStayCheap(t *testing.T) {
	s, _ := started(t, plain)
	cost := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range n {
			text := fmt.Sprintf("send(3, \"x\", %d, 0)", i%2)
			if err := s.Do(context.Background(), Move{Kind: MoveType, Role: "client", Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / uint64(n)
	}
	early := cost(100)
	cost(1000)
	if late := cost(100); late > 2*early {
		t.Errorf("a move allocates %d bytes after 1100 moves, %d at first", late, early)
	}
}
