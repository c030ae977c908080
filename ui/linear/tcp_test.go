package linear

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
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

// keys are the lines that play a lesson to its end, every prediction right. The
// right ones are those the kernel confirmed to a session nobody predicted in.
func keys(t *testing.T, l *lesson.Lesson, v *lesson.View) (lines []string, questions int) {
	for _, st := range l.Steps {
		if st.Input != nil {
			lines = append(lines, "")
		}
		if st.Ask != nil {
			a := v.Answers[st.ID]
			if a.Correct < 0 {
				t.Errorf("step %s: no answer is right, observed %q", st.ID, a.Observed)
			}
			lines = append(lines, fmt.Sprint(a.Correct+1))
			questions++
		}
		lines = append(lines, "", "")
	}
	return append(lines, ""), questions
}

// through plays a session over l with lines that come by pipe.
func through(t *testing.T, l *lesson.Lesson, tier netcore.Tier, lines []string) (*lesson.View, string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	s := lesson.NewSession(l, lesson.OpenLab(netcore.Options{Tier: tier}))
	defer s.Close()
	var out bytes.Buffer
	end, err := Play(ctx, s, NewInput(strings.NewReader(strings.Join(lines, "\n")+"\n"), true), NewOutput(&out, 0), Options{})
	if err != nil || end != Finished {
		t.Fatalf("end %v, %v:\n%s", end, err, &out)
	}
	return s.View(), out.String()
}

func TestLessonsAreFinishedByPipe(t *testing.T) {
	for _, l := range course(t).Lessons {
		for _, tier := range []netcore.Tier{netcore.TierUnknown, netcore.TierHost} {
			t.Run(fmt.Sprint(l.Name, "/", tier), func(t *testing.T) {
				v, _ := through(t, l, tier, make([]string, 4*len(l.Steps)+2))
				lines, questions := keys(t, l, v)
				_, text := through(t, l, tier, lines)
				wants(t, text, fmt.Sprintf("Of your predictions %d came true and 0 did not.", questions))
				if strings.Contains(text, "Otherwise than the lesson expected") || strings.Contains(text, "Not done") {
					t.Errorf("not as the lesson says:\n%s", text)
				}
				onlyPlain(t, text)
			})
		}
	}
}

// onlyPlain fails for anything that is no line of printable text.
func onlyPlain(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x2500 && r < 0x2600 }); i >= 0 {
		t.Errorf("at %d: %q", i, text[i:min(i+20, len(text))])
	}
}
