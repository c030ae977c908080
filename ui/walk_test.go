package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// TestTheWholeCourseByKeyboard goes through the whole course in a window of 80x24 as a
// new learner does: from the list of lessons with nothing done, each lesson to its
// takeaway and back, until all are done. Predictions are chosen, right and wrong, or
// skipped, and what was believed wrongly is asked about again. Wherever a learner
// stands, what there is to read is on the screen, and Enter leads on.
func TestTheWholeCourseByKeyboard(t *testing.T) {
	w := newWalk(t)
	for i, l := range w.d.m.o.Course.Lessons {
		t.Run(l.Name, func(t *testing.T) {
			w.on(t)
			w.open(i)
			w.through(l)
		})
		if t.Failed() {
			return // the lessons after it would start from where this one broke
		}
	}
	w.on(t)
	w.d.press("q")
	w.d.until("the end", func() bool { return w.d.quit })
	w.kept()
}

// walk is a learner on the way through the course.
type walk struct {
	t         *testing.T
	d         *driver
	file      string
	progress  *lesson.Progress
	walked    []string // lessons gone through to their end
	questions int
	recalled  int
}

func newWalk(t *testing.T) *walk {
	t.Helper()
	c, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	files, err := lesson.BuiltinFiles()
	if err != nil {
		t.Fatal(err)
	}
	outline, err := lesson.Outline(files)
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{file: filepath.Join(t.TempDir(), "progress.json")}
	w.progress = lesson.OpenProgress(w.file, "")
	w.d = drive(t, New(Options{Course: outline, Whole: func() *lesson.Course { return c }, Progress: w.progress,
		Open: func(l *lesson.Lesson) Session { return lesson.NewSession(l, lesson.OpenLab(netcore.Options{})) }}))
	w.d.send(tea.WindowSizeMsg{Width: minWidth, Height: minHeight})
	t.Cleanup(func() { _ = w.d.m.Close() })
	w.on(t)
	w.sees(ln(roleText, "▸  1"), ln(roleText, "not begun"))
	if strings.Contains(picture(w.d.m), "✓") {
		t.Errorf("something is done before anything was:\n%s", picture(w.d.m))
	}
	return w
}

// on has what follows belong to a test.
func (w *walk) on(t *testing.T) { w.t, w.d.t = t, t }

// open opens lesson i from the course. The arrow is needed only after a lesson that
// was not gone through: the end of one leads to the next.
func (w *walk) open(i int) {
	w.t.Helper()
	if n := len(w.walked); n > 0 && i > 0 && w.walked[n-1] == w.lessons()[i-1].Name && w.d.m.pick != i {
		w.t.Fatalf("the lesson before is done, and another than the next is chosen:\n%s", picture(w.d.m))
	}
	for w.d.m.pick < i {
		w.d.press("down")
	}
	w.sees(ln(roleText, fmt.Sprintf("▸ %2d", i+1)), ln(roleText, "opens "))
	w.sees(w.d.m.about(minWidth)...)
	w.d.press("enter")
	w.recall()
	w.d.until("the lesson is open", func() bool { return w.d.m.onStage && !w.d.m.stage.busy })
	w.leaveClosed()
}

func (w *walk) lessons() []*lesson.Lesson { return w.d.m.o.Course.Lessons }

// recall answers the question that a wrong answer some lessons ago brought.
func (w *walk) recall() {
	for w.d.m.over.kind == overList {
		w.recalled++
		w.frame()
		w.d.press("down", "enter")
	}
}

// leaveClosed goes back to the course from a lesson that this machine has no lab for.
func (w *walk) leaveClosed() {
	w.t.Helper()
	if w.d.m.stage.ready {
		return
	}
	why := picture(w.d.m)
	w.d.press("esc")
	if w.d.m.onStage {
		w.t.Fatalf("esc does not lead out of a lesson that did not open:\n%s", picture(w.d.m))
	}
	err := lesson.NewSession(w.d.m.stage.lesson, lesson.OpenLab(netcore.Options{})).Start(context.Background())
	if !errors.Is(err, lesson.ErrPrivate) && w.d.m.pick > 0 {
		w.t.Fatalf("this lesson did not open here, and others did: %v\n%s", err, why)
	}
	w.t.Skipf("no lab of this lesson can be opened here: %v", err)
}

// through plays the lesson on the stage to its end, and goes back to the course.
func (w *walk) through(l *lesson.Lesson) {
	w.t.Helper()
	for w.d.m.stage.view.Phase != lesson.Finished {
		w.look()
		w.onward()
	}
	w.look()
	w.d.shows("what to remember")
	checkLadder(w.t, w.d.m.stage.rungs())
	w.d.press("enter")
	if w.d.m.onStage {
		w.t.Fatalf("enter does not lead back to the course:\n%s", picture(w.d.m))
	}
	if done := w.d.m.doneText(l); done != "✓ done" {
		w.t.Fatalf("%s was gone through, and is %s", l.Name, done)
	}
	w.walked = append(w.walked, l.Name)
	if *show {
		w.t.Logf("\n%s", picture(w.d.m))
	}
}

