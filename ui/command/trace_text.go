package command

import (
	"fmt"
	"io"

	"sockstep/netcore"
)

// straceText writes calls as "strace -f -o FILE" does: with the thread's number
// before them, and those that take their time in two parts where something else came
// in between. Behind a call stands its source line, where it is known. All of it is
// printable.
type straceText struct {
	w    io.Writer
	pids map[string]int // by the process's name
	// open is the call whose line has no end yet, column how far the line goes.
	open   netcore.ID
	column int
	halves map[netcore.ID]bool // calls whose first part stands on a line above
	err    error               // the first of writing
}

func newStraceText(w io.Writer) *straceText {
	return &straceText{w: w, pids: map[string]int{}, halves: map[netcore.ID]bool{}}
}

func (s *straceText) print(text string) {
	if _, err := io.WriteString(s.w, text); s.err == nil {
		s.err = err
	}
}

// line writes a line of a process.
func (s *straceText) line(pid int, format string, args ...any) {
	s.cut()
	s.print(fmt.Sprintf("%-5d %s\n", pid, fmt.Sprintf(format, args...)))
}

// cut ends the line of a call that has not returned.
func (s *straceText) cut() {
	if s.open == 0 {
		return
	}
	s.print(" <unfinished ...>\n")
	s.halves[s.open], s.open = true, 0
}

// entered writes the beginning of a call that has not returned.
func (s *straceText) entered(c *netcore.Call) {
	if s.open == c.ID || s.halves[c.ID] {
		return
	}
	s.cut()
	entered, _, _ := netcore.StraceParts(c)
	text := fmt.Sprintf("%-5d %s", c.TID, entered)
	s.print(text)
	s.open, s.column = c.ID, len(text)
}

// returned writes a call, or what is missing of it.
func (s *straceText) returned(c *netcore.Call) {
	entered, rest, result := netcore.StraceParts(c)
	column := s.column
	switch {
	case s.open == c.ID && c.ID != 0:
		s.open = 0
	default:
		s.cut()
		column = 0
		rest = fmt.Sprintf("%-5d %s", c.TID, s.beginning(c, entered)) + rest
	}
	text := fmt.Sprintf("%-*s = %s", max(39-column, 0), rest, result)
	if c.Line != "" {
		text += " <" + c.Line + ">"
	}
	s.print(clean(text) + "\n")
}

// beginning is how the line of a call that has returned begins.
func (s *straceText) beginning(c *netcore.Call, entered string) string {
	if !s.halves[c.ID] {
		return entered
	}
	delete(s.halves, c.ID)
	name := c.Syscall
	if name == "" {
		name = c.Name
	}
	return "<... " + name + " resumed>"
}

// process writes the end of a process.
func (s *straceText) process(c *netcore.ProcessChange) {
	s.pids[c.Name] = c.PID
	if c.Change == "end" && (c.Status >= 0 || c.Signal != "") {
		s.line(c.PID, "%s", clean(ended(c)))
	}
}

func (s *straceText) signal(name string, tid int) { s.line(tid, "--- %s ---", clean(name)) }

// printTrace writes a trace that was read.
func printTrace(w io.Writer, t *netcore.Timeline) error {
	s := newStraceText(w)
	for i := range t.Len() {
		e := t.At(i)
		switch {
		case e.Call != nil:
			s.returned(e.Call)
		case e.Blocked != nil:
			if later, ok := t.Get(e.Blocked.Call); ok && later.Call != nil {
				s.entered(later.Call)
			}
		case e.Process != nil:
			s.process(e.Process)
		case e.Signal != nil:
			s.signal(e.Signal.Name, s.pids[e.Signal.Process])
		case e.Note != nil:
			s.cut()
			s.print("# " + clean(e.Note.Text) + "\n")
		}
	}
	s.cut()
	return s.err
}
