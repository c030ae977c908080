package linear

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// states says the state of every socket, and what brought it there.
func (p *player) states(string) {
	v := p.look()
	if len(v.Snapshot.Sockets) == 0 {
		p.out.say("There is no socket.")
	}
	last := transitions(v)
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		p.out.indented("- ", p.stateOf(k)+last[place{k.Network, k.Cookie}])
	}
}

// place identifies a socket.
type place struct {
	network string
	cookie  uint64
}

// transitions are the last change of state of every socket, in a sentence.
func transitions(v *lesson.View) map[place]string {
	last := map[place]string{}
	if v.Timeline == nil {
		return last
	}
	for i := range v.Events {
		s := v.Timeline.At(i).Sample
		if s == nil {
			continue
		}
		for j := range s.Changes {
			if c := &s.Changes[j]; c.What == "state" {
				last[place{c.Network, c.Cookie}] = transition(v, c)
			}
		}
	}
	return last
}

func transition(v *lesson.View, c *netcore.SocketChange) string {
	text := " Last: " + words.Transition(c)
	if why := words.Cause(v, c.Cause); why != "" {
		text += ", because " + why
	}
	return text + "."
}

func (p *player) stateOf(k *netcore.Socket) string {
	text := fmt.Sprintf("%s: %s", p.socketName(k), k.State)
	if k.State == "LISTEN" || !k.Peer.IsValid() {
		text += ", local " + lesson.AddrText(k.Local)
	} else {
		text += ", " + lesson.AddrText(k.Local) + " with " + lesson.AddrText(k.Peer)
	}
	if t := words.Timer(k); t != "" {
		text += "; " + t
	}
	return text + "."
}

// socketName is what a socket is called in a list; one nobody has a descriptor of
// by whose it was.
func (p *player) socketName(k *netcore.Socket) string {
	if len(k.Owners) > 0 {
		return lesson.SocketName(*k)
	}
	who := p.ends.Owner(k.Network, k.Local.Port())
	switch {
	case who == "":
		return "A socket nobody has a descriptor of"
	case k.State == "ESTABLISHED" || k.State == "SYN_RECV" || k.State == "CLOSE_WAIT":
		return "A connection nobody has a descriptor of, for " + who
	}
	return "A socket nobody has a descriptor of, formerly of " + who
}

// queues says what waits in every socket, counted.
func (p *player) queues(string) {
	v := p.look()
	said := false
	for i := range v.Snapshot.Sockets {
		if text := p.queueOf(v, &v.Snapshot.Sockets[i]); text != "" {
			p.out.indented("- ", text)
			said = true
		}
	}
	if !said {
		p.out.say("There is no queue: no socket listens or is connected.")
	}
	p.counters(v)
}

// queueOf is one socket's queues; empty where it has none.
func (p *player) queueOf(v *lesson.View, k *netcore.Socket) string {
	switch {
	case k.State == "LISTEN":
		return p.acceptQueue(v, k)
	case k.Protocol == "TCP" && (k.State == "CLOSE" || k.State == "TIME_WAIT"):
		return ""
	case k.Protocol == "":
		return ""
	}
	return fmt.Sprintf("%s, %s: receive queue %s; send queue %s.", p.socketName(k), k.State, bytesWaiting(k, k.RecvQ, finIn), bytesWaiting(k, k.SendQ, unacknowledged))
}

// acceptQueue counts a listener's places: Linux holds one more than the limit given
// to listen(2).
func (p *player) acceptQueue(v *lesson.View, k *netcore.Socket) string {
	holds := int(k.SendQ) + 1
	text := fmt.Sprintf("%s, accept queue: %d of %d places are taken (limit %d)", p.socketName(k), k.RecvQ, holds, k.SendQ)
	if int(k.RecvQ) >= holds {
		text += ", it is full"
	}
	var waiting []string
	for i := range v.Snapshot.Sockets {
		o := &v.Snapshot.Sockets[i]
		if len(o.Owners) == 0 && o.Network == k.Network && o.Local.Port() == k.Local.Port() && (o.State == "ESTABLISHED" || o.State == "CLOSE_WAIT" || o.State == "SYN_RECV") {
			waiting = append(waiting, lesson.AddrText(o.Peer)+" "+o.State)
		}
	}
	if len(waiting) > 0 {
		text += "; without a descriptor yet: " + strings.Join(waiting, ", ")
	}
	return text + "."
}

func bytesWaiting(k *netcore.Socket, n uint32, note func(*netcore.Socket) string) string {
	text := words.Count(int(n), "byte")
	if n > 0 && k.Protocol == "TCP" {
		text += note(k)
	}
	return text
}

// finIn says why the kernel counts one more than the bytes that were sent: the FIN
// takes a place in their order.
func finIn(k *netcore.Socket) string {
	switch k.State {
	case "CLOSE_WAIT", "LAST_ACK", "CLOSING":
		return ", the FIN counted as one"
	}
	return ""
}

func unacknowledged(k *netcore.Socket) string {
	switch k.State {
	case "SYN_SENT", "SYN_RECV":
		return ", the SYN, not acknowledged"
	case "FIN_WAIT1", "LAST_ACK", "CLOSING":
		return ", not acknowledged, the FIN counted as one"
	}
	return ", not acknowledged"
}

// counters says what the networks counted, where they are the lab's own.
func (p *player) counters(v *lesson.View) {
	if !v.Tier.Private() {
		return
	}
	for _, c := range v.Snapshot.Counters {
		if c.Value > 0 {
			p.out.indented("- ", fmt.Sprintf("The kernel counts in network %s: %s %d%s.", c.Network, c.Name, c.Value, counts(c.Name)))
		}
	}
}

// counts is what a counter counts, behind its value.
func counts(name string) string {
	if text := netcore.CounterMeaning(name); text != "" {
		return ", " + text
	}
	return ""
}
