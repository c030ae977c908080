package linear

import (
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// practiceHint says how what a lesson was about is practised.
func (p *player) practiceHint(l *lesson.Lesson) {
	if len(l.Drills) == 0 {
		return
	}
	if p.o.Practise != nil {
		p.out.say("To practise this, type practise. Any time later:")
	} else {
		p.out.say("To practise this:")
	}
	p.out.code("    sockstep drill " + strings.Join(l.Drills, " "))
}

// practise asks questions about topics, those of the lesson where none is named, until
// the learner leaves them.
func (p *player) practise(rest string) {
	if p.o.Practise == nil {
		p.out.say("Practice is not to be had here.")
		return
	}
	names := strings.Fields(rest)
	if l := p.s.View().Lesson; len(names) == 0 && l != nil {
		names = l.Drills
	}
	topics, ok := p.topics(names)
	if !ok {
		return
	}
	_, err := Drill(p.ctx, p.in, p.out, DrillOptions{Questions: drill.NewSource(drill.AnySeed(), topics...), Run: p.o.Practise})
	if err != nil && p.ctx.Err() == nil {
		p.out.say("Not done: %v.", err)
	}
}

// topics are those of the names; false, said, where one is none.
func (p *player) topics(names []string) ([]drill.Topic, bool) {
	var topics []drill.Topic
	for i, name := range names {
		t, ok := drill.Named(name)
		if !ok {
			p.out.say("%q is no topic; they are %s.", name, strings.Join(drill.Names(), ", "))
			return nil, false
		}
		if !slices.Contains(names[:i], name) {
			topics = append(topics, t)
		}
	}
	return topics, true
}
