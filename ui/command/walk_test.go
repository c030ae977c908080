package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// TestTheWholeCourseByOneInput goes through the whole course in plain lines, from the
// list of lessons with nothing done until all are, with one input in which every line
// was written beforehand: a prompt more or less than the lessons have, and what follows
// answers the wrong question. Every prediction is the one that the lesson expects.
func TestTheWholeCourseByOneInput(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no lesson runs on Windows itself")
	}
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	private := netcore.Probe(t.Context()).Tier.Private()
	var lines []string
	var open []*lesson.Lesson
	questions := 0
	for i, l := range course.Lessons {
		chosen := fmt.Sprint(i + 1)
		if len(open) == i {
			chosen = "" // Enter alone takes the one after the last
		}
		lines = append(lines, chosen)
		if l.Private() && !private {
			continue // it is refused, and the list is there again
		}
		own, n := predicted(t, l)
		open, lines, questions = append(open, l), append(lines, own...), questions+n
	}
	text, progress := learnt(t, course, append(lines, "q"))
	for _, l := range open {
		if k, _ := progress.Lesson(l.Name); !k.Finished || len(k.Ran) != len(l.Steps) {
			t.Errorf("%s was not gone through: %d of %d steps ran", l.Name, len(k.Ran), len(l.Steps))
		}
		if !strings.Contains(text, fmt.Sprintf("%s: %s, %d minutes, done.", l.Name, l.Title, l.Minutes)) {
			t.Errorf("%s is not done in the list at the end", l.Name)
		}
	}
	if got, want := strings.Count(text, lesson.ErrPrivate.Error()), len(course.Lessons)-len(open); got != want {
		t.Errorf("%d lessons were refused, want %d", got, want)
	}
	if got := strings.Count(text, "Your prediction came true"); got != questions {
		t.Errorf("%d of %d predictions came true", got, questions)
	}
	for _, bad := range []string{"Otherwise than the lesson expected", "Not done:", "is no command here", "There is no lesson", "There are answers"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("not as the lessons say:\n%s", text[max(i-1500, 0):min(i+500, len(text))])
		}
	}
}

// predicted are the lines that play a lesson to its end, and how many predictions they
// make.
func predicted(t *testing.T, l *lesson.Lesson) (lines []string, questions int) {
	t.Helper()
	for i := range l.Steps {
		st := &l.Steps[i]
		if st.Input != nil {
			lines = append(lines, "")
		}
		if st.Ask != nil {
			right := st.Expected()
			if len(right) != 1 {
				t.Fatalf("%s %s: the answers %v are right", l.Name, st.ID, right)
			}
			if st.Ask.Typed != "" {
				lines = append(lines, string(st.Ask.Options[right[0]].Is))
			} else {
				lines = append(lines, fmt.Sprint(right[0]+1))
			}
			questions++
		}
		lines = append(lines, runs(st), "") // and goes on
	}
	return append(lines, ""), questions // and leaves the lesson
}

// runs is the line that runs a step; a goal is reached in the lesson's own way.
func runs(st *lesson.Step) string {
	if st.Goal {
		return "0"
	}
	return ""
}

// learnt opens the course in plain lines with an input, and returns what was written
// and the progress as it is read again afterwards.
func learnt(t *testing.T, course *lesson.Course, lines []string) (string, *lesson.Progress) {
	t.Helper()
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	go func() {
		defer typed.Close()
		_, _ = io.WriteString(typed, strings.Join(lines, "\n")+"\n")
	}()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	file := filepath.Join(t.TempDir(), "progress.json")
	p := &program{in: in, out: out, err: out, linear: true, opener: lesson.OpenLab(netcore.Options{}),
		course:   func() (*lesson.Course, error) { return course, nil },
		progress: func() *lesson.Progress { return lesson.OpenProgress(file, "") }}
	ctx, stop := context.WithTimeout(t.Context(), 10*clocktest.Patience)
	defer stop()
	err = p.learn(ctx, visit{})
	text, reading := os.ReadFile(out.Name())
	if err != nil || reading != nil {
		t.Fatalf("%v, %v:\n%s", err, reading, text)
	}
	progress := lesson.OpenProgress(file, "")
	t.Cleanup(func() { _ = progress.Close(context.Background()) })
	return string(text), progress
}
