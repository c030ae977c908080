package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// Drill is a row of questions.
type Drill struct {
	Topics []drill.Topic // none: all
	// Seed and Topics determine the questions.
	Seed uint64
	// Count is how many are asked, 0 for no end.
	Count int
}

// beginDrill puts the first question of a drill.
func (m Model) beginDrill(d Drill) Model {
	p := practice{open: true, gen: m.practice.gen, title: "practice: " + topicNames(d.Topics), seed: d.Seed, count: d.Count,
		source: drill.NewSource(d.Seed, d.Topics...)}
	m.practice = p.advance()
	return m
}

// practiseTopics begins questions about topics, all of them where none is given.
func (m Model) practiseTopics(topics ...drill.Topic) (Model, tea.Cmd) {
	return m.beginDrill(Drill{Topics: topics, Seed: drill.AnySeed()}), nil
}

func topicNames(topics []drill.Topic) string {
	if len(topics) == 0 {
		return "everything, mixed"
	}
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// topicsOf are the topics that practise a lesson.
func topicsOf(l *lesson.Lesson) []drill.Topic {
	var all []drill.Topic
	if l == nil {
		return nil
	}
	for _, name := range l.Drills {
		if t, ok := drill.Named(name); ok {
			all = append(all, t)
		}
	}
	return all
}

// The values of the list of topics that are no topic's.
const (
	pickLesson = -1
	pickAll    = -2
)

// practiceList lists what there is to practise, the chosen lesson's topics first.
func (m Model) practiceList() (Model, tea.Cmd) {
	var own []drill.Topic
	if len(m.o.Course.Lessons) > 0 {
		own = topicsOf(m.o.Course.Lessons[m.pick])
	}
	o := overlay{kind: overList, title: "what to practise",
		text: "Questions without end. The lines that are asked about really run, and what the kernel does marks the answer.",
		pick: func(m Model, value int) (Model, tea.Cmd) { return m.practisePicked(own, value) }}
	add := func(name, about string, value int) {
		n := len(o.items) + 1
		o.items = append(o.items, item{line{sp(roleMuted, fmt.Sprintf("%2d  ", n)), sp(roleBold, padded(name, 13)), sp(roleText, about)}, value})
	}
	if len(own) > 0 {
		add("this lesson", m.o.Course.Lessons[m.pick].Title+": "+topicNames(own), pickLesson)
	}
	add("everything", "all topics, mixed", pickAll)
	for i, t := range drill.Topics() {
		add(t.Name, t.About, i)
	}
	m.over = o
	return m, nil
}

func (m Model) practisePicked(own []drill.Topic, value int) (Model, tea.Cmd) {
	switch value {
	case pickLesson:
		return m.practiseTopics(own...)
	case pickAll:
		return m.practiseTopics()
	}
	return m.practiseTopics(drill.Topics()[value])
}

// practisable reports whether the stage shows the last page of a lesson that names
// topics to practise.
func (m Model) practisable() bool {
	return m.onStage && m.o.Practise != nil && m.stage.past == nil && m.stage.view.Phase == lesson.Finished && len(topicsOf(m.stage.lesson)) > 0
}

// practiseOrHide practises the lesson on its last page, and hides or shows the
// predictions before.
func (m Model) practiseOrHide() (Model, tea.Cmd) {
	if m.practisable() {
		return m.practiseTopics(topicsOf(m.stage.lesson)...)
	}
	return m.toggleHide()
}

// practiceHint is the part of the last page's prompt that leads to the practice.
func (m Model) practiceHint() line {
	if !m.practisable() {
		return nil
	}
	return line{sp(roleText, "   "), sp(roleKey, "p"), sp(roleText, " practises this: "), sp(roleBold, topicNames(topicsOf(m.stage.lesson)))}
}
