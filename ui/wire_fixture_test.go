package ui

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

// tcpPacket is a TCP segment over IPv4 between two ports of the loopback.
func tcpPacket(number uint32, from, to netip.AddrPort, flags netcore.TCPFlags, payload string) *netcore.Packet {
	b := make([]byte, 40, 40+len(payload))
	b[0], b[8], b[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(b[2:], uint16(40+len(payload)))
	copy(b[12:], from.Addr().AsSlice())
	copy(b[16:], to.Addr().AsSlice())
	binary.BigEndian.PutUint16(b[20:], from.Port())
	binary.BigEndian.PutUint16(b[22:], to.Port())
	b[32], b[33] = 5<<4, byte(flags)
	binary.BigEndian.PutUint16(b[34:], 65495)
	b = append(b, payload...)
	return &netcore.Packet{Raw: b, Network: "lab", Len: uint32(len(b)), Number: number}
}

// recording builds a Timeline event by event.
type recording struct {
	t    testing.TB
	tl   *netcore.Timeline
	time int64
}

func newRecording(t testing.TB) *recording {
	return &recording{t, netcore.NewTimeline(netcore.Header{Program: "sockstep test"}), 90 * second}
}

func (r *recording) add(e netcore.Event) netcore.ID {
	r.t.Helper()
	r.time += 1000
	e.At = r.time
	id := r.tl.Add(e)
	if id == 0 {
		r.t.Fatal("the event was not taken")
	}
	return id
}

func (r *recording) packet(p *netcore.Packet) netcore.ID {
	return r.add(netcore.Event{Type: netcore.PacketEvent, Packet: p})
}

// state records that a socket was seen in another state.
func (r *recording) state(k netcore.Socket, from, to string, cause netcore.ID) {
	c := netcore.SocketChange{Network: k.Network, Cookie: k.Cookie, What: "state", From: from, To: to, Cause: cause}
	if len(k.Owners) > 0 {
		c.Owner = k.Owners[0]
	}
	s := &netcore.Sample{Changes: []netcore.SocketChange{c}}
	if to == "" {
		s.Gone = []netcore.Socket{k}
	} else {
		k.State = to
		s.Sockets = []netcore.Socket{k}
	}
	r.add(netcore.Event{Type: netcore.SampleEvent, Sample: s})
}

// handshakeView is a stage right after connect: the listener, the client's end, and
// the connection nobody has accepted. The client was only seen when it was done.
func handshakeView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := acceptView(t, l)
	v.Snapshot.Sockets = v.Snapshot.Sockets[:3]
	k := v.Snapshot.Sockets
	r := newRecording(t)
	r.state(k[0], "", "CLOSE", 0)
	r.state(k[0], "CLOSE", "LISTEN", 0)
	r.state(k[1], "", "CLOSE", 0)
	v.From = r.tl.Len()
	r.packet(tcpPacket(1, loop(40000), loop(7777), netcore.FlagSYN, ""))
	ack := r.packet(tcpPacket(2, loop(7777), loop(40000), netcore.FlagSYN|netcore.FlagACK, ""))
	done := r.packet(tcpPacket(3, loop(40000), loop(7777), netcore.FlagACK, ""))
	r.state(k[1], "CLOSE", "ESTABLISHED", ack)
	r.state(k[2], "SYN_RECV", "ESTABLISHED", done)
	v.Timeline, v.Events = r.tl, r.tl.Len()
	return v
}

// aboutWhat makes the step of a view be about something.
func aboutWhat(v *lesson.View, show string) *lesson.View {
	l := *v.Lesson
	l.Steps = append([]lesson.Step{}, l.Steps...)
	l.Steps[v.Step].Show = show
	v.Lesson = &l
	return v
}

