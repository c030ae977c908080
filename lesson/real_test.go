package lesson

import (
	"errors"
	"os"
	"testing"

	"sockstep/netcore"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

// TestLessonsOnTheKernel plays every built-in lesson through on the real kernel.
func TestLessonsOnTheKernel(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course.Lessons {
		t.Run(l.Name, func(t *testing.T) {
			s := NewSession(l, OpenLab(netcore.Options{}))
			if err := s.Start(ctx(t)); errors.Is(err, ErrPrivate) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for s.View().Phase != Finished {
				playStep(t, s)
			}
		})
	}
}

func playStep(t *testing.T, s *Session) {
	t.Helper()
	switch s.View().Phase {
	case Asking:
		if err := s.Answer(0); err != nil {
			t.Fatal(err)
		}
	case Typing:
		if err := s.Input(ctx(t), ""); err != nil {
			t.Fatal(err)
		}
	case Trying:
		if err := s.Solve(ctx(t)); err != nil {
			t.Fatalf("step %d: %v", s.View().Step+1, err)
		}
	default:
		if err := s.Next(ctx(t)); err != nil {
			t.Fatalf("step %d: %v", s.View().Step+1, err)
		}
	}
	v := s.View()
	for _, d := range v.Differed {
		t.Errorf("step %d: %s", v.Step+1, d)
	}
	if v.Phase != Ran {
		return
	}
	if a, ok := v.Answers[v.Lesson.Steps[v.Step].ID]; ok && a.Correct < 0 {
		t.Errorf("step %d: no option of the question holds, observed %q", v.Step+1, a.Observed)
	}
}
