package ui

import (
	"net/netip"
	"slices"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// transition is a change of a TCP socket's state, as two looks showed it.
type transition struct {
	place    int // index of its event in the Timeline
	network  string
	cookie   uint64
	who      string // "client 3", or the addresses of one without a descriptor
	from, to string
	cause    netcore.ID
	reset    bool // a reset lay between
	over     bool // the kernel's own countdown had come to its end
}

// transitions are those of one lab so far. They are gathered as views come in, so
// that drawing a frame does not walk through the Timeline.
type transitions struct {
	timeline *netcore.Timeline
	read     int // events looked at
	list     []transition
}

// follow returns the transitions up to a view's.
func (t transitions) follow(v *lesson.View) transitions {
	if v == nil || v.Timeline == nil {
		return transitions{}
	}
	if t.timeline != v.Timeline {
		t = transitions{timeline: v.Timeline}
	}
	for ; t.read < v.Events; t.read++ {
		if e := t.timeline.At(t.read); e.Sample != nil {
			t.list = t.sampled(t.read, e.Sample)
		}
	}
	return t
}

// sampled adds the changes of state of one sample.
func (t *transitions) sampled(place int, s *netcore.Sample) []transition {
	list := t.list
	for i := range s.Changes {
		c := &s.Changes[i]
		k := s.Socket(c)
		if c.What != "state" || k == nil || k.Protocol != "TCP" {
			continue
		}
		who := addresses(k)
		if c.Owner.Process != "" {
			who = c.Owner.Process + " " + itoa(c.Owner.FD)
		}
		list = append(list, transition{place: place, network: c.Network, cookie: c.Cookie, who: who,
			from: c.From, to: c.To, cause: c.Cause, reset: t.wasReset(place, k, c),
			over: c.From == "TIME_WAIT" && c.To == forgotten && k.Timer.Kind == "timewait" && k.Timer.Expires < overWithin})
	}
	return list
}

// overWithin is how much a countdown that has come to its end may have shown at
// the last look.
const overWithin = 2 * time.Second

// resetReach is how many events before a socket's end a reset is looked for.
const resetReach = 64

// wasReset reports whether a connection that ended was reset: a segment with RST
// between its two ends came by just before.
func (t *transitions) wasReset(place int, k *netcore.Socket, c *netcore.SocketChange) bool {
	if c.To != "CLOSE" && c.To != forgotten || c.From == "" || c.From == "CLOSE" || c.From == "LISTEN" || c.From == "TIME_WAIT" {
		return false
	}
	for i := place - 1; i >= max(place-resetReach, 0); i-- {
		if e := t.timeline.At(i); e.Packet != nil {
			if h := e.Packet.Header(); h.Flags&netcore.FlagRST != 0 && joins(&h, k.Local, k.Peer) {
				return true
			}
		}
	}
	return false
}

// joins reports whether a packet travels between two ports, either way.
func joins(h *netcore.PacketHeader, a, b netip.AddrPort) bool {
	return h.From.Port() == a.Port() && h.To.Port() == b.Port() || h.From.Port() == b.Port() && h.To.Port() == a.Port()
}

// seen are the transitions a view knows of, and from which on the last move
// brought them.
func (t *transitions) seen(v *lesson.View) (list []transition, last int) {
	if t.timeline == nil || t.timeline != v.Timeline {
		return nil, 0
	}
	n, _ := slices.BinarySearchFunc(t.list, v.Events, func(x transition, at int) int { return x.place - at })
	last, _ = slices.BinarySearchFunc(t.list[:n], v.From, func(x transition, at int) int { return x.place - at })
	return t.list[:n], last
}

// began is the state a transition started from; a connection the kernel makes for
// a listener starts as that listener's.
func (x *transition) began() string {
	if x.from == "" && x.to != "CLOSE" {
		return "LISTEN"
	}
	return x.from
}

// between are the states that were passed too fast to be seen.
func (x *transition) between() [][]string {
	if x.reset || x.began() == "" || x.to == "CLOSE" {
		return nil
	}
	if x.to == forgotten && (x.from == "LISTEN" || x.from == "CLOSE" || x.from == "SYN_SENT" || x.from == "SYN_RECV") {
		return nil // given up, not gone through
	}
	b, _ := way(x.began(), x.to)
	return b
}

// marks are the diagram's arrows it went along, as far as they are certain.
func (x *transition) marks() (out []byte) {
	if x.reset {
		return []byte{resetArrow}
	}
	at := []string{x.began()}
	for _, level := range append(slices.Clone(x.between()), []string{x.to}) {
		if a := arrowBetween(at[0], level[0]); a != nil && len(at) == 1 && len(level) == 1 && a.mark != 0 {
			out = append(out, a.mark)
		}
		at = level
	}
	return out
}

// line says what happened, in words: "client 3: SYN_SENT → ESTABLISHED because SYN
// ACK arrived (packet 2)".
func (x *transition) line(v *lesson.View) line {
	l := line{sp(roleBold, x.name(v)+": "), sp(roleKernel, x.step())}
	if why := x.why(v); why != "" {
		l = append(l, sp(roleText, " "+why))
	}
	if b := x.between(); len(b) > 0 {
		l = append(l, sp(roleNotice, "; passed through "+wayWords(b)+" too fast to be seen"))
	}
	return l
}

func (x *transition) step() string {
	switch {
	case x.from == "" && !words.Connected(x.to):
		return "new, " + x.to
	case x.from == "":
		return "a new connection, " + x.to
	case x.to == "":
		return x.from + " → closed and forgotten"
	}
	return x.from + " → " + x.to
}

// name is what the socket is called now, or was then.
func (x *transition) name(v *lesson.View) string {
	for i := range v.Snapshot.Sockets {
		if k := &v.Snapshot.Sockets[i]; k.Cookie == x.cookie && k.Network == x.network {
			return socketName(v, k)
		}
	}
	return x.who
}

// why names the call or the packet that brought it about.
func (x *transition) why(v *lesson.View) string {
	if x.cause != 0 {
		if text := causeWords(v, x.cause, x.network); text != "" {
			return "because " + text
		}
	}
	switch {
	case x.reset:
		return "because of a reset"
	case x.over:
		return "because its time was over"
	}
	return ""
}
