package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui"
	"sockstep/ui/words"
)

// rehearse runs every step of a lesson and looks at it before and after.
func (l *linter) rehearse(ctx context.Context, one *lesson.Lesson, translations []*lesson.Translation) error {
	s := lesson.NewSession(one, l.p.opener)
	look := &lintRun{linter: l, l: one, s: s, translations: translations}
	r := &rehearsal{l: one, s: s, progress: io.Discard, print: look}
	err := r.run(ctx)
	look.fits(s.View()) // the takeaway
	if closing := s.Close(); closing != nil {
		err = errors.Join(err, fmt.Errorf("close the lab: %w", closing))
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		look.broke(err)
	}
	return nil
}

// lintRun is a lesson being run to see what is wrong with it. It takes the place of
// what prints a run.
type lintRun struct {
	*linter
	l            *lesson.Lesson
	s            *lesson.Session
	translations []*lesson.Translation
	at           *lesson.Step // that runs
}

func (r *lintRun) file() string { return r.l.Name + "/lesson.md" }

func (r *lintRun) wrong(line int, format string, args ...any) {
	r.find(lesson.Problem{File: r.file(), Line: line, Text: fmt.Sprintf(format, args...)})
}

// broke says where a run could not go on.
func (r *lintRun) broke(err error) {
	if r.at == nil {
		r.wrong(0, "cannot be run: %v", err)
		return
	}
	r.wrong(r.at.Line, "the lesson cannot go on: %v", err)
}

func (r *lintRun) opened(v *lesson.View) {
	for _, m := range v.Snapshot.Missing {
		r.note(lesson.Problem{File: r.file(), Text: "not visible here: " + m})
	}
}

func (r *lintRun) passed(why error) {
	r.note(lesson.Problem{File: r.file(), Text: fmt.Sprintf("not run, it cannot be seen here: %v", why)})
}

func (r *lintRun) step(_ int, st *lesson.Step) {
	r.at = st
	r.fits(r.s.View())
}

func (r *lintRun) ran(v *lesson.View, st *lesson.Step, skipped, differed []string) {
	for _, d := range differed {
		r.wrong(expectedAt(st, d), "%s", d)
	}
	for _, d := range skipped {
		r.note(lesson.Problem{File: r.file(), Line: expectedAt(st, d), Text: "not to be seen here: " + d})
	}
	for i := range v.Sides {
		if f := v.Sides[i].Fault; f != "" {
			r.wrong(st.Line, "%s cannot go on: %s", v.Sides[i].Name, f)
		}
	}
	r.fits(v)
	if st.Ask != nil && len(differed) == 0 {
		r.question(v, st)
	}
}

// expectedAt is the line of the expectation a text is about.
func expectedAt(st *lesson.Step, text string) int {
	for _, e := range st.Expect {
		if strings.HasPrefix(text, string(e.About)+": ") {
			return e.Line
		}
	}
	return st.Line
}

// question wants one answer to be right: by what was observed, and by what the
// lesson expects, since a handout has its answers from there.
func (r *lintRun) question(v *lesson.View, st *lesson.Step) {
	q, observed := r.s.Asked(*st.Ask), v.Answers[st.ID].Observed
	if q.Source != "" {
		return
	}
	if observed == "" && len(v.Snapshot.Missing) > 0 {
		r.note(lesson.Problem{File: r.file(), Line: q.Line, Text: "nothing of " + string(q.About) + " can be seen here: the answers were not tried"})
		return
	}
	var right []string
	for i, o := range q.Options {
		if o.Is.Match(observed) {
			right = append(right, fmt.Sprint(i+1))
		}
	}
	switch {
	case len(right) == 0:
		r.wrong(q.Line, "no answer is right: observed %s", words.OrNothing(observed))
	case len(right) > 1:
		r.wrong(q.Line, "the answers %s are all right: observed %s", strings.Join(right, " and "), words.OrNothing(observed))
	case len(st.Expected()) != 1:
		r.wrong(q.Line, "the step does not expect what its question asks: write - %s: and its pattern below expect:", q.About)
	}
}

// fits looks for texts that have to be scrolled, in every language.
func (r *lintRun) fits(v *lesson.View) {
	r.fit(r.file(), lineOf(v), v)
	for _, t := range r.translations {
		own := *v
		own.Lesson = t.Lesson
		line := 1
		if st := shownStep(v); st != nil {
			line = t.Lines[st.ID]
		}
		if line > 0 {
			r.fit(t.File, line, &own)
		}
	}
}

func (r *lintRun) fit(file string, line int, v *lesson.View) {
	for _, o := range ui.Overflows(r.s, v) {
		r.find(lesson.Problem{File: file, Line: line, Text: o.String()})
	}
}

func shownStep(v *lesson.View) *lesson.Step {
	if v.Lesson == nil || v.Step < 0 || v.Step >= len(v.Lesson.Steps) {
		return nil
	}
	return &v.Lesson.Steps[v.Step]
}

func lineOf(v *lesson.View) int {
	if st := shownStep(v); st != nil && v.Phase != lesson.Finished {
		return st.Line
	}
	return 0
}

func (r *lintRun) events(*lesson.View, []netcore.Event) error { return nil }
func (r *lintRun) result(netcore.Result)                      {}
