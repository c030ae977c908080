package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/ui/words"
)

// practice is the screen of questions: those of a drill, one after the other without
// end, or those of a placement. It lies over the course or the stage it was opened
// from.
type practice struct {
	open   bool
	alone  bool          // the command line opened it: there is nothing to go back to
	title  string        // "practice: recv, state"
	source *drill.Source // of a drill, nil in a placement
	seed   uint64        // of the source
	count  int           // how many questions a drill has, 0 for no end
	place  placing       // of a placement
	asked  asked
	number int // of the question, from 1
	gen    int // counts questions up, over all of them: what comes of another is dropped
	choice int // the option chosen, or noChoice
	warned bool
	score  drill.Score
	run    *run // the run that is under way, nil when there is none
	slow   bool
	ended  bool // no question is left
	scroll int
}

// asked is a question on the screen, and what came of it.
type asked struct {
	about  string          // the topic, or the lesson
	drill  *drill.Question // answered by a run
	belief *lesson.Belief  // or one whose answer is written down
	marked bool
	answer lesson.Answer
	log    []lesson.LogLine
	failed string // why its lines could not be run
}

// text is what is asked.
func (a asked) text() string {
	if a.drill != nil {
		return a.drill.Ask.Text
	}
	return a.belief.Question
}

// options are the answers there are to choose from; none has an explanation but that
// of a drill that is likely to hold.
func (a asked) options() []lesson.Option {
	if a.drill != nil {
		return a.drill.Ask.Options
	}
	all := make([]lesson.Option, len(a.belief.Options))
	for i, text := range a.belief.Options {
		all[i].Text = text
	}
	return all
}

// why is the rule behind the answer that holds.
func (a asked) why() string {
	switch {
	case a.belief != nil:
		return a.belief.Why
	case a.answer.Correct >= 0:
		return a.drill.Ask.Options[a.answer.Correct].Why
	}
	return ""
}

// mark is what the answer counts for.
func (a asked) mark() lesson.Mark {
	if a.answer.Chosen == lesson.Skipped || a.answer.Correct < 0 {
		return lesson.Unmarked
	}
	return a.answer.Mark
}

// asking reports whether an answer is waited for.
func (p *practice) asking() bool { return p.open && !p.ended && !p.asked.marked && p.run == nil }

// advance puts the next question, or notes that there is none.
func (p practice) advance() practice {
	p.number++
	p.gen++
	p.choice, p.warned, p.scroll = noChoice, false, 0
	switch {
	case p.source == nil && p.number <= len(p.place.questions):
		q := p.place.questions[p.number-1]
		p.asked = asked{about: q.Lesson.Name, drill: q.Drill, belief: q.Belief}
	case p.source != nil && (p.count == 0 || p.number <= p.count):
		q := p.source.Next()
		p.asked = asked{about: q.Topic, drill: &q}
	default:
		p.number--
		p.ended = true
	}
	return p
}

// answered takes the mark of the question on the screen.
func (p practice) answered(a lesson.Answer, log []lesson.LogLine) practice {
	p.asked.marked, p.asked.answer, p.asked.log, p.asked.failed = true, a, log, ""
	p.score = p.score.With(a)
	if p.source == nil {
		p.place.marks = append(slices.Clip(p.place.marks), p.asked.mark())
	}
	return p
}

// practiceNext is what Enter does: commit the answer, go on, or leave.
func (m Model) practiceNext() (Model, tea.Cmd) {
	p := &m.practice
	switch {
	case p.ended:
		return m.practiceDone()
	case p.run != nil:
		m.notice = runningText
		return m, nil
	case p.asked.marked:
		m.practice = p.advance()
		if m.practice.ended {
			return m.judged()
		}
		return m, nil
	case p.choice == noChoice && !p.warned:
		p.warned = true
		m.notice = fmt.Sprintf("No answer chosen yet: 1 to %d. enter again skips the question.", len(p.asked.options()))
		return m, nil
	}
	return m.answerIt(p.choice)
}

const runningText = "The lines are running. esc gives it up."

