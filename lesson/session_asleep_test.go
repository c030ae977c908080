package lesson

import (
	"slices"
	"testing"

	"sockstep/netcore"
)

// dozing is a lesson whose client runs through recv to close in one move, and whose
// other step is about what the server's accept returned.
func dozing(t *testing.T) *Lesson {
	l := testLesson(t)
	l.Steps = []Step{
		{ID: "accept", Run: &Run{"server", "accept"}, Expect: []Expectation{{About: "result", Is: "blocks"}}},
		{ID: "client", Run: &Run{"client", "close"}, Expect: []Expectation{{About: "result", Is: "0"}, {About: "result server accept", Is: "4"}}},
	}
	return l
}

// atDozing plays the first step: accept sleeps. What the client sends sleeps too.
func atDozing(t *testing.T) (*Session, *scripted) {
	t.Helper()
	k := newScripted(func(process string, r netcore.Request) answer {
		if r.Name == "send" {
			return answer{blocks: true}
		}
		return plain(process, r)
	})
	s := NewSession(dozing(t), k.opener())
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	next(t, s)
	next(t, s)
	return s, k
}

// TestMoveGoesOnAfterDozing has a call of a step sleep for a moment, and another
// side's call come back late: the step waits for both, and runs on to its label.
func TestMoveGoesOnAfterDozing(t *testing.T) {
	s, k := atDozing(t)
	seen := s.View()
	done := make(chan error, 1)
	end := ctx(t)
	go func() { done <- s.Next(end) }()
	waitView(t, s, seen, func(v *View) bool { return v.Waits > 0 })
	k.mu.Lock()
	server, client := k.live["server"].in, k.live["client"].in
	k.mu.Unlock()
	client.finish(answer{ret: 2})
	server.finish(answer{ret: 4})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	v := s.View()
	if v.Phase != Ran || len(v.Differed) > 0 {
		t.Errorf("phase %v, differed %v", v.Phase, v.Differed)
	}
	if k.mu.Lock(); !slices.Contains(k.made, "client close") {
		t.Errorf("the client did not run on to its label: %q", k.made)
	}
	k.mu.Unlock()
	if want := "close(3) = 0"; v.Result != want {
		t.Errorf("result %q, want %q", v.Result, want)
	}
}

// TestNextMoveLeavesSleepersAlone moves the other side: what comes back then stops
// at its next line.
func TestNextMoveLeavesSleepersAlone(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Do(ctx(t), Move{Kind: MoveRun, Role: "server", Label: "close"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(ctx(t), Move{Kind: MoveStep, Role: "client"}); err != nil {
		t.Fatal(err)
	}
	k.live["server"].in.finish(answer{ret: 4})
	seen := s.View()
	waitView(t, s, seen, func(v *View) bool { return v.Sides[0].State == SideReady })
	if v := s.View(); v.Sides[0].Next.Label == "return" || slices.Contains(k.made, "server recv") {
		t.Errorf("the server ran on by itself, to %q", v.Sides[0].Next.Text)
	}
}
