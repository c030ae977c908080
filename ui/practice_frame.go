package ui

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// practiceWide is the width from which the question stands beside what happened.
const practiceWide = 110

// practiceFrame is the practice screen.
func (m Model) practiceFrame() []line {
	w, h := m.width, m.height
	out := []line{m.practiceHeader(w)}
	bh := h - fixedRows
	if m.over.fills() {
		out = append(out, block(m.overlayLines(w, bh), w, bh)...)
	} else {
		out = append(out, m.practiceBody(w, bh)...)
	}
	return append(out, m.practiceStatus().fit(w), m.practicePrompt().fit(w), m.footer().fit(w))
}

func (m Model) practiceHeader(w int) line {
	end := line{sp(roleKernel, m.practiceScore()), sp(roleMuted, "  ? keys ")}
	return append(line{sp(roleBold, " "+m.practice.title)}.fit(w-end.width()), end...)
}

func (m Model) practiceScore() string {
	if text := m.practice.score.String(); text != "" || m.practice.source == nil {
		return text
	}
	return "no answer yet"
}

// practiceBody is the question beside what happened, or in a narrow window what
// happened in the place of the lines that were asked about.
func (m Model) practiceBody(w, h int) []line {
	p := &m.practice
	switch {
	case p.ended:
		return block(append([]line{titleBar("the end", "", w, true)}, window(indented(m.practiceEnd(w-2)), p.scroll, h-1, "down scrolls")...), w, h)
	case w >= practiceWide:
		lw := w / 2
		left := append([]line{titleBar(m.questionTitle(), m.questionRemark(), lw, true)}, indented(spaced(m.questionParts(lw-2), h-1))...)
		right := append([]line{titleBar("what happened", "", w-lw-1, false)}, m.scrolled(m.outcomeParts(w-lw-3), h-1)...)
		return beside(block(left, lw, h), block(right, w-lw-1, h))
	}
	parts := m.questionParts(w - 2)
	if p.asked.marked {
		parts = m.outcomeParts(w - 2)
		parts = append(parts[:1:1], append([][]line{wrap(append(line{sp(roleMuted, "? ")}, sp(roleMuted, p.asked.text())), w-2, 2)}, parts[1:]...)...)
	} else if p.asked.failed != "" {
		parts = append(parts, m.failure(w-2))
	}
	return block(append([]line{titleBar(m.questionTitle(), m.questionRemark(), w, true)}, m.scrolled(parts, h-1)...), w, h)
}

func (m Model) scrolled(parts [][]line, h int) []line {
	return window(indented(spaced(parts, h)), m.practice.scroll, h, "down scrolls")
}

// farthestPractice is how far what happened can be scrolled.
func (m Model) farthestPractice() int {
	h := m.height - fixedRows - 1
	switch w := m.width; {
	case m.practice.ended:
		return max(len(m.practiceEnd(w-2))-h, 0)
	case w >= practiceWide:
		return max(len(spaced(m.outcomeParts(w-w/2-3), h))-h, 0)
	default:
		return max(len(spaced(m.outcomeParts(w-2), h))+2-h, 0)
	}
}

// spaced joins the parts of a text, with an empty row between where h rows have room
// for that.
func spaced(parts [][]line, h int) []line {
	rows, some := 0, 0
	for _, p := range parts {
		if len(p) > 0 {
			rows, some = rows+len(p), some+1
		}
	}
	var out []line
	for _, p := range parts {
		if len(p) > 0 && len(out) > 0 && rows+some-1 <= h {
			out = append(out, nil)
		}
		out = append(out, p...)
	}
	return out
}

func (m Model) questionTitle() string {
	p := &m.practice
	title := fmt.Sprintf("question %d", p.number)
	if of := max(p.count, len(p.place.questions)); of > 0 {
		title += fmt.Sprintf(" of %d", of)
	}
	return title + ", " + p.asked.about
}

func (m Model) questionRemark() string {
	if m.practice.source == nil {
		return ""
	}
	return fmt.Sprintf("seed %d", m.practice.seed)
}

// questionParts are what the lines take for granted, the lines, and the question with
// its answers.
func (m Model) questionParts(w int) [][]line {
	a := &m.practice.asked
	var given, code []line
	if a.drill != nil && a.drill.Given != "" {
		given = wrap(ln(roleText, a.drill.Given), w, 0)
	}
	if a.drill != nil {
		for _, l := range a.drill.Lines {
			row, _ := highlight(l.Code, false)
			role := line{pad(2)}
			if l.Role != "" {
				role = line{sp(roleMuted, "  "+padded(l.Role, 8))}
			}
			code = append(code, append(role, row...))
		}
	}
	q := wrap(line{sp(roleNotice, "? "), sp(roleText, a.text())}, w, 2)
	for i, o := range a.options() {
		q = append(q, m.practiceOption(i, o, w)...)
	}
	return [][]line{given, code, q}
}

// practiceOption is an answer to choose, or one that has been marked.
func (m Model) practiceOption(i int, o lesson.Option, w int) []line {
	p := &m.practice
	sign := "  "
	switch {
	case p.asked.marked && i == p.asked.answer.Correct:
		sign = "✓ "
	case p.asked.marked && i == p.asked.answer.Chosen:
		sign = "✗ "
	case !p.asked.marked && i == p.choice:
		sign = "▸ "
	}
	ls := wrapLead(line{sp(roleKey, sign+itoa(i+1)+"  "), sp(roleText, o.Text)}, w, 5)
	if !p.asked.marked && i == p.choice {
		for j := range ls {
			ls[j] = ls[j].as(roleChosen)
		}
	}
	return ls
}

