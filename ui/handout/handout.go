// Package handout writes a lesson as a sheet of paper: Markdown, to be printed.
package handout

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/ui/printable"
)

// sheet is a handout being written.
type sheet struct {
	w       *bufio.Writer
	l       *lesson.Lesson
	answers bool
	begun   bool
}

// Write writes the sheet for a lesson: its goal, its programs with numbered lines,
// the questions of its steps with boxes and room to write, and what practises it. With
// answers the right boxes are ticked, and every option says why.
func Write(w io.Writer, l *lesson.Lesson, answers bool) error {
	s := &sheet{w: bufio.NewWriter(w), l: l, answers: answers}
	s.block("# %s", s.l.Title)
	s.block("%s", s.l.Goal)
	if !answers {
		s.block("Name: ______________________________  Date: ______________")
	}
	s.programs()
	s.questions()
	s.practice()
	return s.w.Flush()
}

// line writes a line of what may come from a course of anybody's.
func (s *sheet) line(format string, args ...any) {
	fmt.Fprintln(s.w, strings.TrimRight(printable.Lines(fmt.Sprintf(format, args...)), "\n "))
}

// block writes lines with an empty one before them, unless they are the first.
func (s *sheet) block(format string, args ...any) {
	if s.begun {
		s.line("")
	}
	s.begun = true
	s.line(format, args...)
}

// programs are the listings, each once.
func (s *sheet) programs() {
	var seen []string
	for _, r := range s.l.Cast {
		if slices.Contains(seen, r.File) {
			continue
		}
		seen = append(seen, r.File)
		s.source(r.File, r.Source)
	}
	for _, c := range s.l.Units() {
		s.source(c.File, c.Source)
	}
	for _, w := range s.l.Watches() {
		s.source(w.File, w.Source)
	}
}

// source is a listing with numbered lines.
func (s *sheet) source(file, text string) {
	s.block("## %s", file)
	s.block("```%s", strings.TrimPrefix(path.Ext(file), "."))
	for i, text := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		s.line("%3d  %s", i+1, strings.TrimSuffix(text, "\r"))
	}
	s.line("```")
}

func (s *sheet) questions() {
	n := 0
	for i := range s.l.Steps {
		st := &s.l.Steps[i]
		if st.Ask == nil {
			continue
		}
		if n++; n == 1 {
			s.block("## Questions")
		}
		s.question(n, i, st)
	}
}

// practice says how to go on: the questions without end that suit the lesson.
func (s *sheet) practice() {
	for i, name := range s.l.Drills {
		t, ok := drill.Named(name)
		if !ok {
			continue
		}
		if i == 0 {
			s.block("## Practice")
			s.line("")
		}
		s.line("- `sockstep drill %s`: %s", t.Name, t.About)
	}
}

func (s *sheet) question(n, i int, st *lesson.Step) {
	s.block("### %d. %s", n, st.Title)
	s.block("%s", s.where(i, st))
	s.block("%s", strings.TrimSpace(st.Ask.Text))
	right := st.Expected()
	s.line("")
	if st.Ask.Typed != "" && !s.answers {
		s.line("Answer (%s): ______________", lesson.TypedForm(st.Ask.Typed))
		return
	}
	for i, o := range st.Ask.Options {
		s.line("- [%s] %s", box(s.answers && slices.Contains(right, i)), oneLine(o.Text))
		if s.answers {
			s.line("  - %s", oneLine(o.Why))
		}
	}
	if s.answers {
		s.explanation(st, len(right))
		return
	}
	for range 3 {
		s.block("%s", strings.Repeat("_", 72))
	}
}

// where says what runs: the step and the line of the program.
func (s *sheet) where(i int, st *lesson.Step) string {
	where := fmt.Sprintf("Step %d", i+1)
	if st.Run == nil {
		return where + "."
	}
	r := s.l.Role(st.Run.Role)
	if at, ok := r.Program.ByLabel(st.Run.Label); ok {
		return fmt.Sprintf("%s: %s runs line %d of `%s`.", where, r.Name, at.Line, r.File)
	}
	return where + "."
}

func (s *sheet) explanation(st *lesson.Step, right int) {
	if right != 1 {
		s.block("The lesson does not say which one is right: run it (`sockstep run %s`).", s.l.Name)
	}
	if st.Ask.Source != "" {
		s.block("Source: %s.", st.Ask.Source)
	}
	if st.After != "" {
		s.block("%s", st.After)
	}
}

func box(ticked bool) string {
	if ticked {
		return "x"
	}
	return " "
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
