package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

func (m Model) openPicked() (Model, tea.Cmd) {
	m = m.whole()
	return m.openLesson(m.o.Course.Lessons[m.pick], 0, true)
}

func (m Model) openFresh() (Model, tea.Cmd) {
	m = m.whole()
	return m.openLesson(m.o.Course.Lessons[m.pick], 0, false)
}

// afterFinished is the lesson to offer when this one is done.
func (m Model) afterFinished() int {
	for i, l := range m.o.Course.Lessons {
		if l == m.stage.lesson {
			return min(i+1, len(m.o.Course.Lessons)-1)
		}
	}
	return m.pick
}

// courseFrame is the list of lessons and what the chosen one is about.
func (m Model) courseFrame() []line {
	w, h := m.width, m.height
	out := []line{m.courseHeader().fit(w)}
	said := m.machineLines(w)
	bh := h - fixedRows - len(said)
	if m.over.fills() {
		out = append(out, block(m.overlayLines(w, bh), w, bh)...)
	} else {
		out = append(out, m.courseBody(w, bh)...)
	}
	out = append(append(out, said...), m.coursePrompt().fit(w), m.noticeLine().fit(w))
	return append(out, m.footer().fit(w))
}

// machineLines are two rows for what this machine allows, also while that is
// not known yet; a wide window needs one.
func (m Model) machineLines(w int) []line {
	rows := 2
	if w >= 140 {
		rows = 1
	}
	return block(indented(wrap(ln(roleMuted, m.machine), w-2, 0)), w, rows)
}

func (m Model) courseHeader() line {
	return line{sp(roleBold, " sockstep "), sp(roleText, " Berkeley sockets, one system call at a time. Every line really runs.")}
}

// noticeLine is why a key did nothing, or what there is to say to one who begins or is
// through.
func (m Model) noticeLine() line {
	if m.notice != "" {
		return line{sp(roleNotice, " "+m.notice)}
	}
	return line{sp(roleText, " "+m.placementOffer())}
}

// courseBody is the list beside what the chosen lesson is about, or above it: the list
// scrolls, and so gives way.
func (m Model) courseBody(w, h int) []line {
	rows := m.listRows(w, h)
	if w >= besideAbout {
		lw := w * 45 / 100
		left := block(append([]line{titleBar("lessons", "", lw, true)}, m.lessonList(lw, rows)...), lw, h)
		right := block(append([]line{titleBar("about", "", w-lw-1, false)}, m.about(w-lw-1)...), w-lw-1, h)
		return beside(left, right)
	}
	out := block(append([]line{titleBar("lessons", "", w, true)}, m.lessonList(w, rows)...), w, rows+1)
	return append(out, block(append([]line{titleBar("about", "", w, false)}, m.about(w)...), w, h-rows-1)...)
}

// besideAbout is the width from which the list stands beside the description.
const besideAbout = 110

// listRows is how many lessons there is room for in a body of w columns and h rows.
func (m Model) listRows(w, h int) int {
	if w >= besideAbout {
		return h - 1
	}
	return clamp(min(h/2, h-1-len(m.about(w))), 4, len(m.o.Course.Lessons)+2) - 1
}

// listFrom is the first lesson shown where there is room for n of them.
func (m Model) listFrom(n int) int {
	return clamp(m.pick-n/2, 0, max(len(m.o.Course.Lessons)-n, 0))
}

// lessonAt is the lesson that stands in a row of the window, -1 for none.
func (m Model) lessonAt(y int) int {
	h := m.height - fixedRows - len(m.machineLines(m.width))
	n := m.listRows(m.width, h)
	if y -= 2; y < 0 || y >= n || m.listFrom(n)+y >= len(m.o.Course.Lessons) {
		return -1
	}
	return m.listFrom(n) + y
}

func (m Model) lessonList(w, h int) []line {
	ls := m.o.Course.Lessons
	if len(ls) == 0 {
		return []line{ln(roleText, " There are no lessons here.")}
	}
	var out []line
	for i := m.listFrom(h); i < len(ls) && len(out) < h; i++ {
		out = append(out, m.lessonRow(i, w))
	}
	return out
}

func (m Model) lessonRow(i, w int) line {
	l := m.o.Course.Lessons[i]
	end := line{sp(roleMuted, fmt.Sprintf(" %3d min  ", l.Minutes)), sp(roleText, padded(m.doneText(l), 20))}
	lead := fmt.Sprintf("   %2d  ", i+1)
	if i == m.pick {
		lead = fmt.Sprintf(" ▸ %2d  ", i+1)
	}
	row := append(line{sp(roleText, lead), sp(roleBold, l.Title)}.fit(w-end.width()), end...)
	if i == m.pick {
		return row.as(roleChosen)
	}
	return row
}

// doneText says in words how far a lesson has been done.
func (m Model) doneText(l *lesson.Lesson) string {
	if m.o.Progress == nil {
		return ""
	}
	k, ok := m.o.Progress.Lesson(l.Name)
	switch {
	case ok && k.Finished:
		return "✓ done"
	case ok && len(k.Ran) > 0:
		return fmt.Sprintf("%d of %d steps", min(len(k.Ran), len(l.Steps)), len(l.Steps))
	}
	return "not begun"
}

// about is the goal of the chosen lesson, its parts, and where one would go on.
func (m Model) about(w int) []line {
	if len(m.o.Course.Lessons) == 0 {
		return nil
	}
	l := m.o.Course.Lessons[m.pick]
	out := indented(wrap(line{sp(roleBold, l.Title)}, w-2, 0))
	if l.Goal != "" {
		out = append(out, indented(wrap(line{sp(roleMuted, "Afterwards: "), sp(roleText, l.Goal)}, w-2, 0))...)
	}
	out = append(out, nil)
	out = append(out, indented(markdown(l.Intro, w-2))...)
	if len(l.Parts) > 0 {
		out = append(out, nil)
		var parts line
		for i, p := range l.Parts {
			parts = append(parts, sp(roleKey, itoa(i+1)), sp(roleText, " "+p+"  "))
		}
		out = append(out, indented(wrap(parts, w-2, 0))...)
	}
	return out
}

// indented puts a blank before every line.
func indented(ls []line) []line {
	for i := range ls {
		ls[i] = append(line{pad(1)}, ls[i]...)
	}
	return ls
}

// coursePrompt says what Enter does.
func (m Model) coursePrompt() line {
	if m.over.kind == overAsk {
		return m.askLine()
	}
	if m.over.kind != overNone || len(m.o.Course.Lessons) == 0 {
		return nil
	}
	l := m.o.Course.Lessons[m.pick]
	what := "opens " + l.Title
	if j, ok := m.kept(l); ok {
		what = fmt.Sprintf("goes on with %s at step %d of %d, where you left it", l.Title, min(j.Step+1, len(l.Steps)), len(l.Steps))
	}
	return line{sp(roleKey, " enter"), sp(roleText, " "+what)}
}

func (m Model) askLine() line {
	return line{sp(roleKey, " enter"), sp(roleText, " yes  "), sp(roleKey, "esc"), sp(roleText, " no  "), sp(roleNotice, m.over.text)}
}
