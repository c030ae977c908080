package lesson

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// patient is a lesson whose last step wants a side that is inside a call of the
// step before it.
func patient(t *testing.T, patience time.Duration) *Lesson {
	l := testLesson(t)
	l.Steps = []Step{
		{ID: "accept", Run: &Run{"server", "accept"}},
		{ID: "recv", Run: &Run{"server", "recv"}, Patience: patience, Expect: []Expectation{{About: "result", Is: "2"}}},
	}
	return l
}

// inAccept plays the first step of such a lesson: accept sleeps.
func inAccept(t *testing.T, patience time.Duration) (*Session, *scripted) {
	t.Helper()
	k := newScripted(plain)
	s := NewSession(patient(t, patience), k.opener())
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	next(t, s)
	next(t, s)
	return s, k
}

func TestStepWaitsForItsSide(t *testing.T) {
	s, k := inAccept(t, clocktest.Patience)
	seen := s.View()
	done := make(chan error, 1)
	end := ctx(t)
	go func() { done <- s.Next(end) }()
	waitView(t, s, seen, func(v *View) bool { return v.Waits > 0 })
	k.live["server"].in.finish(answer{ret: 4})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	v := s.View()
	if v.Phase != Ran || len(v.Differed) > 0 || v.Waits != 0 {
		t.Errorf("phase %v, differed %v, waits %d", v.Phase, v.Differed, v.Waits)
	}
	if len(v.StepCalls) != 2 {
		t.Errorf("%d calls belong to the step, want accept, which returned in it, and recv", len(v.StepCalls))
	}
}

func TestStepWithoutPatienceDoesNotWait(t *testing.T) {
	s, k := inAccept(t, 0)
	if err := s.Next(ctx(t)); err == nil || !strings.Contains(err.Error(), "still inside accept()") {
		t.Fatalf("error %v, want that the side is inside a call", err)
	}
	k.live["server"].in.finish(answer{ret: 4})
	seen := s.View()
	waitView(t, s, seen, func(v *View) bool { return v.Sides[0].State == SideReady })
	next(t, s) // the same step, now that it can run
	if v := s.View(); v.Phase != Ran || v.Step != 1 {
		t.Errorf("phase %v at step %d", v.Phase, v.Step)
	}
}

func TestStepGivesUpWaiting(t *testing.T) {
	s, _ := inAccept(t, 30*time.Millisecond)
	err := s.Next(ctx(t))
	if err == nil || !strings.Contains(err.Error(), "still inside accept()") || errors.Is(err, netcore.ErrClosed) {
		t.Fatalf("error %v, want that the side is inside a call", err)
	}
	if v := s.View(); v.Phase == Ran || v.Waits != 0 {
		t.Errorf("phase %v, waits %d", v.Phase, v.Waits)
	}
}

// TestWhatCannotBeSeenIsNotHeldAgainst wants an expectation about packets, where
// there are none to be seen, neither judged nor waited for, and the prediction
// marked all the same.
func TestWhatCannotBeSeenIsNotHeldAgainst(t *testing.T) {
	for _, c := range []struct {
		missing          []string
		differed, unseen int
		mark             Mark
	}{
		{nil, 1, 0, Unmarked},
		{[]string{"Packets are not visible here: for a reason."}, 0, 1, Right},
	} {
		k := newScripted(plain)
		k.snap = func() netcore.Snapshot { return netcore.Snapshot{Missing: c.missing} }
		l := testLesson(t)
		l.Steps = l.Steps[1:2]
		l.Steps[0].Expect = append(l.Steps[0].Expect, Expectation{About: "packets", Is: "SYN"})
		s := NewSession(l, k.opener())
		if err := s.Start(ctx(t)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.Answer(1); err != nil {
			t.Fatal(err)
		}
		next(t, s)
		v := s.View()
		if len(v.Differed) != c.differed || len(v.Unseen) != c.unseen || v.Answers["socket"].Mark != c.mark {
			t.Errorf("missing %v: differed %v, unseen %v, answer %+v", c.missing, v.Differed, v.Unseen, v.Answers["socket"])
		}
	}
}
