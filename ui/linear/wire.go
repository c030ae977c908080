package linear

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// wireMove makes a move as the network: verb, and what stands behind it.
func wireMove(verb netcore.WireVerb) func(p *player, rest string) {
	return func(p *player, rest string) {
		if verb == netcore.WireDelay && rest == "" {
			p.out.say("Type how long, as in: delay 200ms.")
			return
		}
		p.do(lesson.Move{Kind: lesson.MoveWire, Text: strings.TrimSpace(string(verb) + " " + rest)})
	}
}

// set makes a stage setting.
func (p *player) set(rest string) {
	if rest == "" {
		p.out.say("Type what to set, as in: set sysctl net.core.somaxconn 2, or set deaf client 3.")
		return
	}
	p.do(lesson.Move{Kind: lesson.MoveSet, Text: rest})
}

// nextEvent runs a side's lines until something happens.
func (p *player) nextEvent(rest string) { p.act(lesson.MoveEvent, rest) }

// wire says how the wire stands.
func (p *player) wire(string) {
	v := p.look()
	if v.Snapshot.Wire == nil {
		p.out.say("There is no wire here: server and client share one network.")
		return
	}
	p.held(v)
}

// heldNews says what waits on the wire, if that is not what was said last.
func (p *player) heldNews(v *lesson.View) {
	w := v.Snapshot.Wire
	if w == nil || slices.Equal(w.Held, p.waits) {
		return
	}
	p.held(v)
}

func (p *player) held(v *lesson.View) {
	w := v.Snapshot.Wire
	p.waits = slices.Clone(w.Held)
	mode := "packets pass the wire; hold has them stop in its middle."
	if w.Holding {
		mode = "packets stop in its middle; flow lets them pass again."
	}
	if len(w.Held) == 0 {
		p.out.say("Nothing waits on the wire: %s", mode)
		return
	}
	p.out.say("On the wire %s, and new %s", waitWords(len(w.Held)), mode)
	for i, h := range w.Held {
		p.out.indented(fmt.Sprintf("  %d. ", i+1), p.heldWords(v, h))
	}
	p.out.say("pass, drop, duplicate or delay TIME, with its number here, does that with one; without a number with the first.")
}

func waitWords(n int) string {
	if n == 1 {
		return "1 packet waits"
	}
	return fmt.Sprintf("%d packets wait", n)
}

func (p *player) heldWords(v *lesson.View, h netcore.HeldPacket) string {
	text := fmt.Sprintf("packet %d", h.Number)
	if v.Timeline != nil {
		if e, ok := v.Timeline.Get(h.Event); ok && e.Packet != nil {
			text = words.Packet(&p.ends, e.Packet)
		}
	}
	text += fmt.Sprintf("; since %s", words.Seconds(time.Duration(v.Snapshot.At-h.At)))
	if h.Until > 0 {
		text += fmt.Sprintf("; it goes on by itself in %s", words.Seconds(time.Duration(h.Until-v.Snapshot.At)))
	}
	return text + "."
}