// fullQueueView is a listener with limit 2 whose three places are taken: another
// connection is half-open, a fourth client's SYN goes unanswered. Counters moved, and
// packets were lost.
func fullQueueView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := acceptView(t, l)
	v.Step = 3
	s := &v.Sides[0]
	s.State, s.Blocked, s.Call = lesson.SideReady, nil, nil
	tcp := netcore.Socket{Network: "lab", Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", Bound: true, Local: loop(7777)}
	listener, half, mine := tcp, tcp, tcp
	listener.Cookie, listener.State, listener.RecvQ, listener.SendQ = 1, "LISTEN", 3, 2
	listener.Owners = []netcore.Owner{{Process: "server", FD: 3}}
	mine.Cookie, mine.State, mine.Local, mine.Peer, mine.SendQ = 2, "SYN_SENT", loop(40004), loop(7777), 1
	mine.Owners, mine.Timer = []netcore.Owner{{Process: "client", FD: 3}}, netcore.Timer{Kind: "on", Expires: 8e8, Retrans: 2}
	half.Cookie, half.State, half.Peer, half.Timer = 9, "SYN_RECV", loop(40003), netcore.Timer{Kind: "on", Expires: 9e8}
	v.Snapshot.Sockets = []netcore.Socket{listener, mine, half}
	for i := range 3 {
		k := tcp
		k.Cookie, k.State, k.Peer = uint64(20+i), "ESTABLISHED", loop(uint16(40000+i))
		v.Snapshot.Sockets = append(v.Snapshot.Sockets, k)
	}
	v.Snapshot.Sockets[3].RecvQ = 5
	v.Snapshot.Counters = []netcore.Counter{{Name: "ListenOverflows", Value: 2}, {Name: "ListenDrops", Value: 2}, {Name: "RetransSegs", Value: 0}}
	v.Snapshot.Lost = 1204
	v.Changed = []lesson.Change{{What: "queue", Side: "server", FD: 3, Cookie: 1, Text: "server 3: waiting 2→3"}}
	v.Result = ""
	return v
}

// byteQueueView is a connection with bytes that wait on both ends, and one that lingers.
func byteQueueView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := acceptView(t, l)
	s := &v.Sides[0]
	s.State, s.Blocked, s.Call = lesson.SideReady, nil, nil
	k := v.Snapshot.Sockets
	v.Snapshot.Processes[0].FDs = append(v.Snapshot.Processes[0].FDs, netcore.Descriptor{FD: 4, Kind: "socket", Cookie: 3})
	k[0].RecvQ = 0
	k[2].Owners, k[2].RecvQ, k[2].SendQ = []netcore.Owner{{Process: "server", FD: 4}}, 12, 3
	k[2].Timer = netcore.Timer{Kind: "on", Expires: 2e8}
	k[1].RecvQ, k[1].SendQ, k[1].Timer = 5792, 0, netcore.Timer{Kind: "persist", Expires: 4e8, Retrans: 1}
	v.Changed = []lesson.Change{{What: "queue", Cookie: 3, Text: "server 4: rx 0→12"}, {What: "queue", Cookie: 2, Text: "client 3: rx 0→5792"}}
	v.Result = "send() = 12"
	return v
}

// blockIn makes a side be inside a call on descriptor 3, or another.
func blockIn(v *lesson.View, side, call string, fd int64, on string, args ...netcore.Arg) {
	s := sideOf(v, side)
	s.State = lesson.SideBlocked
	args = append([]netcore.Arg{{Name: "fd", Kind: netcore.KindFD, Value: fd}}, args...)
	s.Call = &netcore.Call{ID: 40, Process: side, Name: call, Syscall: call, Args: args, Enter: 88 * second}
	s.Blocked = &netcore.Blocked{Call: 40, Process: side, Syscall: call, Since: 88 * second, On: on}
	v.Focus = side
}

var null = netcore.Arg{Name: "addr", Kind: netcore.KindAddrOut, Pointer: netcore.NullValue}

