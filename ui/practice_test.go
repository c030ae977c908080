package ui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/lesson/placement"
)

// kernel answers the questions of a practice from a script: with what an option says.
type kernel struct {
	t testing.TB

	mu     sync.Mutex
	option func(q drill.Question) int // whose pattern is observed, -1: none's
	err    error
	hold   chan struct{} // a run waits for it
	ended  int           // runs
}

// likely is the option that comes with the rule.
func likely(q drill.Question) int {
	for i, o := range q.Ask.Options {
		if o.Why != "" {
			return i
		}
	}
	return -1
}

func (k *kernel) run(ctx context.Context, q drill.Question, choice int) (drill.Outcome, error) {
	(&script{t: k.t}).outside("a run")
	k.mu.Lock()
	option, err, hold := k.option, k.err, k.hold
	k.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	k.mu.Lock()
	k.ended++
	k.mu.Unlock()
	if err != nil {
		return drill.Outcome{}, err
	}
	is := "ENOSUCH"
	if i := option(q); i >= 0 {
		is = string(q.Ask.Options[i].Is)
	}
	return drill.Outcome{Answer: q.Ask.Mark(choice, is), Log: scriptedLog(q)}, nil
}

// scriptedLog is a line of the log for every line that was asked about.
func scriptedLog(q drill.Question) []lesson.LogLine {
	var log []lesson.LogLine
	for _, l := range q.Lines {
		role := l.Role
		if role == "" {
			role = "server"
		}
		log = append(log, lesson.LogLine{Side: role, Text: "call(\x1b[2J)", Result: "-1 EINVAL"})
	}
	return log
}

func topic(t testing.TB, name string) drill.Topic {
	t.Helper()
	of, ok := drill.Named(name)
	if !ok {
		t.Fatalf("no topic %s", name)
	}
	return of
}

// practising is the practice screen with a question of a seed.
func practising(t testing.TB, name string, seed uint64, w, h int) Model {
	k := &kernel{t: t, option: likely}
	m := New(Options{Course: course(t), Progress: &keeper{last: "tcp"}, Practise: k.run,
		Open: func(l *lesson.Lesson) Session { return newScript(t, baseView(sample(t))) }})
	m.width, m.height = w, h
	return m.beginDrill(Drill{Topics: []drill.Topic{topic(t, name)}, Seed: seed})
}

// answeredBy is a practice whose question was answered: with the likely option, or
// with the one after it.
func answeredBy(m Model, right bool) Model {
	q := *m.practice.asked.drill
	is := likely(q)
	choice := is
	if !right {
		choice = (is + 1) % len(q.Ask.Options)
	}
	m.practice = m.practice.answered(q.Ask.Mark(choice, string(q.Ask.Options[is].Is)), scriptedLog(q))
	return m
}

// placed is a placement with two questions of which one was wrong the first time, at
// its end.
func placed(t testing.TB, w, h int) Model {
	m := practising(t, "recv", 1, w, h)
	tcp, order := m.o.Course.Lessons[0], m.o.Course.Lessons[1]
	a, _ := lesson.BeliefOf("M01")
	b, _ := lesson.BeliefOf("M12")
	first := []lesson.Placed{{Lesson: "tcp", Belief: "M01", Mark: lesson.Wrong}, {Lesson: "byte-order", Belief: "M12", Mark: lesson.Right}}
	m.practice = practice{open: true, title: "placement", place: placing{
		before:    lesson.Placement{Times: 1, First: 1, Last: 1, Asked: first},
		questions: []placement.Question{{Lesson: tcp, Belief: &a}, {Lesson: order, Belief: &b}}}}.advance()
	m, _ = m.answerIt(a.Right - 1)
	m, _ = m.practiceNext()
	m, _ = m.answerIt(b.Right % len(b.Options))
	m, _ = m.practiceNext()
	return m
}

