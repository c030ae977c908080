package ui

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/placement"
	"sockstep/ui/words"
)

// placing is a placement that is being done.
type placing struct {
	questions []placement.Question
	marks     []lesson.Mark
	before    lesson.Placement  // what was kept before it
	after     lesson.Placement  // and with it, where it counts
	verdict   placement.Verdict // once it has ended
}

// counts reports whether the placement has ended with an answer.
func (p *placing) counts() bool { return p.verdict.Answered() > 0 }

// beginPlacement puts the questions of a placement: the first ones, or the same with
// other numbers.
func (m Model) beginPlacement() (Model, tea.Cmd) {
	var before lesson.Placement
	if m.o.Progress != nil {
		before = m.o.Progress.Placement()
	}
	m = m.whole()
	questions := placement.Next(m.o.Course, before)
	if len(questions) == 0 {
		m.notice = "This course has nothing a placement could ask about."
		return m, nil
	}
	p := practice{open: true, gen: m.practice.gen, title: "placement", place: placing{questions: questions, before: before}}
	m.practice = p.advance()
	return m, nil
}

// judged says how a placement went, and has it kept where it counts.
func (m Model) judged() (Model, tea.Cmd) {
	p := &m.practice.place
	if m.practice.source != nil {
		return m, nil
	}
	p.verdict = placement.Judge(p.questions, p.marks)
	if !p.counts() || m.o.Progress == nil {
		return m, nil
	}
	start, kept := "", placement.Kept(p.questions, p.marks)
	if p.verdict.Start != nil {
		start = p.verdict.Start.Name
	}
	p.after = p.before.After(p.verdict.Right, start, kept)
	return m, keepPlaced(m.o.Progress, p.verdict.Right, start, kept)
}

// placed notes whether a placement could be kept. Where nothing is, the remarks have
// said so.
func (m Model) placed(msg placedMsg) Model {
	if msg.err != nil && !errors.Is(msg.err, lesson.ErrNotKept) {
		m.notice = firstLines(msg.err)
	}
	return m
}

// practiceDone is what Enter does behind the last question: it opens the lesson that
// was advised, or leaves.
func (m Model) practiceDone() (Model, tea.Cmd) {
	start := m.practice.place.verdict.Start
	if m.practice.source != nil || start == nil || !m.practice.place.counts() || m.o.Open == nil {
		return m.leavePractice()
	}
	m.practice = practice{gen: m.practice.gen + 1}
	m.pick = max(slices.Index(m.o.Course.Lessons, start), 0)
	return m.openLesson(start, 0, true)
}

// advice is what is said behind the last question of a placement.
func (m Model) advice(w int) []line {
	p := &m.practice.place
	if !p.counts() {
		return wrap(ln(roleText, words.NotPlaced), w, 0)
	}
	var out []line
	say := func(r role, texts []string) {
		for _, text := range texts {
			out = append(out, wrap(ln(r, text), w, 0)...)
		}
	}
	say(roleText, words.Advice(m.o.Course, p.verdict, p.after))
	if p.verdict.Start != nil {
		out = append(out, line{pad(4), sp(roleCode, "sockstep learn "+p.verdict.Start.Name)})
	}
	out = append(append(out, nil), p.markLines(w)...)
	if grown := words.Grown(placement.Grown(p.before.Asked, p.questions, p.marks)); len(grown) > 0 {
		out = append(out, nil)
		say(roleText, grown)
	}
	return out
}

// markLines are the questions by their lessons, each with its mark.
func (p *placing) markLines(w int) []line {
	var parts []line
	for i, mark := range p.marks {
		parts = append(parts, append(markSign(mark), sp(roleText, p.questions[i].Lesson.Name)))
	}
	return packed(ln(roleMuted, "asked:"), parts, w, 2)
}

func markSign(m lesson.Mark) line {
	switch m {
	case lesson.Right:
		return line{sp(roleOK, "✓ ")}
	case lesson.Wrong:
		return line{sp(roleRefused, "✗ ")}
	}
	return line{sp(roleMuted, "– ")}
}

// placementOffer is a line for one who has just begun, and for one who is through,
// empty otherwise.
func (m Model) placementOffer() string {
	if m.o.Practise == nil || m.o.Progress == nil || !placement.Possible(m.o.Course) {
		return ""
	}
	times := m.o.Progress.Placement().Times
	switch {
	case times == 0 && m.o.Progress.Last() == "":
		return "New to this, or not quite? P asks twelve questions and says where to start."
	case times == 1 && m.allFinished():
		return "All lessons are done. P asks the first questions again, with other numbers, and says what was learned."
	}
	return ""
}

func (m Model) allFinished() bool {
	return !slices.ContainsFunc(m.o.Course.Lessons, func(l *lesson.Lesson) bool {
		k, _ := m.o.Progress.Lesson(l.Name)
		return !k.Finished
	})
}
