package ui

import (
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/lesson"
	"sockstep/netcore"
)

// called records a call that took ten microseconds.
func (r *recording) called(process, name, line string, ret int64, errno unix.Errno, args ...netcore.Arg) netcore.ID {
	r.t.Helper()
	return r.returned(&netcore.Call{Process: process, PID: 31207, Name: name, Syscall: name, Line: line, Ret: &ret, Errno: netcore.Errno(errno), Enter: r.time + 500, Args: args})
}

// returned records the return of a call that was entered before.
func (r *recording) returned(c *netcore.Call) netcore.ID {
	r.t.Helper()
	r.time += 10000
	c.Exit = r.time + 1000
	return r.add(netcore.Event{Type: netcore.CallEvent, ID: c.ID, Call: c})
}

func (r *recording) prints(process, text string) {
	r.add(netcore.Event{Type: netcore.OutputEvent, Output: &netcore.Output{Process: process, FD: 1, Bytes: []byte(text)}})
}

// changed records a change of a socket.
func (r *recording) changed(k netcore.Socket, what, from, to string, cause netcore.ID) {
	c := netcore.SocketChange{Network: k.Network, Cookie: k.Cookie, What: what, From: from, To: to, Cause: cause}
	if len(k.Owners) > 0 {
		c.Owner = k.Owners[0]
	}
	r.add(netcore.Event{Type: netcore.SampleEvent, Sample: &netcore.Sample{Sockets: []netcore.Socket{k}, Changes: []netcore.SocketChange{c}}})
}

// sent records a packet of a call, with its relative numbers.
func (r *recording) sent(p *netcore.Packet, call netcore.ID, own netcore.Own, seq, ack uint32) netcore.ID {
	p.Call, p.Own, p.Seq, p.Ack = call, own, seq, ack
	return r.packet(p)
}

func number(n int64) netcore.Arg { return netcore.Arg{Name: "number", Value: n} }

func memory(name string, before, after []byte) netcore.Arg {
	return netcore.Arg{Name: name, Value: 0x7f0000001000, Pointer: netcore.MemoryValue, Before: before, After: after}
}

func constant(t testing.TB, name string) netcore.Arg {
	n, ok := netcore.Constant(name)
	if !ok {
		t.Fatalf("no constant %s", name)
	}
	return netcore.Arg{Name: name, Value: n}
}

// story is what lies behind acceptView: a bind that was refused, a handshake, and the
// accept the server is inside of, whose ID it returns.
func story(t testing.TB, sockets []netcore.Socket) (*recording, netcore.ID) {
	r := newRecording(t)
	r.time = 80 * second
	address := memory("addr", netcore.Sockaddr(loop(7777)), nil)
	stream := []netcore.Arg{constant(t, "AF_INET"), constant(t, "SOCK_STREAM"), number(0)}
	k := sockets
	r.called("server", "socket", "server.c:9", 3, 0, stream...)
	r.called("server", "bind", "server.c:16", -1, unix.EADDRINUSE, number(3), address, number(16))
	r.prints("server", "bind: Address already in use\n")
	r.called("server", "bind", "server.c:16", 0, 0, number(3), address, number(16))
	r.changed(k[0], "state", "CLOSE", "LISTEN", r.called("server", "listen", "server.c:17", 0, 0, number(3), number(5)))
	r.called("client", "socket", "client.c:5", 3, 0, stream...)
	zero := int64(0)
	connect := &netcore.Call{ID: r.tl.NewID(), Process: "client", PID: 31208, Name: "connect", Syscall: "connect", Line: "client.c:7", Ret: &zero,
		Enter: r.time + 100, Args: []netcore.Arg{number(3), address, number(16)}}
	r.sent(tcpPacket(1, loop(40000), loop(7777), netcore.FlagSYN, ""), connect.ID, netcore.OwnNone, 0, 0)
	agreed := r.sent(tcpPacket(2, loop(7777), loop(40000), netcore.FlagSYN|netcore.FlagACK, ""), connect.ID, netcore.OwnNone, 0, 1)
	done := r.sent(tcpPacket(3, loop(40000), loop(7777), netcore.FlagACK, ""), connect.ID, netcore.OwnNone, 1, 1)
	r.returned(connect)
	r.changed(k[1], "state", "SYN_SENT", "ESTABLISHED", agreed)
	r.changed(k[2], "state", "SYN_RECV", "ESTABLISHED", done)
	r.changed(k[0], "waiting", "0", "1", done)
	r.time = 88*second + 500000
	accept := r.tl.NewID()
	r.add(netcore.Event{Type: netcore.BlockedEvent, Cause: accept, Blocked: &netcore.Blocked{
		Call: accept, Process: "server", Syscall: "accept", Since: 88 * second, Text: "accept(3, NULL, NULL)", On: "a connection to accept"}})
	return r, accept
}

// recorded gives a view a record to show.
func recorded(v *lesson.View, r *recording) { v.Timeline, v.Events = r.tl, r.tl.Len() }

// selecting selects the last event of a kind.
func selecting(kind cellKind) func(*Model) {
	return func(m *Model) {
		for range 100 {
			*m, _ = m.selectEvent("[")
			if m.stage.selected.kind == kind {
				return
			}
		}
	}
}

// wireView is a stage on a wire: a SYN that was held and let through, its answer that
// was dropped and repeated, and that repetition held.
func wireView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := acceptView(t, l)
	r, _ := story(t, v.Snapshot.Sockets)
	seen := func(number uint32, flags netcore.TCPFlags, own netcore.Own, fate netcore.Fate, of netcore.ID) netcore.ID {
		from, to := loop(40000), loop(7777)
		if flags&netcore.FlagACK != 0 {
			from, to = to, from
		}
		p := tcpPacket(number, from, to, flags, "")
		p.Own, p.Fate, p.Of = own, fate, of
		return r.packet(p)
	}
	const syn, both = netcore.FlagSYN, netcore.FlagSYN | netcore.FlagACK
	first := seen(4, syn, netcore.OwnNone, netcore.FateHeld, 0)
	seen(4, syn, netcore.OwnNone, netcore.FatePassed, first)
	answer := seen(5, both, netcore.OwnAnswer, netcore.FateHeld, 0)
	seen(5, both, netcore.OwnAnswer, netcore.FateDropped, answer)
	seen(6, both, netcore.OwnRetransmission, netcore.FateHeld, 0)
	recorded(v, r)
	v.Snapshot.Wire = &netcore.WireState{Holding: true}
	return v
}
