package netcore

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"

	"sockstep/netcore/protocol"
)

// tap takes the packets a lab captured and brings them into the Timeline, each
// with its number, its place in its connection, and the call it belongs to. A
// packet waits until the lab has been looked at after it: by then every call that
// may have caused it is known, and whose the sockets are.
type tap struct {
	arrived chan struct{}

	mu       sync.Mutex
	timeline *Timeline // nil until the lab is open; packets from before are no one's
	networks []string  // by number, protocol.Batch
	shared   bool      // others use the network too: what is not the lab's is left out
	waiting  []sighted // not yet in the Timeline, in order of arrival
	number   uint32
	lost     uint64
	flows    map[flow]*progress
	owners   map[portKey]string // process by network and local port
	calls    []span             // those that returned lately, in order of return
	ends     map[string]int64   // when a process was seen to have ended
	wire     wireBook
	seen     []seenPacket // those that came in since the last look, for explaining changes
}

// sighted is a packet that waits.
type sighted struct {
	id     ID
	at     int64
	packet *Packet
	header *PacketHeader
}

// span is a call from its entry to its return; exit is 0 while it has not.
type span struct {
	id          ID
	process     string
	name        string
	enter, exit int64
	lost        bool // its process ended inside it
}

// portKey is a local port of a network.
type portKey struct {
	network string
	port    uint16
}

// recentCalls is how many calls that returned are kept to find the packets of.
// Packets wait for milliseconds, so that a few would do.
const recentCalls = 512

// wireBook is what the program knows of the packets on the wire.
type wireBook struct {
	first   map[uint64]ID // by serial
	serials map[uint32]uint64
	numbers map[uint64]uint32
	held    []HeldPacket
}

func newTap() *tap {
	return &tap{
		arrived: make(chan struct{}, 1), flows: map[flow]*progress{}, owners: map[portKey]string{}, ends: map[string]int64{},
		wire: wireBook{first: map[uint64]ID{}, serials: map[uint32]uint64{}, numbers: map[uint64]uint32{}},
	}
}

// open lets packets in. In a shared network only those of the lab's own sockets are
// taken.
func (t *tap) open(timeline *Timeline, network string, shared bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shared = shared
	t.timeline, t.networks = timeline, []string{network, ServerNetwork, ClientNetwork, WireNetwork}
}

// take takes a batch as the capture brings it.
func (t *tap) take(b protocol.Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timeline == nil {
		return
	}
	t.lost += b.Lost
	arena, news := make([]byte, 0, total(b.Frames)), b.Lost > 0
	for i := range b.Frames {
		f := &b.Frames[i]
		start := len(arena)
		arena = append(arena, f.Bytes...)
		w := t.sight(f, arena[start:len(arena):len(arena)])
		news = news || !t.shared || t.knows(w)
	}
	t.forget()
	if !news {
		return
	}
	select {
	case t.arrived <- struct{}{}:
	default:
	}
}

// manyWaiting is how many packets of a shared network wait at the most: others
// may send there all the time.
const manyWaiting = 4096

// forget leaves out what cannot be the lab's, once there is much of it: a packet of
// a socket nobody knew when it came is known by the end of the move it belongs to.
func (t *tap) forget() {
	if !t.shared || len(t.waiting) <= manyWaiting {
		return
	}
	old := t.waiting[:len(t.waiting)/2]
	mine := slices.DeleteFunc(slices.Clone(old), func(w sighted) bool { return !t.knows(&w) })
	t.waiting = append(mine, t.waiting[len(old):]...)
}

func total(frames []protocol.Frame) (n int) {
	for i := range frames {
		n += len(frames[i].Bytes)
	}
	return n
}

// sight files one packet. Its ID is taken now, so that ids count in the order in
// which the packets came by.
func (t *tap) sight(f *protocol.Frame, raw []byte) *sighted {
	p := &Packet{Raw: raw, Network: t.network(f.Network), Len: f.Len, Fate: Fate(f.Fate)}
	s := sighted{id: t.timeline.NewID(), at: f.At, packet: p}
	if f.Of != 0 {
		p.Of, p.Number = t.wire.first[f.Of], t.wire.numbers[f.Of]
	} else {
		t.number++
		p.Number = t.number
		h := DecodePacket(raw)
		s.header = &h
	}
	t.wire.note(f, &s)
	t.waiting = append(t.waiting, s)
	return &t.waiting[len(t.waiting)-1]
}

func (t *tap) network(n uint8) string { return t.networks[min(int(n), len(t.networks)-1)] }

