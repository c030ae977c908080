package command

import (
	"fmt"
	"io"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// report prints a run as text.
type report struct {
	w io.Writer
	l *lesson.Lesson
}

func newReport(w io.Writer, l *lesson.Lesson) *report { return &report{w, l} }

func (r *report) line(format string, args ...any) {
	fmt.Fprintln(r.w, strings.TrimRight(clean(fmt.Sprintf(format, args...)), "\n "))
}

func (r *report) opened(v *lesson.View) {
	r.line("%s: %s, %d steps, %s (tier %s)", r.l.Name, r.l.Title, len(r.l.Steps), v.Where, v.Tier)
	for _, m := range v.Snapshot.Missing {
		r.line("  not visible here: %s", m)
	}
	if v.Message != "" {
		r.line("  %s", v.Message)
	}
}

func (r *report) step(n int, st *lesson.Step) {
	r.line("")
	r.line("%d. %s", n, strings.ReplaceAll(st.Title, "`", ""))
}

// event prints what the programs did, not every sample.
func (r *report) event(e netcore.Event) error {
	switch {
	case e.Call != nil:
		r.line("  %-7s %-12s %s", e.Call.Process, e.Call.Line, netcore.Strace(e.Call))
	case e.Blocked != nil:
		r.line("  %-7s %-12s in %s, has not returned: waits for %s", e.Blocked.Process, "", e.Blocked.Syscall, e.Blocked.On)
	case e.Output != nil:
		r.line("  %-7s %-12s printed %q", e.Output.Process, e.Output.Line, e.Output.Bytes)
	case e.Signal != nil:
		r.line("  %-7s %-12s %s", e.Signal.Process, "", e.Signal.Name)
	case e.Process != nil && e.Process.Change == "end":
		r.line("  %-7s %-12s %s", e.Process.Name, "", ended(e.Process))
	case e.Note != nil:
		r.line("  %-7s %-12s note: %s", e.Note.Process, "", e.Note.Text)
	}
	return nil
}

func ended(c *netcore.ProcessChange) string {
	if c.Signal != "" {
		return "+++ killed by " + c.Signal + " +++"
	}
	return fmt.Sprintf("+++ exited with %d +++", c.Status)
}

func (r *report) ran(v *lesson.View, st *lesson.Step, skipped, differed []string) {
	for _, c := range v.Changed {
		r.line("  changed: %s", c.Text)
	}
	for _, e := range st.Expect {
		if !named(e, skipped) && !named(e, differed) {
			r.line("  holds: %s is %s", e.About, e.Here())
		}
	}
	for _, s := range skipped {
		r.line("  not to be seen here: %s", s)
	}
	for _, d := range differed {
		r.line("  DIFFERS: %s", d)
	}
}

// named reports whether one of the texts is about the expectation.
func named(e lesson.Expectation, texts []string) bool {
	for _, t := range texts {
		if strings.HasPrefix(t, string(e.About)+": ") {
			return true
		}
	}
	return false
}

func (r *report) result(res netcore.Result) {
	r.line("")
	r.line("%s: %d of %d steps went as the lesson says", res.Lesson, res.Agreed, res.Steps)
	for _, d := range res.Differed {
		r.line("  differs: %s", d)
	}
	for _, s := range res.Skipped {
		r.line("  not to be seen here: %s", s)
	}
}

// stream prints a run as JSON lines: the record and nothing else.
type stream struct{ w *netcore.Writer }

func newStream(w io.Writer) *stream { return &stream{netcore.NewWriter(w)} }

func (s *stream) event(e netcore.Event) error { return s.w.WriteEvent(e) }

func (s *stream) opened(*lesson.View)                                {}
func (s *stream) step(int, *lesson.Step)                             {}
func (s *stream) ran(*lesson.View, *lesson.Step, []string, []string) {}
func (s *stream) result(netcore.Result)                              {}
