package linear

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// wantedGoal says what is to be brought about, and which calls there are for it.
func (p *player) wantedGoal(v *lesson.View, st *lesson.Step) {
	p.out.gap()
	if st.Order != nil {
		p.out.say("The calls:")
		for i, call := range st.Order.Cards() {
			p.out.code(fmt.Sprintf("%4d  %s", i+1, call))
		}
	}
	p.goal(v, st)
}

// goal lists the conditions of a goal with whether they hold.
func (p *player) goal(v *lesson.View, st *lesson.Step) {
	p.out.say("The goal:")
	for _, e := range st.Expect {
		i := slices.IndexFunc(v.Open, func(u lesson.Unmet) bool { return u.About == e.About })
		if i < 0 {
			p.out.indented("- ", fmt.Sprintf("%s: %s. It is so.", words.Fact(e.About), e.Here()))
			continue
		}
		p.out.indented("- ", fmt.Sprintf("%s: %s. Now: %s.", words.Fact(e.About), v.Open[i].Want, words.Observed(e.About, v.Open[i].Got)))
	}
}

// order takes an order of calls, "3 1 4"; false when text is none.
func (p *player) order(st *lesson.Step, text string) bool {
	var picks []int
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return false
		}
		picks = append(picks, n-1)
	}
	if len(picks) == 0 || len(picks) == 1 && picks[0] < 0 {
		return false
	}
	p.at = -1
	err := p.timed(func(ctx context.Context) error { return p.s.Order(ctx, picks) })
	p.tried(err)
	return true
}

// tried says what came of a try at a goal: every call of the step, and what is missing.
func (p *player) tried(err error) {
	v := p.s.View()
	if !errors.As(err, new(lesson.UnmetError)) && err != nil {
		p.out.say("Not done: %v.", err)
		return
	}
	p.tellStep(v)
	for i := range v.Sides {
		if v.Sides[i].State == lesson.SideBlocked {
			p.blocked(v, &v.Sides[i])
		}
	}
	if p.o.Save != nil {
		p.o.Save(p.s.Journal())
	}
	if v.Phase == lesson.Ran {
		p.out.say("Goal reached.")
		p.after(v)
		return
	}
	p.out.say("Not yet.")
	p.goal(v, v.Shown())
}

// tellStep says what happened in the step: what is new of it, or all where it ran in
// a fresh lab.
func (p *player) tellStep(v *lesson.View) {
	if p.record == v.Timeline {
		p.tell(v)
		return
	}
	for _, l := range v.Log {
		if l.Step == v.Step+1 {
			p.out.indented("- ", p.inWords(l))
		}
	}
	p.skipLog()
}

// check looks whether the goal is reached.
func (p *player) check() {
	p.at = -1
	before := p.s.View()
	err := p.timed(p.s.Next)
	now := p.s.View()
	p.outcome(before, now)
	switch {
	case now.Phase == lesson.Ran:
	case errors.As(err, new(lesson.UnmetError)):
		p.out.say("Not yet.")
		p.goal(now, now.Shown())
	case err != nil:
		p.out.say("Not yet: %v.", err)
	}
}

// solve has the lesson reach the goal in its own way.
func (p *player) solve(string) {
	if p.s.View().Phase != lesson.Trying {
		p.out.say("No goal is open.")
		return
	}
	p.at = -1
	p.tried(p.timed(p.s.Solve))
}
