package linear

import (
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// card says what there is to know about a call, an errno or a term; without a name
// about the last call, and its errno where it was refused.
func (p *player) card(name string) {
	if name == "" {
		p.lastCards()
		return
	}
	if c, ok := lesson.CardOf(name); ok {
		p.out.say("%s.", c.Title())
		p.out.Prose(c.Markdown())
		return
	}
	for _, t := range lesson.Glossary() {
		if slices.ContainsFunc(t.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			p.out.say("%s.", t.Names[0])
			p.out.Prose(t.Markdown())
			return
		}
	}
	p.out.say("There is no card of %q. Type card and a call, an error or a term, as in: card accept, card EINVAL, card backlog.", name)
}

// lastCards are the cards of the last call that was made.
func (p *player) lastCards() {
	for _, l := range slices.Backward(p.shown().Log) {
		if l.Kind != netcore.CallEvent {
			continue
		}
		name, _, _ := strings.Cut(l.Text, "(")
		p.card(name)
		if l.Errno != 0 {
			p.out.say("It was refused: %s%s", l.Errno.Name(), p.cause(l))
			p.card(l.Errno.Name())
		}
		return
	}
	p.out.say("No call has been made. Type card and the name of one, as in: card accept.")
}
