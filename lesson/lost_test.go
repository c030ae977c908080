package lesson

import (
	"testing"
	"time"

	"sockstep/netcore"
)

// lostAt opens the lesson "lost" and plays it up to a step, which has not run.
func lostAt(t *testing.T, step string) *Session {
	t.Helper()
	s := NewSession(builtinCourse(t).Lesson("lost"), OpenLab(netcore.Options{Tier: netcore.TierUser}))
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skipf("no private network: %v", err)
	}
	for {
		if v := s.View(); v.Phase != Ran && v.Lesson.Steps[v.Step].ID == step {
			return s
		}
		playStep(t, s)
	}
}

func asNetwork(t *testing.T, s *Session, acts ...string) {
	t.Helper()
	for _, act := range acts {
		if err := s.Do(ctx(t), Move{Kind: MoveWire, Text: act}); err != nil {
			t.Fatalf("%s: %v", act, err)
		}
	}
}

// TestLostIsReachedAnyWay has the learner bring the bytes across, in ways of their
// own, or in none.
func TestLostIsReachedAnyWay(t *testing.T) {
	for name, acts := range map[string][]string{
		"as proposed":     {"drop PSH ACK", "pass PSH ACK", "pass ACK"},
		"two are lost":    {"drop PSH ACK", "drop PSH ACK", "duplicate PSH ACK"},
		"only dropped":    {"drop PSH ACK"},
		"the wire flows":  {"drop PSH ACK", "flow"},
		"nobody does it":  nil,
		"nothing is lost": {"pass PSH ACK"},
		"late":            {"drop PSH ACK", "delay 300ms PSH ACK"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lostAt(t, "goal")
			asNetwork(t, s, acts...)
			for s.View().Phase != Finished {
				playStep(t, s)
			}
		})
	}
}

// TestLostGoesOnBehindTheLearner has the learner do more on the wire than the step
// asks for: the path goes on all the same.
func TestLostGoesOnBehindTheLearner(t *testing.T) {
	s := lostAt(t, "pass-syn")
	asNetwork(t, s, "pass SYN", "pass SYN ACK", "pass ACK")
	for range 2 { // the step runs, and the next one is entered
		if err := s.Next(ctx(t)); err != nil {
			t.Fatal(err)
		}
	}
	if v := s.View(); v.Phase != Asking || v.Lesson.Steps[v.Step].ID != "pass-syn-ack" {
		t.Errorf("the session stands in phase %v of step %d", v.Phase, v.Step+1)
	}
}

// TestAStepWaitsForWhatIsRepeated wants the time until the kernel sends again counted as
// long as it does, and no longer than there is.
func TestAStepWaitsForWhatIsRepeated(t *testing.T) {
	const rto = 3 * time.Second
	on := netcore.Socket{Timer: netcore.Timer{Kind: "on", Expires: rto}}
	later := netcore.Socket{Timer: netcore.Timer{Kind: "on", Expires: 2 * rto}}
	alive := netcore.Socket{Timer: netcore.Timer{Kind: "keepalive", Expires: 1}}
	for _, c := range []struct {
		sockets []netcore.Socket
		extra   time.Duration
		want    time.Duration
	}{
		{[]netcore.Socket{later, on, alive}, repeatPatience, rto + settling},
		{[]netcore.Socket{on}, rto, 0},
		{[]netcore.Socket{alive}, repeatPatience, 0},
	} {
		left := c.extra
		got := (&Session{snapshot: netcore.Snapshot{Sockets: c.sockets}}).repeatDue(&left)
		if got != c.want || left != c.extra-c.want {
			t.Errorf("%+v: %v, and %v left of %v; want %v", c.sockets, got, left, c.extra, c.want)
		}
	}
}