// blockedViews are sides that wait, each in another call.
func blockedViews(t testing.TB, l *lesson.Lesson) map[string]*lesson.View {
	accept := acceptView(t, l)
	accept.Snapshot.Sockets = accept.Snapshot.Sockets[:1]
	accept.Snapshot.Sockets[0].RecvQ, accept.Changed = 0, nil
	blockIn(accept, "server", "accept", 3, "a connection to accept", null, netcore.Arg{Name: "addrlen", Kind: netcore.KindLenInOut, Pointer: netcore.NullValue})
	connect := fullQueueView(t, l)
	sa := []byte{2, 0, 0x1e, 0x61, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	blockIn(connect, "client", "connect", 3, "the other side's answer to the handshake",
		netcore.Arg{Name: "addr", Kind: netcore.KindSockaddrIn, Pointer: netcore.MemoryValue, Before: sa}, netcore.Arg{Name: "addrlen", Kind: netcore.KindSockLen, Value: 16})
	recv := byteQueueView(t, l)
	recv.Snapshot.Sockets[2].RecvQ, recv.Snapshot.Sockets[2].SendQ, recv.Snapshot.Sockets[2].Timer = 0, 0, netcore.Timer{}
	recv.Snapshot.Sockets[1].RecvQ, recv.Snapshot.Sockets[1].Timer = 0, netcore.Timer{}
	recv.Changed = nil
	blockIn(recv, "server", "recv", 4, "data, or the end of the stream", netcore.Arg{Name: "buf", Kind: netcore.KindBufOut, Pointer: netcore.MemoryValue},
		netcore.Arg{Name: "len", Kind: netcore.KindSize, Value: 16}, netcore.Arg{Name: "flags", Kind: netcore.KindMsgFlags})
	send := byteQueueView(t, l)
	send.Snapshot.Sockets[1].SendQ, send.Snapshot.Sockets[1].RecvQ, send.Snapshot.Sockets[2].RecvQ, send.Snapshot.Sockets[2].SendQ = 2619392, 0, 65483, 0
	send.Changed = nil
	blockIn(send, "client", "send", 3, "room in the send buffer", netcore.Arg{Name: "buf", Kind: netcore.KindBufIn, Pointer: netcore.MemoryValue, Before: make([]byte, 32)},
		netcore.Arg{Name: "len", Kind: netcore.KindSize, Value: 1 << 20}, netcore.Arg{Name: "flags", Kind: netcore.KindMsgFlags})
	return map[string]*lesson.View{"accept": accept, "connect": connect, "recv": recv, "send": send}
}

// onWire is an address on the wire.
func onWire(addr string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(addr), port)
}

// heldView is a client inside connect whose SYN, repeated once, stands on the wire.
func heldView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := blockedViews(t, l)["connect"]
	server, client := onWire(netcore.ServerAddress, 7777), onWire(netcore.ClientAddress, 40004)
	k := v.Snapshot.Sockets[:2]
	k[0].Network, k[0].Local, k[0].RecvQ = netcore.ServerNetwork, server, 0
	k[1].Network, k[1].Local, k[1].Peer = netcore.ClientNetwork, client, server
	v.Snapshot.Sockets, v.Snapshot.Counters, v.Snapshot.Lost = k, nil, 0
	r := newRecording(t)
	first := r.packet(tcpPacket(3, client, server, netcore.FlagSYN, ""))
	again := r.packet(tcpPacket(4, client, server, netcore.FlagSYN, ""))
	v.Timeline, v.Events = r.tl, r.tl.Len()
	v.Snapshot.Wire = &netcore.WireState{Holding: true, Held: []netcore.HeldPacket{
		{Number: 3, Event: first, At: 96 * second}, {Number: 4, Event: again, At: 98 * second}}}
	v.Where = "private network, a wire"
	return v
}

// waitingView is a step that waits for a retransmission, for eight seconds at most.
func waitingView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := byteQueueView(t, l)
	v.Phase, v.Waits = lesson.Ran, 105*second
	return v
}
