package command

import (
	"fmt"
	"io"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// report prints a run as text.
type report struct {
	w      io.Writer
	l      *lesson.Lesson
	ends   words.Ends
	inside map[netcore.ID]bool // calls said to have been entered, and not returned
	call   netcore.ID          // printed last
	left   bool                // the lesson is left out
	err    error               // the first of writing
}

func newReport(w io.Writer, l *lesson.Lesson) *report {
	return &report{w: w, l: l, inside: map[netcore.ID]bool{}}
}

func (r *report) line(format string, args ...any) {
	if _, err := fmt.Fprintln(r.w, strings.TrimRight(clean(fmt.Sprintf(format, args...)), "\n ")); r.err == nil {
		r.err = err
	}
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

// passed says that a lesson cannot be seen here. With a report nothing else is said
// of it.
func (r *report) passed(why error) {
	r.left = true
	r.line("%s: %s", r.l.Name, r.l.Title)
	r.line("  not to be seen here: %v (sockstep doctor says why)", why)
}

// events prints what happened in the order in which it is told: every call in the
// form strace gives it, with its packets under it, what the kernel did by itself, and
// what changed and why.
func (r *report) events(v *lesson.View, all []netcore.Event) error {
	if r.left {
		return nil
	}
	r.ends.Follow(v.Timeline, v.Events)
	r.ends.Look(v.Snapshot)
	for _, e := range words.Order(all, func(id netcore.ID) bool { return r.inside[id] }) {
		r.event(v, &e)
	}
	return nil
}

func (r *report) event(v *lesson.View, e *netcore.Event) {
	switch {
	case e.Packet != nil:
		r.packet(v, e.Packet)
		return
	case e.Sample != nil:
		r.changes(v, e.Sample)
	case e.Setting != nil:
		r.line("  %-7s %-12s %s", "stage", "", words.Setting(e.Setting))
	case e.Call != nil:
		r.line("  %-7s %-12s %s", e.Call.Process, e.Call.Line, netcore.Strace(e.Call))
		delete(r.inside, e.ID)
	case e.Blocked != nil:
		r.line("  %-7s %-12s %s has not returned: waits for %s", e.Blocked.Process, "", e.Blocked.Text, e.Blocked.On)
		r.inside[e.Blocked.Call], r.call = true, e.Blocked.Call
		return
	case e.Output != nil:
		r.line("  %-7s %-12s printed %q", e.Output.Process, e.Output.Line, e.Output.Bytes)
	case e.Signal != nil:
		r.line("  %-7s %-12s %s", e.Signal.Process, "", e.Signal.Name)
	case e.Process != nil && e.Process.Change == "end":
		r.line("  %-7s %-12s %s", e.Process.Name, "", ended(e.Process))
	case e.Note != nil:
		r.line("  %-7s %-12s note: %s", e.Note.Process, "", e.Note.Text)
	}
	r.call = e.ID
}

// packet prints a packet under the call it belongs to, or with the name of that, or
// as the kernel's own.
func (r *report) packet(v *lesson.View, p *netcore.Packet) {
	text := words.Brief(&r.ends, p)
	if p.Of == 0 && p.Call != 0 && p.Call != r.call {
		text += ", by " + words.Call(v, p.Call)
	}
	r.line("      %s", text)
}

func (r *report) changes(v *lesson.View, s *netcore.Sample) {
	for _, c := range words.Told(s) {
		r.line("    %s", words.Change(v, s, c))
	}
	for _, text := range words.Counters(s) {
		r.line("    %s", text)
	}
}

func ended(c *netcore.ProcessChange) string {
	if c.Signal != "" {
		return "+++ killed by " + c.Signal + " +++"
	}
	return fmt.Sprintf("+++ exited with %d +++", c.Status)
}

func (r *report) ran(v *lesson.View, st *lesson.Step, skipped, differed []string) {
	for _, text := range words.Untold(v) {
		r.line("    %s", text)
	}
	r.compiled(v.Compiled)
	r.watched(v.Watched)
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

// compiled prints what a compiler said of the step's file.
func (r *report) compiled(c *lesson.Compiled) {
	if c == nil {
		return
	}
	if c.Recorded != "" {
		r.line("  recorded: %s; this is %s", c.Recorded, c.Compiler)
	}
	r.line("  $ %s", c.Command)
	for _, text := range c.Said {
		r.line("    %s", text)
	}
}

// watched prints what the step's program did that was watched.
func (r *report) watched(w *lesson.Watched) {
	if w == nil {
		return
	}
	if w.Recorded != "" {
		r.line("  recorded: %s; this is %s", w.Recorded, w.Machine)
	}
	if w.Build != "" {
		r.line("  $ %s", w.Build)
	}
	r.line("  $ %s", w.Start)
	for _, c := range w.Calls {
		r.line("  %-7s %-12s %s", c.Process, c.Line, netcore.Strace(c))
	}
	for _, text := range w.Output {
		r.line("    %s", text)
	}
	for _, note := range w.Notes {
		r.line("  note: %s", note)
	}
	r.line("  exit: %s", w.Exit)
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
	if r.left {
		return
	}
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

func (s *stream) events(_ *lesson.View, all []netcore.Event) error {
	for _, e := range all {
		if err := s.w.WriteEvent(e); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) opened(*lesson.View)                                {}
func (s *stream) passed(error)                                       {}
func (s *stream) step(int, *lesson.Step)                             {}
func (s *stream) ran(*lesson.View, *lesson.Step, []string, []string) {}
func (s *stream) result(netcore.Result)                              {}
