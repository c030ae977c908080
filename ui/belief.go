package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

// askAgain puts a question about a belief that a wrong answer showed some lessons ago
// over the lesson that is being opened, where one is due.
func (m Model) askAgain(l *lesson.Lesson) Model {
	if m.o.Progress == nil {
		return m
	}
	b := lesson.FirstBelief(m.o.Progress.Opened(l.Name))
	if b == nil {
		return m
	}
	m.over = overlay{kind: overList, title: "first, something from an earlier lesson", text: clean(b.Question),
		pick: func(m Model, chosen int) (Model, tea.Cmd) { return m.askedAgain(l, b, chosen), nil }}
	for i, o := range b.Options {
		m.over.items = append(m.over.items, item{line{sp(roleMuted, fmt.Sprintf("%d  ", i+1)), sp(roleText, clean(o))}, i})
	}
	m.over.items = append(m.over.items, item{ln(roleMuted, fmt.Sprintf("%d  skip this", len(b.Options)+1)), lesson.Skipped})
	return m
}

// askedAgain notes the answer and says what holds.
func (m Model) askedAgain(l *lesson.Lesson, b *lesson.Belief, chosen int) Model {
	mark := b.Mark(chosen)
	m.o.Progress.Recalled(l.Name, b.ID, mark)
	if mark == lesson.Unmarked {
		return m
	}
	title, text := "right", b.Why
	if mark == lesson.Wrong {
		title, text = "no", fmt.Sprintf("It is %d, %s. %s This will be asked again.", b.Right, b.Options[b.Right-1], b.Why)
	}
	m.over = overlay{kind: overList, title: title, text: clean(text), items: []item{{ln(roleText, "on to the lesson"), 0}},
		pick: func(m Model, _ int) (Model, tea.Cmd) { return m, nil }}
	return m
}
