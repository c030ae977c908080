package ui

import (
	"fmt"

	"sockstep/lesson"
	"sockstep/ui/printable"
)

// sourcePane is the i-th of n panes with a program: the first has the file the step
// shows to the compiler, or the program it watches, where there is one.
func (m Model) sourcePane(r rect, i, n int, marks linked) []line {
	if c := m.compiling(); c != nil && i == 0 {
		return m.unitPane(r, c)
	}
	if w := m.watching(); w != nil && i == 0 {
		return m.watchPane(r, w)
	}
	return m.programPane(r, m.sideFor(i, n), marks)
}

// programPane is a side's program with the line about to run marked.
func (m Model) programPane(r rect, s *lesson.Side, marks linked) []line {
	if s == nil {
		return []line{titleBar("program", "", r.w, false), ln(roleMuted, " no process yet")}
	}
	if s.Traced != nil {
		return m.tracedPane(r, s, marks)
	}
	out := []line{titleBar(m.programName(s), m.sideState(s), r.w, s.Name == m.stage.focus())}
	ls := sourceLines(s)
	from := m.programFrom(s, len(ls), r.h-1)
	comment := false
	for i, text := range ls {
		var code line
		code, comment = highlight(text, comment)
		if i < from || len(out) >= r.h {
			continue
		}
		out = append(out, programLine(s, i+1, code, r.w, marks.line == m.fileOf(s)+":"+itoa(i+1)))
	}
	return out
}

func (m Model) programName(s *lesson.Side) string {
	name := m.fileOf(s)
	if s.Edited {
		name += " (edited, o: original)"
	}
	return name
}

// sideState says in words what a side is doing.
func (m Model) sideState(s *lesson.Side) string {
	switch s.State {
	case lesson.SideBlocked:
		return fmt.Sprintf("blocked in %s %s", callName(s), m.age(s))
	case lesson.SideEnded:
		return fmt.Sprintf("ended, status %d", s.Exit)
	case lesson.SideKilled:
		return "killed by " + s.Signal
	case lesson.SideFault:
		return "stopped: " + s.Fault
	case lesson.SideIdle:
		return "not begun"
	case lesson.SideRunning:
		return "runs"
	case lesson.SideStands:
		return standsAt(s)
	}
	return fmt.Sprintf("next: line %d", s.Line)
}

// standsAt says at which call a traced program stands.
func standsAt(s *lesson.Side) string {
	st := &s.Traced.Stands[0]
	text := "stands at " + st.Call.Name + "()"
	if st.Returned {
		text = "stands behind " + st.Call.Name + "()"
	}
	if n := len(s.Traced.Stands); n > 1 {
		text += fmt.Sprintf(" and %d more", n-1)
	}
	return text
}

// lastRun is the last line before this one that has run, 0 when none has.
func lastRun(s *lesson.Side, before int) int {
	last := 0
	for n := range s.Executed {
		if n < before {
			last = max(last, n)
		}
	}
	return last
}

// programFrom is the first line shown: so that the next one stands a third from
// the top, or as far as the learner scrolled.
func (m Model) programFrom(s *lesson.Side, lines, h int) int {
	from := programRest(s, lines, h)
	if m.stage.large == paneProgram && s.Name == m.stage.focus() {
		from += m.stage.scroll[paneProgram]
	}
	return clamp(from, 0, max(lines-h, 0))
}

// programRest is the first line shown of a program that is not scrolled.
func programRest(s *lesson.Side, lines, h int) int {
	at := s.Line
	if at == 0 {
		for n := range s.Executed {
			at = max(at, n)
		}
	}
	from := at - 1 - h/3
	if ran := lastRun(s, at); ran > 0 && at-ran < h {
		from = min(from, ran-1) // what has just run stays in sight
	}
	return clamp(from, 0, max(lines-h, 0))
}

// programReach is how far the large program can be scrolled up, a negative number, and
// down.
func (m Model) programReach() (up, down int) {
	l := m.layout()
	if len(l.programs) == 0 {
		return 0, 0
	}
	h, lines, rest := l.programs[0].h-1, 0, 0
	if c := m.compiling(); c != nil {
		lines = len(c.Lines())
		rest = m.unitRest(lines, h)
	} else if w := m.watching(); w != nil {
		lines = len(w.Lines())
		rest = m.watchRest(lines, h)
	} else if s := m.stage.current(); s != nil && s.Traced != nil {
		return m.tracedReach(s, h)
	} else if s != nil {
		lines = len(sourceLines(s))
		rest = programRest(s, lines, h)
	}
	return -rest, max(lines-h, 0) - rest
}

// programLine is one line of a program in its state: behind, next, or to come; linked
// marks the one the selected event belongs to.
func programLine(s *lesson.Side, n int, code line, w int, linked bool) line {
	sign, number := " ", fmt.Sprintf("%4d ", n)
	switch {
	case n == s.Line && s.State == lesson.SideBlocked:
		sign = "▷"
	case n == s.Line:
		sign = "▶"
	case s.Executed[n]:
		sign = "·"
	}
	if linked {
		sign = "▪"
	}
	l := append(line{sp(roleText, sign), sp(roleMuted, number)}, code...)
	switch sign {
	case "▶", "▷":
		return l.fit(w).as(roleNext)
	case "▪":
		return l.fit(w).as(roleChanged)
	case "·":
		return l.as(roleRan)
	}
	return l
}

// untab makes the tabs of a line of source blanks.
func untab(s string) string { return printable.Lines(s) }
