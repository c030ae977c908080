package ui

import (
	"fmt"

	"sockstep/lesson"
)

// Overflow is a text of a lesson that the smallest window has no room for: one would
// have to scroll to read it.
type Overflow struct {
	What       string // "the text before the step runs"
	Rows, Room int
}

func (o Overflow) String() string {
	return fmt.Sprintf("%s takes %d rows, and a window of %dx%d has %d for it", o.What, o.Rows, minWidth, minHeight, o.Room)
}

// Overflows lays out, as the stage does in the smallest window, the words that are
// read where a session stands: v is its view, or that view with the words of a
// translation. What the session remarks, as that a port was replaced, is left out, for
// another machine may have nothing to remark.
func Overflows(s Session, v *lesson.View) []Overflow {
	own := *v
	own.Message, own.OffPath, own.Differed = "", "", nil
	m := Model{width: minWidth, height: minHeight, onStage: true, stage: stage{session: s, lesson: v.Lesson, view: &own, choice: noChoice, ready: true}}
	st := own.Shown()
	switch {
	case own.Phase == lesson.Finished:
		return m.overflow("the takeaway")
	case st == nil:
		return nil
	case own.Phase == lesson.Ran:
		return m.overflowsAfter(st)
	}
	return m.overflowsBefore(st)
}

// overflowsBefore looks at every phase a step goes through until it runs. While a
// question is open and there is no room for the text before it as well, the large
// view has both.
func (m Model) overflowsBefore(st *lesson.Step) []Overflow {
	out := m.in(lesson.Reading).overflow("the text before the step runs")
	if intro := m.stage.lesson.Intro; m.stage.view.Step == 0 && intro != "" && len(out) == 0 {
		out = m.firstWords(intro, st)
	}
	if st.Input != nil {
		out = append(out, m.in(lesson.Typing).overflow("the text with what is to be typed")...)
	}
	if st.Ask == nil {
		return out
	}
	asking := m.in(lesson.Asking)
	out = append(out, asking.overflow("the question with its answers")...)
	asking.stage.large = paneText
	return append(out, asking.overflow("the question with the text before it")...)
}

// firstWords are the lesson's with the text of its first step: the stage shows them
// where there is room for both.
func (m Model) firstWords(intro string, st *lesson.Step) []Overflow {
	l := m.in(lesson.Reading).layout()
	w, room := l.text.w-2, l.text.h-1
	rows := len(markdown(intro, w)) + 1 + len(markdown(st.Before, w))
	if rows <= room {
		return nil
	}
	return []Overflow{{"the lesson's first words with the text of its first step", rows, room}}
}

// overflowsAfter is the text after a step with the answer that takes most rows.
func (m Model) overflowsAfter(st *lesson.Step) []Overflow {
	worst := m.overflowAfter(st, "the text after the step has run")
	if st.Ask == nil {
		return worst
	}
	observed := m.stage.view.Answers[st.ID].Observed
	for i := noChoice; i < len(st.Ask.Options); i++ {
		a := st.Ask.Mark(i, observed)
		a.Step = st.ID
		what := "the text after the step has run, without an answer,"
		if i >= 0 {
			what = fmt.Sprintf("the text after the step has run, with answer %d marked,", i+1)
		}
		if o := m.answered(a).overflowAfter(st, what); len(o) > 0 && (len(worst) == 0 || o[0].Rows > worst[0].Rows) {
			worst = o
		}
	}
	return worst
}

// in is the model in another phase of the step.
func (m Model) in(p lesson.Phase) Model {
	v := *m.stage.view
	v.Phase = p
	m.stage.view = &v
	return m
}

// answered is the model with the step's question answered.
func (m Model) answered(a lesson.Answer) Model {
	v := *m.stage.view
	v.Answers = map[string]lesson.Answer{a.Step: a}
	m.stage.view = &v
	return m
}

// overflow is what does not fit the pane of the text, if it does not.
func (m Model) overflow(what string) []Overflow {
	l := m.layout()
	room := l.text.h - 1
	return tooLong(what, len(m.textLines(l.text.w-2, room)), room)
}

// overflowAfter is what does not fit of the words after a step. What changed may
// stand below the window, where the row that says so takes the place of another.
func (m Model) overflowAfter(st *lesson.Step, what string) []Overflow {
	v, l := m.stage.view, m.layout()
	w, room := l.text.w-2, l.text.h-1
	rows := len(m.verdict(v, st, w)) + len(m.told(v, st, w))
	if len(m.textLines(w, room)) > room {
		rows++
	}
	return tooLong(what, rows, room)
}

func tooLong(what string, rows, room int) []Overflow {
	if rows <= room {
		return nil
	}
	return []Overflow{{what, rows, room}}
}
