package lesson

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sockstep/netcore"
)

// fromMemory opens the lesson of goals at a step, or skips where there is no lab.
func fromMemory(t *testing.T, step string) *Session {
	t.Helper()
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lesson("memory")
	s := NewSession(l, OpenLab(netcore.Options{}))
	t.Cleanup(func() { s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skipf("no lab can be opened here: %v", err)
	}
	if err := s.Jump(ctx(t), l.StepIndex(step)); err != nil {
		t.Fatal(err)
	}
	if s.View().Phase == Asking {
		if err := s.Answer(Skipped); err != nil {
			t.Fatal(err)
		}
	}
	if p := s.View().Phase; p != Trying {
		t.Fatalf("phase %v at the step %s, want that its goal is open", p, step)
	}
	return s
}

// dealt are the indices of calls among the cards of the present puzzle, each named
// by how it begins.
func dealt(t *testing.T, s *Session, names ...string) (picks []int) {
	t.Helper()
	all := s.present().Order.Cards()
	for _, name := range names {
		i := slices.IndexFunc(all, func(c string) bool { return strings.Contains(c, name+"(") })
		if i < 0 {
			t.Fatalf("no card %q among %q", name, all)
		}
		picks = append(picks, i)
	}
	return picks
}

func call(t *testing.T, s *Session, role, text string) {
	t.Helper()
	if err := s.Do(ctx(t), Move{Kind: MoveType, Role: role, Text: text}); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestOrderIsAnsweredByTheKernel(t *testing.T) {
	s := fromMemory(t, "order-server")
	for _, c := range []struct {
		order       []string
		says        string
		unmet       string
		descriptors string
	}{
		{[]string{"socket", "accept"}, "socket() = 3, accept() = -1 EINVAL", "state server 3", "3"},
		{[]string{"socket", "listen", "accept"}, "accept() waits", "local server 3", "3"},
		{[]string{"bind"}, "bind() = -1 EBADF", "state server 3", "none"},
		{[]string{"socket", "bind", "listen", "connect", "accept"}, "connect() = -1 EISCONN", "failed server: expected 0, observed 1", "3"},
		{[]string{"socket", "send"}, "SIGPIPE", "state server 3", "none"},
	} {
		err := s.Order(ctx(t), dealt(t, s, c.order...))
		unmet := UnmetError{}
		if !errors.As(err, &unmet) {
			t.Fatalf("%q: %v", c.order, err)
		}
		v := s.View()
		if v.Phase != Trying || !strings.Contains(v.Message, c.says) || !strings.Contains(err.Error(), c.unmet) || !slices.Equal(v.Open, unmet.Open) {
			t.Errorf("%q: phase %v, %q, %v, %q", c.order, v.Phase, v.Message, err, v.Open)
		}
		if got := s.descriptors("server"); got != c.descriptors {
			t.Errorf("%q: descriptors %s, want %s: the try before it is still there", c.order, got, c.descriptors)
		}
	}
	if err := s.Order(ctx(t), dealt(t, s, "socket", "bind", "listen", "accept")); err != nil {
		t.Fatal(err)
	}
	if v := s.View(); v.Phase != Ran || len(v.Open) > 0 || v.Done != v.Step+1 {
		t.Errorf("phase %v, open %q, %d steps done", v.Phase, v.Open, v.Done)
	}
}

func TestOrderTakesOnlyItsCards(t *testing.T) {
	s := fromMemory(t, "order-server")
	for _, picks := range [][]int{nil, {-1}, {6}} {
		if err := s.Order(ctx(t), picks); err == nil {
			t.Errorf("%v is taken", picks)
		}
	}
	if n := len(s.View().Log); n > 0 {
		t.Errorf("%d lines have run", n)
	}
}

// TestAnyWayReachesTheGoal wants a way that is not the lesson's taken as well, with
// what failed on it, and the next step in a fresh lab on the lesson's own.
func TestAnyWayReachesTheGoal(t *testing.T) {
	s := fromMemory(t, "queue")
	call(t, s, "client", "t = socket(AF_INET, SOCK_STREAM, 0)")
	call(t, s, "client", "listen(t, 1)")
	call(t, s, "client", "connect(t, (struct sockaddr *)&a, sizeof a)")
	if err := s.Next(ctx(t)); !errors.As(err, new(UnmetError)) || s.View().Phase != Trying {
		t.Fatalf("error %v, phase %v", err, s.View().Phase)
	}
	call(t, s, "client", "close(t)")
	for range 2 {
		call(t, s, "client", "t = socket(AF_INET, SOCK_STREAM, 0)")
		call(t, s, "client", "connect(t, (struct sockaddr *)&a, sizeof a)")
		if s.View().Phase == Ran {
			break // the one that was closed still waits in the queue
		}
	}
	if v := s.View(); v.Phase != Ran || v.OffPath != "" {
		t.Fatalf("phase %v, %q, open %q", v.Phase, v.OffPath, v.Open)
	}
	if err := s.Next(ctx(t)); err != nil {
		t.Fatal(err)
	}
	v := s.View()
	if v.Phase != Trying || v.Step != v.Lesson.StepIndex("answer") || s.observe("waiting server 3", nil) != "2" || s.observe("value client u", nil) != "5" {
		t.Errorf("phase %v at step %d: %q", v.Phase, v.Step+1, v.Message)
	}
}

// TestSolveFromAnywhere wants the lesson's own way gone after the learner has made
// the goal impossible.
func TestSolveFromAnywhere(t *testing.T) {
	s := fromMemory(t, "time-wait")
	call(t, s, "client", "close(s)") // unread bytes: a reset, and no TIME_WAIT ever
	if err := s.Do(ctx(t), Move{Kind: MoveKill, Role: "server"}); err != nil {
		t.Fatal(err)
	}
	if v := s.View(); v.Phase != Trying || len(v.Open) == 0 {
		t.Fatalf("phase %v, open %q", v.Phase, v.Open)
	}
	if err := s.Solve(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if v := s.View(); v.Phase != Ran || len(v.Differed) > 0 {
		t.Errorf("phase %v, differed %q", v.Phase, v.Differed)
	}
	if err := s.Solve(ctx(t)); err == nil {
		t.Error("there is nothing to solve any more")
	}
}

// TestResumeInTheMiddleOfAGoal wants the moves towards a goal kept, and the goal
// still open, or reached, where it was.
func TestResumeInTheMiddleOfAGoal(t *testing.T) {
	s := fromMemory(t, "refused")
	call(t, s, "server", "close(s)")
	again := NewSession(s.lesson, OpenLab(netcore.Options{}))
	t.Cleanup(func() { again.Close() })
	if err := again.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if err := again.Resume(ctx(t), s.Journal()); err != nil {
		t.Fatal(err)
	}
	if v := again.View(); v.Phase != Trying || v.Step != s.View().Step || v.OffPath != "" {
		t.Fatalf("phase %v at step %d, %q", v.Phase, v.Step+1, v.OffPath)
	}
	call(t, again, "client", "s = socket(AF_INET, SOCK_STREAM, 0)")
	call(t, again, "client", "connect(s, (struct sockaddr *)&a, sizeof a)")
	if v := again.View(); v.Phase != Ran {
		t.Errorf("phase %v, open %q", v.Phase, v.Open)
	}
	if err := again.Rerun(ctx(t), len(again.Journal().Moves)); err != nil {
		t.Fatal(err)
	}
	if v := again.View(); v.Phase != Ran {
		t.Errorf("run again: phase %v, open %q", v.Phase, v.Open)
	}
}
