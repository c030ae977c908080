package linear

import (
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson"
)

// recall asks about a belief that a wrong answer showed some lessons ago, before the
// first step. Enter alone skips it.
func (p *player) recall() error {
	b := p.o.Recall
	if b == nil {
		return nil
	}
	p.out.gap()
	p.out.say("First, something from an earlier lesson. %s", b.Question)
	for i, o := range b.Options {
		p.out.indented(fmt.Sprintf("%d. ", i+1), o)
	}
	chosen, on, err := p.recalled(len(b.Options))
	if err != nil || !on {
		return err
	}
	m := b.Mark(chosen)
	switch m {
	case lesson.Right:
		p.out.say("Right. %s", b.Why)
	case lesson.Wrong:
		p.out.say("No, it is %d. %s It will be asked again.", b.Right, b.Why)
	}
	p.out.gap()
	if p.o.Recalled != nil {
		p.o.Recalled(b.ID, m)
	}
	return nil
}

// recalled reads the answer; false when the learner leaves instead.
func (p *player) recalled(options int) (chosen int, on bool, err error) {
	for {
		p.out.prompt(fmt.Sprintf("Your answer, 1 to %d, Enter alone skips", options))
		text, ok, err := p.in.next(p.ctx)
		if err != nil {
			return 0, false, err
		}
		if !ok {
			p.ended(OutOfInput)
			p.out.echo("", true)
			return 0, false, nil
		}
		p.out.echo(text, p.in.echo)
		text = strings.TrimSpace(text)
		if text == "" || text == "skip" {
			return lesson.Skipped, true, nil
		}
		if c, _ := find(text); c != nil && c.names[0] == "q" {
			p.ended(Left)
			return 0, false, nil
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= options {
			return n - 1, true, nil
		}
		p.out.say("There are answers 1 to %d.", options)
	}
}
