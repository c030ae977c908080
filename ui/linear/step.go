package linear

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
)

// present says what there is to read before the next prompt, once.
func (p *player) present() {
	v := p.s.View()
	st := v.Shown()
	now := said{step: v.Step, phase: v.Phase, head: true}
	if p.said == now || p.at >= 0 {
		return
	}
	entered := p.said.step != v.Step
	p.hint = 0
	p.said = now
	switch {
	case v.Phase == lesson.Finished:
		p.takeaway(v)
	case v.Phase == lesson.Free:
		p.next(v, p.current(v))
	case entered && st != nil:
		p.heading(v, st)
		p.open(v, st)
	case st != nil:
		p.open(v, st)
	}
}

func (p *player) heading(v *lesson.View, st *lesson.Step) {
	p.hint = 0
	p.side = ""
	p.out.gap()
	l := v.Lesson
	part := ""
	if st.Part >= 0 && st.Part < len(l.Parts) {
		part = fmt.Sprintf(", part %d of %d, %s", st.Part+1, len(l.Parts), l.Parts[st.Part])
	}
	p.out.say("Step %d of %d%s: %s", v.Step+1, len(l.Steps), part, inline(st.Title))
	if v.Message != "" {
		p.out.say("%s", v.Message)
	}
	if st.Failure {
		p.out.say("The call of this step fails, and that is its point.")
	}
	if v.Phase != lesson.Ran {
		p.out.Prose(st.Before)
	}
	if v.Phase != lesson.Ran {
		p.arranges(st)
		p.unit(st)
		p.watchedFile(st)
	}
	if st.Run != nil && v.Phase != lesson.Ran {
		p.runs(v, st)
	}
}

// arranges says what a step does besides running lines.
func (p *player) arranges(st *lesson.Step) {
	for _, set := range st.Stage {
		p.out.say("This step sets: %s.", set)
	}
	if len(st.Wire) > 0 {
		p.out.say("As the network this step does: %s. You can do that yourself, by typing it.", strings.Join(st.Wire, ", then "))
	}
	if st.Interrupt != "" {
		p.out.say("This step sends a signal to %s.", st.Interrupt)
	}
}

// open says what the step wants before it runs.
func (p *player) open(v *lesson.View, st *lesson.Step) {
	switch v.Phase {
	case lesson.Typing:
		p.wanted(v, st.Input)
	case lesson.Asking:
		p.ask(st.Ask)
	case lesson.Trying:
		p.wantedGoal(v, st)
	}
}

func (p *player) ask(q *lesson.Question) {
	p.out.gap()
	p.out.say("Question.")
	p.out.Prose(q.Text)
	if q.Typed != "" {
		return
	}
	for i, o := range q.Options {
		p.out.indented(fmt.Sprintf("%d. ", i+1), inline(o.Text))
	}
}

func (p *player) wanted(v *lesson.View, in *lesson.Input) {
	p.out.gap()
	p.out.Prose(in.Ask)
	if side := sideOf(v, in.Role); side != nil && side.Program != nil {
		if text, _, ok := side.Program.Define(in.Define); ok {
			p.out.say("Now %s is %s.", in.Define, text)
		}
	}
	if in.Kind == "text" {
		p.out.say("What you type is the value. A command needs a ! before it, as in !q.")
	}
}

// runs shows the lines the step is about to run.
func (p *player) runs(v *lesson.View, st *lesson.Step) {
	side := sideOf(v, st.Run.Role)
	if side == nil || side.Program == nil {
		return
	}
	last, ok := side.Program.ByLabel(st.Run.Label)
	if !ok {
		return
	}
	if side.State == lesson.SideBlocked {
		p.blocked(v, side)
		return
	}
	first := side.Line
	if first < 1 || first > last.Line || last.Line-first > 12 {
		first = last.Line
	}
	p.out.say("%s is about to run, in %s:", side.Name, side.Program.File())
	p.listing(side, first, max(last.Line, last.EndLine))
}

// listing shows lines of a side's program with their numbers.
func (p *player) listing(side *lesson.Side, first, last int) {
	lines := side.Program.Lines()
	for n := max(first, 1); n <= min(last, len(lines)); n++ {
		if strings.TrimSpace(lines[n-1]) != "" {
			p.out.code(fmt.Sprintf("%4d  %s", n, codeLine(lines[n-1])))
		}
	}
}

// next says which line of a side runs next.
func (p *player) next(v *lesson.View, name string) {
	side := sideOf(v, name)
	if side == nil {
		return
	}
	switch side.State {
	case lesson.SideBlocked:
		p.blocked(v, side)
	case lesson.SideEnded, lesson.SideKilled, lesson.SideFault:
		p.out.say("%s", condition(side))
	default:
		if side.Line > 0 && side.Program != nil {
			p.out.say("%s runs next, in %s:", side.Name, side.Program.File())
			p.listing(side, side.Line, max(side.Line, side.Next.EndLine))
		}
	}
}

func (p *player) takeaway(v *lesson.View) {
	p.out.gap()
	p.out.say("That was the last step. To remember:")
	p.out.Prose(v.Lesson.Takeaway)
	right, wrong := 0, 0
	for _, a := range v.Answers {
		switch a.Mark {
		case lesson.Right:
			right++
		case lesson.Wrong:
			wrong++
		}
	}
	if right+wrong > 0 {
		p.out.say("Of your predictions %d came true and %d did not.", right, wrong)
	}
	p.practiceHint(v.Lesson)
}

// codeLine is a line of a program for reading: without the comment that names it.
func codeLine(l string) string {
	return strings.TrimRight(strings.ReplaceAll(cprog.StripLabel(l), "\t", "    "), " ")
}
