package ui

import (
	"flag"
	"os"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

var show = flag.Bool("show", false, "log the frames of the lessons that are really played, at 80x24 too")

func TestMain(m *testing.M) {
	netcore.MaybeRun() // the test binary is the lab and its workers too
	os.Exit(m.Run())
}

// TestLessonsForReal plays every lesson on the real kernel from the first key to
// the takeaway, with an answer to every question.
func TestLessonsForReal(t *testing.T) {
	c, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range c.Lessons {
		t.Run(l.Name, func(t *testing.T) { playThrough(t, c, l) })
	}
}

func playThrough(t *testing.T, c *lesson.Course, l *lesson.Lesson) {
	d := drive(t, New(Options{Course: c, Lesson: l.Name,
		Open: func(l *lesson.Lesson) Session { return lesson.NewSession(l, lesson.OpenLab(netcore.Options{})) }}))
	t.Cleanup(func() { _ = d.m.Close() })
	d.until("the lesson is open", func() bool { return d.m.onStage && !d.m.stage.busy })
	if !d.m.stage.ready {
		t.Skipf("no lab can be opened here:\n%s", picture(d.m))
	}
	for range 4 * len(l.Steps) {
		v := d.m.stage.view
		if v.Phase == lesson.Finished {
			break
		}
		if *show {
			t.Logf("\n%s", picture(d.m))
			small := d.m
			small.width, small.height = 80, 24
			t.Logf("\n%s", picture(small))
		}
		if len(v.Differed) > 0 || d.m.over.kind != overNone {
			t.Fatalf("not as the lesson says:\n%s", picture(d.m))
		}
		if v.Phase == lesson.Asking {
			d.press("2")
		}
		d.press("enter")
		d.settled()
	}
	if d.m.stage.view.Phase != lesson.Finished {
		t.Fatalf("the lesson did not come to its end:\n%s", picture(d.m))
	}
	d.shows("what to remember")
	d.press("q")
	d.until("the end", func() bool { return d.quit })
}