// practiceSkip hands no answer in. Where the lines could not be run, it goes on.
func (m Model) practiceSkip() (Model, tea.Cmd) {
	p := &m.practice
	if p.asked.failed == "" {
		return m.answerIt(lesson.Skipped)
	}
	m.practice = p.answered(lesson.Answer{Chosen: lesson.Skipped, Correct: -1}, nil).advance()
	if m.practice.ended {
		return m.judged()
	}
	return m, nil
}

// practiceChoose selects an option; Enter commits it.
func (m Model) practiceChoose(key string) (Model, tea.Cmd) {
	if n := optionKey(key); n < len(m.practice.asked.options()) {
		m.practice.choice = n
		return m, nil
	}
	m.notice = fmt.Sprintf("The answers go from 1 to %d; 0 skips the question.", len(m.practice.asked.options()))
	return m, nil
}

// answerIt marks the choice: what is written down at once, what a run tells after it.
func (m Model) answerIt(choice int) (Model, tea.Cmd) {
	p := &m.practice
	if b := p.asked.belief; b != nil {
		m.practice = p.answered(lesson.Answer{Chosen: choice, Correct: b.Right - 1, Mark: b.Mark(choice)}, nil)
		return m, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	p.run, p.slow, p.asked.failed = &run{cancel: cancel, done: make(chan struct{})}, false, ""
	m.opened.setRun(p.run)
	return m, tea.Batch(practise(m.o.Practise, ctx, p.run, *p.asked.drill, choice, p.gen), lingering(p.gen))
}

// marked takes what the run of a question showed.
func (m Model) marked(msg markedMsg) Model {
	p := &m.practice
	if msg.gen != p.gen || p.run == nil {
		return m
	}
	p.run, p.slow = nil, false
	m.opened.setRun(nil)
	switch {
	case msg.err == nil:
		m.practice = p.answered(msg.outcome.Answer, msg.outcome.Log)
	case errors.Is(msg.err, context.Canceled):
		m.notice = "Given up. Choose an answer and press enter to run it again; 0 skips it."
	default:
		p.asked.failed = firstLines(msg.err)
	}
	return m
}

func (m Model) lingered(msg lingeredMsg) Model {
	m.practice.slow = m.practice.run != nil && msg.gen == m.practice.gen
	return m
}

// practiceBack gives up what runs, or goes back to where one came from.
func (m Model) practiceBack() (Model, tea.Cmd) {
	p := &m.practice
	if p.run != nil {
		p.run.cancel()
		m.notice = "Giving it up."
		return m, nil
	}
	return m.leavePractice()
}

func (m Model) leavePractice() (Model, tea.Cmd) {
	p := m.practice
	if p.alone {
		return m.quit()
	}
	m.practice = practice{gen: p.gen + 1}
	switch {
	case p.source == nil && !p.ended:
		m.notice = words.NotPlaced
	case p.source != nil && p.score != (drill.Score{}):
		m.notice = "Practised: " + p.score.String() + "."
	}
	return m, nil
}

// practiceUpDown moves among the answers; once one was given, in the text.
func (m Model) practiceUpDown(by int) Model {
	p := &m.practice
	if p.asking() {
		p.choice = clamp(p.choice+by, 0, len(p.asked.options())-1)
		return m
	}
	p.scroll = clamp(p.scroll+by, 0, m.farthestPractice())
	return m
}

// Score says how the practice went that the command line opened, empty where no
// question was answered.
func (m Model) Score() string { return m.practice.score.String() }

// These say why a key does nothing now; empty when it does something.

func (m Model) noAnswer() string {
	switch p := &m.practice; {
	case p.run != nil:
		return runningText
	case p.ended:
		return "No question is open."
	case p.asked.marked:
		return "This question is answered; enter goes on."
	}
	return ""
}

func (m Model) noPractice() string {
	if m.o.Practise == nil {
		return "Practice is not to be had here."
	}
	return ""
}

func (m Model) practiceWord() string {
	switch p := &m.practice; {
	case p.ended:
		return "go on"
	case p.asked.marked:
		return "next"
	}
	return "answer"
}
