package linear

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// The test binary is the worker.
func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

func course(t *testing.T) *lesson.Course {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no lesson runs on Windows itself")
	}
	c, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// runs is the line that runs a step: its goal is reached in the lesson's own way.
func runs(st lesson.Step) string {
	if st.Goal {
		return "0"
	}
	return ""
}

// enters are the lines that play a lesson to its end without a prediction.
func enters(l *lesson.Lesson) (lines []string) {
	for _, st := range l.Steps {
		if st.Input != nil {
			lines = append(lines, "")
		}
		if st.Ask != nil {
			lines = append(lines, "")
		}
		lines = append(lines, runs(st), "")
	}
	return append(lines, "")
}

// through plays a session over l with lines that come by pipe.
func through(t *testing.T, l *lesson.Lesson, tier netcore.Tier, lines []string) (*lesson.View, string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 2*clocktest.Patience)
	defer stop()
	s := lesson.NewSession(l, lesson.OpenLab(netcore.Options{Tier: tier}))
	defer s.Close()
	var out bytes.Buffer
	end, err := Play(ctx, s, NewInput(strings.NewReader(strings.Join(lines, "\n")+"\n"), true), NewOutput(&out, 0), Options{})
	if errors.Is(err, lesson.ErrPrivate) {
		t.Skip(err)
	}
	if err != nil || end != Finished {
		t.Fatalf("end %v, %v:\n%s", end, err, &out)
	}
	return s.View(), out.String()
}

// TestLessonsAreFinishedByPipe plays every lesson with empty lines, in the network of
// the machine where it can be played there, and wants every question to have an answer
// that the kernel confirms.
func TestLessonsAreFinishedByPipe(t *testing.T) {
	for _, l := range course(t).Lessons {
		t.Run(l.Name, func(t *testing.T) {
			tier := netcore.TierHost
			if l.Private() {
				tier = netcore.TierUnknown
			}
			v, text := through(t, l, tier, enters(l))
			for _, st := range l.Steps {
				if a := v.Answers[st.ID]; st.Ask != nil && a.Correct < 0 {
					t.Errorf("step %s: no answer is right, observed %q", st.ID, a.Observed)
				}
			}
			if strings.Contains(text, "Otherwise than the lesson expected") || strings.Contains(text, "Not done") {
				t.Errorf("not as the lesson says:\n%s", text)
			}
			onlyPlain(t, text)
		})
	}
}

// onlyPlain fails for anything that is no line of printable text.
func onlyPlain(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x2500 && r < 0x2600 }); i >= 0 {
		t.Errorf("at %d: %q", i, text[i:min(i+20, len(text))])
	}
}
