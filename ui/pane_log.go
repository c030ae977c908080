package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
)

// logPane is what happened, oldest first, one column a side.
func (m Model) logPane(r rect) []line {
	v := m.stage.seen()
	out := []line{titleBar("what happened, in order of time", "", r.w, m.stage.large == paneLog)}
	rows := m.logRows(v, r.w)
	h := r.h - 2
	out = append(out, m.logHead(v, r.w))
	from := max(len(rows)-h, 0)
	if m.stage.large == paneLog {
		from = clamp(from-m.stage.scroll[paneLog], 0, from)
	}
	if len(rows) == 0 {
		return append(out, ln(roleMuted, " no call has been made yet"))
	}
	return append(out, rows[from:min(from+h, len(rows))]...)
}

// columns are the widths of the columns of the log: one a side, at most three.
func columns(v *lesson.View, w int) (n, each int) {
	n = clamp(len(v.Sides), 1, 3)
	return n, (w - (n - 1)) / n
}

func (m Model) logHead(v *lesson.View, w int) line {
	n, each := columns(v, w)
	var l line
	for i := 0; i < n && i < len(v.Sides); i++ {
		s := &v.Sides[i]
		r := roleTitle
		if s.Name == m.stage.focus() {
			r = roleFocus
		}
		name := s.Name
		if s.PID > 0 {
			name += " " + itoa(s.PID)
		}
		if i > 0 {
			l = append(l, span{roleMuted, "│", 1})
		}
		l = append(l, line{pad(1), sp(r, name)}.fit(each)...)
	}
	return l
}

func (m Model) logRows(v *lesson.View, w int) []line {
	n, each := columns(v, w)
	var out []line
	for i := range v.Log {
		e := &v.Log[i]
		out = append(out, m.logRow(v, e, sideIndex(v, e.Side), n, each, w))
	}
	return out
}

// logRow is one event in its side's column. A row has one event, so a long one
// may reach into the next column: to the right, or from the last to the left.
func (m Model) logRow(v *lesson.View, e *lesson.LogLine, at, n, each, w int) line {
	if at < 0 || at >= n {
		name := sp(roleMuted, " "+e.Side+":")
		return append(line{name}, m.logCell(v, e, w-name.w)...)
	}
	from := at * (each + 1)
	last := at == n-1 && n > 1
	room := w - from
	if last {
		room = w
	}
	cell := m.logCell(v, e, room)
	if last {
		from = min(from, w-cell.width())
	}
	row := append(divided(0, from, n, each), cell...)
	if rest := w - row.width(); rest > 0 {
		row = append(row, divided(row.width(), w, n, each)...)
	}
	return row
}

// divided is an empty piece of a row with the lines between its n columns.
func divided(from, to, n, each int) line {
	var l line
	for i := 1; i < n; i++ {
		if x := i*(each+1) - 1; x >= from && x < to {
			l = append(l, pad(x-from), span{roleMuted, "│", 1})
			from = x + 1
		}
	}
	return append(l, pad(to-from))
}

func sideIndex(v *lesson.View, name string) int {
	return slices.IndexFunc(v.Sides, func(s lesson.Side) bool { return s.Name == name })
}

// logCell is one event: the call, cut where it must be, and its result, whole.
func (m Model) logCell(v *lesson.View, e *lesson.LogLine, w int) line {
	sign := sp(roleText, "  ")
	if slices.Contains(v.StepCalls, e.ID) && e.ID != 0 {
		sign = sp(roleChanged, "◆ ")
	}
	if e.Kind != netcore.CallEvent && e.Kind != "" {
		return append(line{sign}, sp(roleString, e.Text+e.Result))
	}
	result := m.logResult(v, e)
	text := line{sp(roleText, e.Text)}
	if e.Blocked {
		text = line{sp(roleWaiting, e.Text)}
	}
	room := w - 2 - result.width()
	if text.width() > room {
		text = text.cut(max(room, 4))
	}
	return append(append(line{sign}, text...), result...)
}

func (m Model) logResult(v *lesson.View, e *lesson.LogLine) line {
	switch {
	case e.Blocked:
		return line{sp(roleWaiting, " waits "+m.logAge(v, e))}
	case e.Result == "":
		return nil
	case e.Errno != 0 || strings.HasPrefix(e.Result, "-1"):
		return line{sp(roleRefused, " = "+e.Result)}
	}
	return line{sp(roleOK, " = "+e.Result)}
}

func (m Model) logAge(v *lesson.View, e *lesson.LogLine) string {
	if s := sideOf(v, e.Side); s != nil && s.Blocked != nil {
		return m.age(s)
	}
	if e.At > 0 && m.stage.clock() > e.At {
		return ageText(time.Duration(m.stage.clock() - e.At))
	}
	return ""
}

// plural is a number and its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