// onward is what leads on from where the learner stands, and has to.
func (w *walk) onward() {
	w.t.Helper()
	before := w.d.m.stage.view
	switch before.Phase {
	case lesson.Asking:
		w.predict()
	case lesson.Trying:
		w.achieve()
	default:
		w.d.press("enter")
	}
	w.d.settled()
	v := w.d.m.stage.view
	if v.Step < before.Step || v.Step == before.Step && v.Phase == before.Phase {
		w.t.Fatalf("a dead end, enter leads nowhere:\n%s", picture(w.d.m))
	}
	if len(v.Differed) > 0 || v.OffPath != "" || w.d.m.over.kind != overNone {
		w.t.Fatalf("not as the lesson says:\n%s", picture(w.d.m))
	}
}

// predict answers the open question: by its number, by the arrows, or not at all.
func (w *walk) predict() {
	options := len(w.d.m.stage.step().Ask.Options)
	w.questions++
	if w.d.m.stage.typing() {
		w.d.press("enter")
		if !w.d.m.field.open {
			w.t.Fatalf("an answer is to be typed, and there is no field:\n%s", picture(w.d.m))
		}
		answer, _, _ := strings.Cut(string(w.d.m.stage.step().Ask.Options[w.questions%options].Is), " | ")
		w.d.typed(answer)
		w.d.press("enter")
		return
	}
	n := w.questions % options
	switch w.questions % 4 {
	case 0:
		w.d.press("0")
		return
	case 1:
		for range n + 1 {
			w.d.press("down")
		}
	default:
		w.d.press(itoa(n + 1))
	}
	if got := w.d.m.stage.choice; got != n {
		w.t.Fatalf("answer %d was chosen, and the screen has %d:\n%s", n+1, got+1, picture(w.d.m))
	}
	w.d.press("enter")
}

// achieve brings a goal about: a puzzle by its right order, the others by the calls of
// the lesson's own way, typed on their side.
func (w *walk) achieve() {
	w.t.Helper()
	st := w.d.m.stage.step()
	if st.Order != nil {
		for _, call := range st.Order.Calls {
			w.d.press(itoa(slices.Index(st.Order.Cards(), call) + 1))
		}
		w.d.press("enter")
	} else {
		for _, leg := range st.Route {
			w.make(leg)
		}
	}
	w.d.until("the goal", func() bool { return w.d.m.stage.view.Phase == lesson.Ran })
}

// make types a call on its side.
func (w *walk) make(leg lesson.Leg) {
	w.t.Helper()
	if leg.Label != "" {
		w.t.Fatalf("%s is on the way to a goal, and is no call to type", leg)
	}
	for w.d.m.stage.focus() != leg.Role {
		w.d.press("tab")
	}
	w.d.press(":")
	w.d.typed(leg.Text)
	w.d.press("enter")
	w.d.settled()
}

// look reads what there is to read here, on a whole frame of the smallest window.
func (w *walk) look() {
	w.t.Helper()
	m := w.d.m
	w.frame()
	st, v, width := m.stage.step(), m.stage.view, m.layout().text.w-2
	switch {
	case v.Phase == lesson.Finished:
		w.sees(markdown(v.Lesson.Takeaway, width)...)
	case v.Phase == lesson.Ran:
		w.sees(m.verdict(v, st, width)...)
		w.sees(m.told(v, st, width)...)
	case v.Phase == lesson.Asking:
		w.sees(m.question(st, width, 0)...)
		if m.stage.typing() {
			w.d.press("esc") // what is typed goes to the field
		}
		w.d.press("x")
		w.sees(m.question(st, width, minHeight)...)
		w.d.press("x")
	case v.Phase == lesson.Trying:
		w.sees(m.cards(st, width)...)
		w.sees(goalLines(v, st, width, st.Order != nil)...)
	default:
		w.sees(m.before(v, st, width, 0)...)
	}
	w.sees(w.d.m.prompt(m.width).fit(m.width))
}

// frame wants the screen to be one of the window's size.
func (w *walk) frame() {
	w.t.Helper()
	checkFrame(w.t, w.d.m.stage.lesson.Name, w.d.m, minWidth, minHeight)
	if *show {
		w.t.Logf("\n%s", picture(w.d.m))
	}
}

// sees wants lines on the screen, one below the other.
func (w *walk) sees(ls ...line) {
	w.t.Helper()
	rest := picture(w.d.m)
	for _, l := range ls {
		_, after, ok := strings.Cut(rest, strings.TrimSpace(l.plain()))
		if !ok {
			w.t.Fatalf("%q is cut off, or not there:\n%s", l.plain(), picture(w.d.m))
		}
		rest = after
	}
}

// kept wants the file of the progress to have what was done.
func (w *walk) kept() {
	w.t.Helper()
	if err := w.progress.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	again := lesson.OpenProgress(w.file, "")
	defer again.Close(w.t.Context())
	for _, name := range w.walked {
		if k, _ := again.Lesson(name); !k.Finished || !k.Journal.Done {
			w.t.Errorf("%s was gone through, and the file has %+v", name, k)
		}
	}
	if len(w.walked) == len(w.lessons()) && w.recalled == 0 {
		w.t.Error("wrong answers in every lesson, and no belief was asked about again")
	}
}
