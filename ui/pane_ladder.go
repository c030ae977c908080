package ui

import (
	"strings"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// ladderPane is what happened, downwards in time: the server left, the others
// right, between them the packets.
func (m Model) ladderPane(r rect) []line {
	if w := m.watching(); w != nil {
		return m.callsPane(r, w)
	}
	v, l := m.stage.seen(), m.stage.rungs()
	out := []line{titleBar("what happened, downwards in time", m.ladderRemark(v), r.w, m.stage.large == paneLadder), m.ladderHead(v, r.w)}
	if len(l.rungs) == 0 {
		return append(out, ln(roleMuted, " no call has been made yet"))
	}
	h := r.h - len(out)
	from := m.ladderFrom(l, h)
	d := m.drawing(l, r.w)
	for row := from; row < min(from+h, len(l.rungs)); row++ {
		out = append(out, d.rung(row))
	}
	return out
}

// ladderRemark says what of the record is not on the screen.
func (m Model) ladderRemark(v *lesson.View) string {
	if v.Snapshot.Lost > 0 {
		return words.Count(int(v.Snapshot.Lost), "packet") + " counted, not shown"
	}
	return ""
}

// ladderFrom is the first row shown: the last ones, unless one has scrolled or
// selected an event.
func (m Model) ladderFrom(l *ladder, h int) int {
	from := max(len(l.rungs)-h, 0)
	if m.stage.large == paneLadder {
		from = clamp(from-m.stage.scroll[paneLadder], 0, from)
	}
	if row := l.find(m.stage.selected); row >= 0 && (row < from || row >= from+h) {
		from = clamp(row-h/2, 0, max(len(l.rungs)-h, 0))
	}
	return from
}

// ladderShape is how wide the columns of the ladder are: the sides, and the packets
// between them. A line stands on either side of the middle.
type ladderShape struct{ side, middle, w int }

func shapeFor(w int) ladderShape {
	middle := clamp(w*36/100, 22, 40)
	side := (w - 2 - middle) / 2
	return ladderShape{side, w - 2 - 2*side, w}
}

// ladderHead names the sides over their columns, and what lies between them.
func (m Model) ladderHead(v *lesson.View, w int) line {
	s := shapeFor(w)
	var left, right line
	for i := range v.Sides {
		switch {
		case i == 0:
			left = line{pad(1), m.sideHead(&v.Sides[i])}
		case len(right) > 0:
			right = append(right, sp(roleMuted, ", "), m.sideHead(&v.Sides[i]))
		default:
			right = line{pad(1), m.sideHead(&v.Sides[i])}
		}
	}
	return joined(left.fit(s.side), span{roleMuted, "│", 1}, centred(m.between(v), s.middle), span{roleMuted, "│", 1}, right.fit(w-2-s.side-s.middle))
}

func (m Model) sideHead(s *lesson.Side) span {
	name := s.Name
	if s.PID > 0 && len(m.stage.seen().Sides) < 3 {
		name += " " + itoa(s.PID)
	}
	if s.Name == m.stage.focus() {
		return sp(roleFocus, "▶ "+name)
	}
	return sp(roleTitle, name)
}

// between is what lies between the sides, or that packets cannot be seen.
func (m Model) between(v *lesson.View) line {
	switch {
	case strings.Contains(strings.Join(v.Snapshot.Missing, "\n"), "Packets are not visible"):
		return ln(roleMuted, "packets not visible")
	case v.Snapshot.Wire != nil && v.Snapshot.Wire.Holding:
		return ln(roleWire, "a wire, held by you")
	case v.Snapshot.Wire != nil:
		return ln(roleWire, "a wire")
	}
	return ln(roleMuted, "packets")
}

// centred puts a line into the middle of w columns.
func centred(l line, w int) line {
	return append(line{pad((w - l.width()) / 2)}, l...).fit(w)
}

// joined puts lines and spans after one another.
func joined(left line, a span, middle line, b span, right line) line {
	out := make(line, 0, len(left)+len(middle)+len(right)+2)
	out = append(append(append(out, left...), a), middle...)
	return append(append(out, b), right...)
}