// outcomeParts are the lines as they ran, and how the answer was marked.
func (m Model) outcomeParts(w int) [][]line {
	p := &m.practice
	switch {
	case p.asked.failed != "":
		return [][]line{m.failure(w)}
	case p.run != nil:
		return [][]line{{ln(roleWaiting, "The lines are running.")}}
	case !p.asked.marked && p.asked.belief != nil:
		return [][]line{wrap(ln(roleMuted, "Nothing runs here: the answer is written down."), w, 0)}
	case !p.asked.marked:
		return [][]line{wrap(ln(roleMuted, "Nothing has run yet. What the lines really do marks the answer."), w, 0)}
	}
	var log []line
	for _, l := range p.asked.log {
		if text := words.Happened(*p.asked.drill, l); strings.TrimSpace(text) != "" {
			r := roleText
			if strings.Contains(l.Result, "-1 E") {
				r = roleRefused
			}
			log = append(log, wrap(line{pad(2), sp(r, text)}, w, 10)...)
		}
	}
	var why []line
	if text := p.asked.why(); text != "" {
		why = wrap(ln(roleText, text), w, 0)
	}
	return [][]line{log, m.markLines(w), why}
}

func (m Model) failure(w int) []line {
	out := wrap(line{sp(roleRefused, "The lines could not be run: "), sp(roleText, m.practice.asked.failed)}, w, 0)
	return append(out, wrap(ln(roleMuted, "enter tries again, 0 skips the question; sockstep doctor says what this machine lacks."), w, 0)...)
}

// markLines hold the answer against what was observed.
func (m Model) markLines(w int) []line {
	a, options := m.practice.asked.answer, m.practice.asked.options()
	if a.Correct < 0 {
		return wrap(ln(roleNotice, words.Unforeseen(a.Observed)), w, 0)
	}
	right := append(line{sp(roleOK, "✓ Right was "+itoa(a.Correct+1)+": "), sp(roleText, options[a.Correct].Text)}, observed(a)...)
	switch {
	case a.Chosen == lesson.Skipped:
		right[0] = sp(roleText, "Skipped. Right was "+itoa(a.Correct+1)+": ")
		return wrap(right, w, 2)
	case a.Mark == lesson.Right:
		right[0] = sp(roleOK, "✓ Right. You said: ")
		return wrap(right, w, 2)
	}
	out := wrap(line{sp(roleRefused, "✗ Not so. "), sp(roleText, "You said: "+options[a.Chosen].Text)}, w, 2)
	return append(out, wrap(right, w, 2)...)
}

// practiceEnd is what is said when no question is left.
func (m Model) practiceEnd(w int) []line {
	if m.practice.source == nil {
		return m.advice(w)
	}
	text := m.practice.score.String()
	if text == "" {
		text = "No question was answered"
	}
	out := wrap(ln(roleText, text+"."), w, 0)
	return append(out, wrap(ln(roleMuted, fmt.Sprintf("The seed %d asks the same again.", m.practice.seed)), w, 0)...)
}

// practiceStatus is a notice, or that the lines run.
func (m Model) practiceStatus() line {
	switch {
	case m.notice != "":
		return line{sp(roleNotice, " "+m.notice)}
	case m.practice.slow:
		return line{sp(roleWaiting, " running…")}
	}
	return nil
}

// practicePrompt says what Enter does.
func (m Model) practicePrompt() line {
	p := &m.practice
	enter := func(text string) line { return line{sp(roleKey, " enter"), sp(roleText, " "+text)} }
	switch {
	case m.over.kind == overAsk:
		return m.askLine()
	case m.over.kind != overNone:
		return nil
	case p.ended && p.source == nil && p.place.counts() && p.place.verdict.Start != nil && m.o.Open != nil:
		return enter("opens " + p.place.verdict.Start.Title)
	case p.ended && p.alone:
		return enter("ends the program")
	case p.ended:
		return enter("goes back")
	case p.run != nil:
		return enter("works as soon as the lines have run; esc gives it up")
	case p.asked.marked:
		return enter(m.practiceOn())
	case p.choice == noChoice:
		return line{sp(roleKey, " enter"), sp(roleText, " after choosing an answer: "), sp(roleKey, "1-"+itoa(len(p.asked.options()))), sp(roleText, " or "),
			sp(roleKey, "up down"), sp(roleText, " choose, "), sp(roleKey, "0"), sp(roleText, " skips it")}
	case p.asked.belief != nil:
		return enter("commits the answer; 0 skips the question")
	}
	return enter("commits the answer and runs the lines; 0 runs them without")
}

// practiceOn is what Enter leads to behind a question that is answered.
func (m Model) practiceOn() string {
	of := max(m.practice.count, len(m.practice.place.questions))
	switch {
	case of == 0 || m.practice.number < of:
		return "goes on to the next question"
	case m.practice.source == nil:
		return "says how it went and where to start"
	}
	return "says how it went"
}