// practiceStates are the practice screen in each of its states, and what leads to it.
func practiceStates(t testing.TB) map[string]func(w, h int) Model {
	with := func(name string, seed uint64, change func(Model) Model) func(w, h int) Model {
		return func(w, h int) Model { return change(practising(t, name, seed, w, h)) }
	}
	return map[string]func(w, h int) Model{
		"practice":        with("recv", 3, func(m Model) Model { m.practice.choice = 1; return m }),
		"practicealone":   with("descriptors", 9, func(m Model) Model { m.practice.alone = true; return m }),
		"practiceright":   with("recv", 3, func(m Model) Model { return answeredBy(m, true) }),
		"practicewrong":   with("queue", 5, func(m Model) Model { return answeredBy(m, false) }),
		"practicerunning": with("connect", 2, func(m Model) Model { m.practice.run, m.practice.slow = &run{cancel: func() {}}, true; return m }),
		"practicefailed":  with("types", 1, func(m Model) Model { m.practice.asked.failed = firstLines(errLab); return m }),
		"practicehelp":    with("types", 1, func(m Model) Model { m, _ = m.openHelp(); return m }),
		"practiceend": with("types", 1, func(m Model) Model {
			m.practice.count = 1
			m.practice = answeredBy(m, true).practice.advance()
			return m
		}),
		"practicelist": with("types", 1, func(m Model) Model {
			m.practice = practice{}
			m.o.Course.Lessons[0].Drills = []string{"descriptors", "state"}
			m, _ = m.practiceList()
			return m
		}),
		"placementend": func(w, h int) Model { return placed(t, w, h) },
		"placementbelief": with("types", 1, func(m Model) Model {
			b, _ := lesson.BeliefOf("M07")
			m.practice = practice{open: true, title: "placement", place: placing{questions: []placement.Question{{Lesson: m.o.Course.Lessons[0], Belief: &b}}}}.advance()
			return m
		}),
		"newcomer": with("types", 1, func(m Model) Model {
			m.practice, m.o.Progress = practice{}, &keeper{}
			return m
		}),
		"lastpage": func(w, h int) Model {
			l := sample(t)
			l.Drills = []string{"descriptors", "state"}
			v := baseView(l)
			v.Step, v.Phase = len(l.Steps), lesson.Finished
			m := staged(t, v, w, h)
			m.o.Practise = (&kernel{t: t}).run
			return m
		},
	}
}

// TestPracticeFits wants every question, and what came of it, in the smallest window
// without scrolling.
func TestPracticeFits(t *testing.T) {
	for _, of := range drill.Topics() {
		source := drill.NewSource(1, of)
		for range 100 {
			m := practising(t, of.Name, 1, minWidth, minHeight)
			q := source.Next()
			m.practice.asked = asked{about: of.Name, drill: &q}
			for _, m := range []Model{m, answeredBy(m, false)} {
				if text := picture(m); strings.Contains(text, "down scrolls") {
					t.Fatalf("%s does not fit:\n%s", of.Name, text)
				}
			}
		}
	}
}

// practiced is a course under way with a kernel that runs its questions.
func practiced(t testing.TB) (*driver, *kernel, *keeper) {
	c, k, kept := course(t), &kernel{t: t, option: likely}, &keeper{}
	c.Lessons[0].Drills = []string{"connect"}
	s := newScript(t, baseView(c.Lessons[0]))
	d := drive(t, New(Options{Course: c, Progress: kept, Open: func(*lesson.Lesson) Session { return s }, Practise: k.run}))
	return d, k, kept
}

func (d *driver) run1() {
	d.t.Helper()
	d.until("the answer is marked", func() bool { return d.m.practice.asked.marked })
}

// TestPractise answers questions rightly, wrongly and not at all, and goes back to the
// course.
func TestPractise(t *testing.T) {
	d, _, _ := practiced(t)
	d.press("p", "enter")
	d.shows("question 1, connect")
	right := likely(*d.m.practice.asked.drill)
	d.press("enter")
	d.shows("No answer chosen yet")
	d.press(itoa(right+1), "enter")
	d.run1()
	d.shows("✓ Right.")
	d.press("enter")
	d.shows("question 2, connect")
	wrong := (likely(*d.m.practice.asked.drill) + 1) % len(d.m.practice.asked.options())
	for range wrong + 1 {
		d.press("down")
	}
	d.press("enter")
	d.run1()
	d.shows("✗ Not so.")
	d.press("1")
	d.shows("This question is answered")
	d.press("enter", "0")
	d.run1()
	d.shows("Skipped. Right was")
	d.shows("1 of 2 right, 1 skipped")
	d.press("q")
	d.shows("Practised: 1 of 2 right, 1 skipped.")
	d.press("q")
	d.until("the end", func() bool { return d.quit })
}

// TestPracticeUnforeseen does not count what no option says, and what could not run.
func TestPracticeUnforeseen(t *testing.T) {
	d, k, _ := practiced(t)
	k.option = func(drill.Question) int { return -1 }
	d.press("p", "enter", "1", "enter")
	d.shows("The kernel says ENOSUCH")
	d.press("enter")
	k.mu.Lock()
	k.err = errors.New("no lab")
	k.mu.Unlock()
	d.press("1", "enter")
	d.shows("The lines could not be run: no lab")
	d.press("esc")
	d.until("the course", func() bool { return !d.m.practice.open })
	if d.m.practice.score != (drill.Score{}) {
		t.Errorf("score %+v", d.m.practice.score)
	}
}

