package ui

import (
	"fmt"

	"sockstep/lesson"
	"sockstep/ui/printable"
)

// programPane is a side's program with the line about to run marked.
func (m Model) programPane(r rect, s *lesson.Side) []line {
	if s == nil {
		return []line{titleBar("program", "", r.w, false), ln(roleMuted, " no process yet")}
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
		out = append(out, programLine(s, i+1, code, r.w))
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
	}
	return fmt.Sprintf("next: line %d", s.Line)
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
	if m.stage.large == paneProgram && s.Name == m.stage.focus() {
		from = clamp(from, 0, max(lines-h, 0)) + m.stage.scroll[paneProgram]
	}
	return clamp(from, 0, max(lines-h, 0))
}

// programLine is one line of a program in its state: behind, next, or to come.
func programLine(s *lesson.Side, n int, code line, w int) line {
	sign, number := " ", fmt.Sprintf("%4d ", n)
	switch {
	case n == s.Line && s.State == lesson.SideBlocked:
		sign = "▷"
	case n == s.Line:
		sign = "▶"
	case s.Executed[n]:
		sign = "·"
	}
	l := append(line{sp(roleText, sign), sp(roleMuted, number)}, code...)
	switch sign {
	case "▶", "▷":
		return l.fit(w).as(roleNext)
	case "·":
		return l.as(roleRan)
	}
	return l
}

// untab makes the tabs of a line of source blanks.
func untab(s string) string { return printable.Lines(s) }
