package ui

import (
	"fmt"

	"sockstep/lesson"
	"sockstep/netcore/compiler"
)

// compiling is the file the present step shows to the compiler, nil for none.
func (m Model) compiling() *lesson.Compile {
	if st := m.stage.step(); st != nil {
		return st.Compile
	}
	return nil
}

// underWay is what a move that takes its time does.
func (m Model) underWay() string {
	if c := m.compiling(); c != nil && m.stage.kind == moveGuided && m.stage.view.Phase != lesson.Ran {
		return "compiling " + c.File + "…"
	}
	if w := m.watching(); w != nil && m.stage.kind == moveGuided && m.stage.view.Phase != lesson.Ran {
		return "building and running " + w.File + "…"
	}
	return "running…"
}

// unitPane is a file for the compiler, the lines it complains about marked.
func (m Model) unitPane(r rect, c *lesson.Compile) []line {
	said := m.stage.seen().Compiled
	out := []line{titleBar(c.File, unitState(said), r.w, true)}
	ls := c.Lines()
	from := m.unitFrom(len(ls), r.h-1)
	comment := false
	for i, text := range ls {
		var code line
		code, comment = highlight(untab(text), comment)
		if i < from || len(out) >= r.h {
			continue
		}
		l := append(line{sp(roleText, " "), sp(roleMuted, fmt.Sprintf("%4d ", i+1))}, code...)
		if complained(said, i+1) {
			l[0] = sp(roleRefused, "✗")
			l = l.fit(r.w).as(roleNext)
		}
		out = append(out, l)
	}
	return out
}

// unitFrom is the first of so many lines shown in h rows: so that the first complaint
// is in sight, or as far as the learner scrolled.
func (m Model) unitFrom(lines, h int) int {
	from := m.unitRest(lines, h)
	if m.stage.large == paneProgram {
		from += m.stage.scroll[paneProgram]
	}
	return clamp(from, 0, max(lines-h, 0))
}

// unitRest is the first line shown of a file that is not scrolled.
func (m Model) unitRest(lines, h int) int {
	said := m.stage.seen().Compiled
	if said == nil || len(said.Complaints) == 0 {
		return 0
	}
	return clamp(said.Complaints[0].Line-1-h/3, 0, max(lines-h, 0))
}

func unitState(said *lesson.Compiled) string {
	switch {
	case said == nil:
		return "not compiled yet"
	case said.Recorded != "":
		return said.Verdict() + ", recorded"
	}
	return said.Verdict()
}

func complained(said *lesson.Compiled, n int) bool {
	if said == nil {
		return false
	}
	for _, c := range said.Complaints {
		if c.Line == n {
			return true
		}
	}
	return false
}

// compiledLines are the command and what the compiler said: what it complains of, or
// all of it where the text is large.
func (m Model) compiledLines(v *lesson.View, w int) []line {
	c := v.Compiled
	if c == nil {
		return nil
	}
	var out []line
	if c.Recorded != "" {
		out = append(out, wrap(line{sp(roleNotice, "Recorded: "), sp(roleText, c.Recorded+". This is what "+c.Compiler+" said:")}, w, 0)...)
	}
	out = append(out, wrap(line{sp(roleMuted, "$ "), sp(roleCode, c.Command)}, w, 2)...)
	if m.stage.large == paneText {
		for _, text := range c.Said {
			out = append(out, saidLine(untab(text), w)...)
		}
		return append(out, nil)
	}
	if len(c.Complaints) == 0 {
		out = append(out, line{sp(roleOK, "✓ "), sp(roleText, "It has nothing to say.")})
	}
	for i, one := range c.Complaints {
		if i == mostComplaints {
			out = append(out, line{sp(roleMuted, fmt.Sprintf("… and %d more; x shows all it said", len(c.Complaints)-i))})
			break
		}
		out = append(out, complaintLine(one, w)...)
	}
	return append(out, nil)
}

// saidLine is a line of a compiler's. What it aligns, below a line of source, stays as
// it is where there is room.
func saidLine(text string, w int) []line {
	l := line{sp(roleCode, text)}
	if l.width() > w {
		return wrap(l, w, 4)
	}
	return []line{l.fit(w)}
}

// mostComplaints is how many are shown beside the lesson's words.
const mostComplaints = 3

func complaintLine(c compiler.Complaint, w int) []line {
	lead := sp(roleRefused, "✗ error")
	if c.Option != "" {
		lead = sp(roleNotice, "! warning")
	}
	return wrap(line{lead, sp(roleText, fmt.Sprintf(", line %d: ", c.Line)), sp(roleCode, c.Text)}, w, 2)
}