// note keeps the book of the wire.
func (w *wireBook) note(f *protocol.Frame, s *sighted) {
	if f.Serial != 0 {
		w.first[f.Serial], w.serials[s.packet.Number], w.numbers[f.Serial] = s.id, f.Serial, s.packet.Number
		if Fate(f.Fate) == FateHeld {
			w.held = append(slices.Clip(w.held), HeldPacket{Number: s.packet.Number, Event: s.id, At: f.At})
		}
	}
	if f.Of == 0 {
		return
	}
	i := slices.IndexFunc(w.held, func(h HeldPacket) bool { return h.Number == s.packet.Number })
	switch {
	case i < 0:
	case Fate(f.Fate) == FateDelayed:
		w.held = slices.Clone(w.held)
		w.held[i].Until = f.Until
	default:
		w.held = slices.Delete(slices.Clone(w.held), i, i+1)
	}
}

// returned notes a call that has come back, or whose process ended inside it.
func (t *tap) returned(c *Call, exit int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.calls) >= 2*recentCalls {
		t.calls = slices.Delete(t.calls, 0, recentCalls)
	}
	t.calls = append(t.calls, span{c.ID, c.Process, c.Name, c.Enter, exit, c.Ret == nil})
}

// ended notes that a process is gone.
func (t *tap) ended(process string, at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends[process] = at
}

// waits reports whether packets have come in that are not in the Timeline yet.
func (t *tap) waits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting) > 0
}

// settle brings the packets up to the time of a look into the Timeline. inside
// are the calls that have not returned. Of a network that is shared with others only
// the packets of the lab's own sockets are taken; the rest is forgotten.
func (t *tap) settle(s *Snapshot, inside []span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.learn(s)
	slices.SortStableFunc(t.waiting, func(a, b sighted) int { return cmp.Compare(a.at, b.at) })
	n := 0
	for n < len(t.waiting) && t.waiting[n].at <= s.At {
		n++
	}
	calls := append(slices.Clone(t.calls), inside...)
	for i := range t.waiting[:n] {
		if w := &t.waiting[i]; !t.shared || t.knows(w) {
			t.enter(w, calls)
		}
	}
	t.waiting = slices.Delete(t.waiting, 0, n)
	s.Lost = t.lost
	if s.Wire != nil {
		s.Wire.Held = t.wire.held
	}
}

// unsure reports whether packets came in while a look was taken, since begun, of whose
// ends the look does not tell the owner.
func (t *tap) unsure(begun int64, s *Snapshot) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.learn(s)
	return slices.ContainsFunc(t.waiting, func(w sighted) bool {
		if w.at < begun || w.at > s.At || w.packet.Of != 0 {
			return false
		}
		sender, receiver := t.ownersOf(&w)
		return sender == "" || receiver == ""
	})
}

// knows reports whether one end of a packet is or was a socket of the lab's.
func (t *tap) knows(w *sighted) bool {
	sender, receiver := t.ownersOf(w)
	return sender != "" || receiver != ""
}

// learn notes whose the local ports are.
func (t *tap) learn(s *Snapshot) {
	for i := range s.Sockets {
		k := &s.Sockets[i]
		if len(k.Owners) > 0 && k.Local.Port() != 0 {
			t.owners[portKey{k.Network, k.Local.Port()}] = k.Owners[0].Process
		}
	}
}

// enter puts one packet into the Timeline.
func (t *tap) enter(w *sighted, calls []span) {
	p := w.packet
	cause := p.Of
	if p.Of == 0 {
		step := t.follow(w.header, p)
		p.Call, p.Own = t.attribute(w, step, calls)
		cause = p.Call
		t.seen = append(t.seen, seenPacket{w.id, p.Network, w.header})
	} else {
		t.again(p)
	}
	t.timeline.Add(Event{ID: w.id, Cause: cause, Type: PacketEvent, At: w.at, Packet: p})
}

// again fills in the second sighting of a packet on the wire.
func (t *tap) again(p *Packet) {
	if first, ok := t.timeline.look(p.Of).(*Packet); ok {
		p.Seq, p.Ack, p.Len, p.Call, p.Own, p.Raw = first.Seq, first.Ack, first.Len, first.Call, first.Own, first.Raw
	}
}

// serial is the wire's number of a packet that is held.
func (t *tap) serial(number uint32) (uint64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number == 0 {
		return 0, len(t.wire.held) > 0
	}
	held := slices.ContainsFunc(t.wire.held, func(h HeldPacket) bool { return h.Number == number })
	return t.wire.serials[number], held
}

// flow is one direction of a conversation.
type flow struct {
	network  string // both ends of a wire are one conversation: empty there
	protocol string
	from, to netip.AddrPort
}
