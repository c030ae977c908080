package linear

import (
	"slices"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// mostTold is how many packets are told one by one after a move; of more the number
// is said.
const mostTold = 60

// tell says everything that happened since it was said last, in the order in which
// it happened: calls, the packets each caused, packets of the kernel's own, states
// and queues with what moved them, settings.
func (p *player) tell(v *lesson.View) {
	n := p.newsOf(v)
	for i := range n.events {
		n.event(&n.events[i])
	}
	n.rest()
	p.lostPackets(v)
	p.caughtUp(v)
}

// caughtUp takes everything up to a view as said.
func (p *player) caughtUp(v *lesson.View) {
	p.log = slices.Clone(v.Log)
	p.record, p.told = v.Timeline, v.Events
	p.ends.Follow(v.Timeline, v.Events)
	p.ends.Look(v.Snapshot)
}

// news is what has not been said yet.
type news struct {
	p      *player
	v      *lesson.View
	events []netcore.Event
	lines  []lesson.LogLine    // new in the log, in its order
	said   []bool              // of lines
	inside map[netcore.ID]bool // calls said to have been entered
	call   netcore.ID          // said last: the packets under it are its
	shown  int                 // packets told
}

func (p *player) newsOf(v *lesson.View) *news {
	n := &news{p: p, v: v, inside: map[netcore.ID]bool{}}
	for i, l := range v.Log {
		if i >= len(p.log) || p.log[i] != l {
			n.lines = append(n.lines, l)
		}
		if i < len(p.log) && p.log[i].Blocked {
			n.inside[l.ID] = true
		}
	}
	n.said = make([]bool, len(n.lines))
	p.ends.Follow(v.Timeline, v.Events)
	p.ends.Look(v.Snapshot)
	n.events = words.Order(p.freshEvents(v), func(id netcore.ID) bool { return n.inside[id] })
	return n
}

// freshEvents are those of a view's record that have not been told.
func (p *player) freshEvents(v *lesson.View) []netcore.Event {
	if v.Timeline == nil {
		return nil
	}
	from := p.told
	if p.record != v.Timeline {
		from = 0
	}
	all := v.Timeline.Since(from)
	return all[:min(max(v.Events-from, 0), len(all))]
}

func (n *news) event(e *netcore.Event) {
	switch {
	case e.Packet != nil:
		n.packet(e.Packet)
		return
	case e.Sample != nil:
		n.changes(e.Sample)
	case e.Setting != nil:
		n.p.out.say("%s", words.Setting(e.Setting))
	case e.Blocked != nil:
		n.blocked(e.Blocked)
		n.call = e.Blocked.Call
		return
	case e.Process != nil:
		n.line(func(l *lesson.LogLine) bool { return l.Kind == netcore.ProcessEvent && l.Side == e.Process.Name })
	default:
		n.line(func(l *lesson.LogLine) bool { return l.ID == e.ID })
	}
	n.call = e.ID
}

// packet tells a packet: under the call it belongs to, or else with its name.
func (n *news) packet(k *netcore.Packet) {
	if n.shown++; n.shown > mostTold {
		return
	}
	text, mark := words.Sighting(&n.p.ends, k), ""
	switch {
	case k.Of != 0:
	case k.Call != 0 && k.Call == n.call:
		mark = "  "
	default:
		text += n.p.causer(n.v, k)
	}
	n.p.out.indented(mark, text)
}

// blocked tells that a call was entered and has not returned.
func (n *news) blocked(b *netcore.Blocked) {
	i := slices.IndexFunc(n.lines, func(l lesson.LogLine) bool { return l.ID == b.Call })
	switch {
	case i >= 0 && n.lines[i].Blocked:
		n.say(i)
	case i >= 0:
		n.p.out.say("%s: %s does not return at once.", b.Process, b.Text)
	}
}

func (n *news) changes(s *netcore.Sample) {
	for _, c := range words.Told(s) {
		n.p.out.say("%s", words.Change(n.v, s, c))
	}
	for _, text := range words.Counters(s) {
		n.p.out.say("%s", text)
	}
}

// line says the first line of the log that fits and has not been said.
func (n *news) line(fits func(*lesson.LogLine) bool) {
	for i := range n.lines {
		if !n.said[i] && fits(&n.lines[i]) {
			n.say(i)
			return
		}
	}
}

func (n *news) say(i int) {
	n.said[i] = true
	n.p.out.say("%s", n.p.inWords(n.lines[i]))
}

// rest says what is in the log and not among the events, and what was too much.
func (n *news) rest() {
	for i := range n.lines {
		if !n.said[i] {
			n.say(i)
		}
	}
	if n.shown > mostTold {
		n.p.out.say("And %s more; packets lists them.", words.Count(n.shown-mostTold, "packet"))
	}
}