// TestPracticeGivenUp: while lines run keys are answered, esc gives the run up, and
// the question is open again; quitting waits for the run.
func TestPracticeGivenUp(t *testing.T) {
	d, k, _ := practiced(t)
	k.hold = make(chan struct{})
	d.press("p", "enter", "1", "enter")
	d.shows("running…")
	d.press("enter")
	d.shows("The lines are running.")
	d.press("esc")
	d.shows("Given up.")
	if !d.m.practice.asking() {
		t.Error("the question is not open any more")
	}
	d.press("enter")
	d.send(markedMsg{gen: d.m.practice.gen - 1})
	if d.m.practice.run == nil || d.m.practice.asked.marked {
		t.Error("a stranger's answer was taken")
	}
	d.press("ctrl+c")
	d.until("the end", func() bool { return d.quit })
	if k.mu.Lock(); k.ended != 2 {
		t.Errorf("%d runs had ended when the program did, want 2", k.ended)
	}
	k.mu.Unlock()
}

// TestCloseEndsARun: an ending that no key asked for lets go of what runs.
func TestCloseEndsARun(t *testing.T) {
	d, k, _ := practiced(t)
	k.hold = make(chan struct{})
	d.press("p", "enter", "1", "enter")
	d.shows("running…")
	if err := d.m.Close(); err != nil {
		t.Fatal(err)
	}
	if k.mu.Lock(); k.ended != 1 {
		t.Error("the run had not ended when Close returned")
	}
	k.mu.Unlock()
}

// TestPracticeOfALesson begins on the last page of a lesson and comes back there.
func TestPracticeOfALesson(t *testing.T) {
	d, _, _ := practiced(t)
	l := d.m.o.Course.Lessons[0]
	done := baseView(l)
	done.Step, done.Phase = len(l.Steps), lesson.Finished
	d.m.o.Open = func(*lesson.Lesson) Session { return newScript(t, done) }
	d.press("enter")
	d.settled()
	d.shows("p practises this: connect")
	d.press("p")
	d.shows("question 1, connect")
	d.press("esc")
	d.shows("what to remember")
}

// TestPlacement does the placement twice, the first time wrongly: it is offered, kept,
// and the second time says what was learned and opens nothing it was not asked to.
func TestPlacement(t *testing.T) {
	d, _, kept := practiced(t)
	d.shows("P asks twelve questions")
	d.press("P")
	n := len(d.m.practice.place.questions)
	if n == 0 {
		t.Fatal("the sample has no questions")
	}
	d.place(func(a asked) int { return (holding(a) + 1) % len(a.options()) })
	d.shows("Start with the lesson tcp")
	d.until("it is kept", func() bool { return kept.Placement().Times == 1 })
	d.press("esc", "P")
	d.place(holding)
	d.shows("Learned, not right the first time and right now: ")
	d.shows("more than the first time.")
	d.until("it is kept", func() bool { return kept.Placement().Times == 2 })
	if got := len(kept.Placement().Asked); got != n {
		t.Errorf("%d questions are kept, want the first %d", got, n)
	}
	d.press("esc", "P", "esc")
	d.shows("This placement does not count")
	if kept.Placement().Times != 2 {
		t.Error("a placement that was left is kept")
	}
}

// holding is the option that holds.
func holding(a asked) int {
	if a.drill != nil {
		return likely(*a.drill)
	}
	return a.belief.Right - 1
}

// place answers the questions of a placement to its end.
func (d *driver) place(choose func(asked) int) {
	d.t.Helper()
	for !d.m.practice.ended {
		d.press(itoa(choose(d.m.practice.asked)+1), "enter")
		d.run1()
		d.press("enter")
	}
}

// TestPlacementLeads opens the lesson that was advised.
func TestPlacementLeads(t *testing.T) {
	d, _, _ := practiced(t)
	d.press("P")
	d.place(func(a asked) int { return (holding(a) + 1) % len(a.options()) })
	d.press("enter")
	d.shows("step 1 of 5")
	if d.m.practice.open || d.m.stage.lesson.Name != "tcp" {
		t.Errorf("open %v, at %+v", d.m.practice.open, d.m.stage.lesson)
	}
}

// TestDrillFromTheShell ends the program where there is nothing to go back to, and
// says how it went.
func TestDrillFromTheShell(t *testing.T) {
	k := &kernel{t: t, option: likely}
	d := drive(t, New(Options{Practise: k.run, Drill: &Drill{Seed: 7, Count: 1}}))
	d.shows("question 1 of 1, ")
	d.press(itoa(likely(*d.m.practice.asked.drill)+1), "enter")
	d.run1()
	d.press("enter")
	d.shows("The seed 7 asks the same again.")
	d.press("enter")
	d.until("the end", func() bool { return d.quit })
	if got := d.m.Score(); got != "1 of 1 right" {
		t.Errorf("score %q", got)
	}
}
