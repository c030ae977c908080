package netcore

import "time"

// near is how long after its entry, or before its return, a call that only waits
// still counts as running: it then looks at its queues, or was just woken and
// tells the other end that there is room again.
const near = int64(time.Millisecond)

// sending are the calls that make the kernel send, so that what happens inside
// their entry and return is theirs, however long they take.
var sending = map[string]bool{
	"connect": true, "send": true, "sendto": true, "sendmsg": true, "write": true, "writev": true, "close": true, "shutdown": true,
}

// attribute finds the call a packet belongs to: of those inside whose entry and
// return it lies, and which are about its connection, the one entered last. What
// belongs to none is the kernel's own.
func (t *tap) attribute(w *sighted, what step, calls []span) (ID, Own) {
	switch what {
	case stepAgain:
		return 0, OwnRetransmission
	case stepProbe:
		return 0, OwnProbe
	}
	sender, receiver := t.ownersOf(w)
	ends := w.header.Flags&(FlagFIN|FlagRST) != 0
	var best span
	for _, c := range calls {
		if w.at < c.enter || c.exit != 0 && w.at > c.exit || c.enter < best.enter {
			continue
		}
		if c.lost && ends {
			continue
		}
		if (c.process == sender || c.process == receiver || sender == "" && receiver == "") && c.causes(w.at) {
			best = c
		}
	}
	switch end, gone := t.ends[sender]; {
	case best.id != 0:
		return best.id, OwnNone
	case gone && w.at <= end && ends:
		return 0, OwnExit
	}
	return 0, OwnAnswer
}

// causes reports whether what happens at a time inside the call is its doing.
func (c *span) causes(at int64) bool {
	return sending[c.name] || at-c.enter < near || c.exit != 0 && c.exit-at < near
}

// ownersOf returns the processes at both ends of a packet, as far as known. That of
// an ICMP message are those of the datagram it is about.
func (t *tap) ownersOf(w *sighted) (sender, receiver string) {
	h := w.header
	if h == nil {
		return "", ""
	}
	if h.ICMP != nil && h.ICMP.About != nil {
		h = h.ICMP.About
	}
	from, to := w.packet.Network, w.packet.Network
	switch from {
	case ServerNetwork:
		to = ClientNetwork
	case ClientNetwork:
		to = ServerNetwork
	}
	return t.owners[portKey{from, h.From.Port()}], t.owners[portKey{to, h.To.Port()}]
}

// seenPacket is a packet that came in since the last look.
type seenPacket struct {
	id      ID
	network string
	header  *PacketHeader
}

// explain finds for every change of a sample the packet or the call that brought
// it about. since is the time of the look before.
func (t *tap) explain(s *Sample, now *Snapshot, inside []span, since int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range s.Changes {
		c := &s.Changes[i]
		k := findSocket(s, now, c)
		if k == nil {
			continue
		}
		if flags, any := wakes(c); any {
			c.Cause = t.lastPacket(k, flags, c.What == "recvq")
		}
		if c.Cause == 0 && c.What != "resent" {
			c.Cause = t.lastCall(c.Owner.Process, broughtAbout[c.To], inside, since, now.At)
		}
	}
	t.seen = t.seen[:0]
}

func findSocket(s *Sample, now *Snapshot, c *SocketChange) *Socket {
	for _, list := range [][]Socket{now.Sockets, s.Gone} {
		for i := range list {
			if list[i].Cookie == c.Cookie && list[i].Network == c.Network {
				return &list[i]
			}
		}
	}
	return nil
}

// arrivals are the flags of the segment whose arrival moves a socket into a state,
// RFC 9293 section 3.3.2.
var arrivals = map[string]TCPFlags{
	"ESTABLISHED": FlagACK, "SYN_RECV": FlagSYN, "CLOSE_WAIT": FlagFIN, "FIN_WAIT2": FlagACK,
	"TIME_WAIT": FlagFIN, "CLOSING": FlagFIN,
}

// wakes says which segment can have brought a change about; false where a call
// must have.
func wakes(c *SocketChange) (flags TCPFlags, any bool) {
	switch {
	case c.What == "state" && c.To == "ESTABLISHED" && (c.From == "SYN_SENT" || c.From == "CLOSE"):
		return FlagSYN | FlagACK, true
	case c.What == "state" && c.To == "TIME_WAIT" && c.From == "CLOSING", c.What == "state" && c.To == "" && c.From == "LAST_ACK":
		return FlagACK, true
	case c.What == "state" && (c.To == "CLOSE" || c.To == "") && c.From != "" && c.From != "CLOSE" && c.From != "LISTEN":
		return FlagRST, true
	case c.What == "state":
		flags, any = arrivals[c.To]
		return flags, any
	case c.What == "recvq", c.What == "waiting":
		return 0, grew(c)
	case c.What == "sendq":
		return FlagACK, !grew(c)
	case c.What == "shutdown":
		return FlagFIN, c.To == ShutdownReceive || c.From == ShutdownSend
	}
	return 0, false
}

// grew reports whether a number became larger.
func grew(c *SocketChange) bool {
	return len(c.To) > len(c.From) || len(c.To) == len(c.From) && c.To > c.From
}

// lastPacket is the last packet that came in for a socket with all these flags,
// and with something in it if full; 0 when there was none.
func (t *tap) lastPacket(k *Socket, flags TCPFlags, full bool) ID {
	for i := len(t.seen) - 1; i >= 0; i-- {
		p := &t.seen[i]
		if p.header.Flags&flags != flags || full && p.header.PayloadLen == 0 || p.header.To.Port() != k.Local.Port() {
			continue
		}
		if k.Peer.IsValid() && p.header.From.Port() != k.Peer.Port() {
			continue
		}
		return p.id
	}
	return 0
}

// broughtAbout are the states, and the directions shut down, that only one call
// brings about.
var broughtAbout = map[string]string{"LISTEN": "listen", ShutdownSend: "shutdown", ShutdownReceive: "shutdown"}

// lastCall is the last call of a process between two looks, of a name unless that is
// "": one that it is inside, or else one that has returned. A call that was entered
// behind the second look, while its answer was under way, is no cause.
func (t *tap) lastCall(process, name string, inside []span, since, until int64) ID {
	for _, c := range inside {
		if c.process == process && c.enter >= since && c.enter <= until && (name == "" || c.name == name) {
			return c.id
		}
	}
	for i := len(t.calls) - 1; i >= 0; i-- {
		if c := &t.calls[i]; c.process == process && c.exit >= since && c.enter <= until && (name == "" || c.name == name) {
			return c.id
		}
	}
	return 0
}
