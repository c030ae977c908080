package words

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/netcore"
)

// segment is a TCP segment between two ports of the loopback, with an MSS option on a
// SYN.
func segment(number uint32, from, to uint16, flags netcore.TCPFlags, payload string) *netcore.Packet {
	header := "5"
	options := ""
	if flags&netcore.FlagSYN != 0 {
		header, options = "6", "0204ffd7"
	}
	size := 40 + len(options)/2 + len(payload)
	text := fmt.Sprintf("4500%04x000000004006 0000 7f000001 7f000001 %04x%04x 00000000 00000000 %s0%02x ffd7 0000 0000 %s",
		size, from, to, header, uint8(flags), options)
	raw, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	raw = append(raw, payload...)
	return &netcore.Packet{Raw: raw, Network: "lab", Len: uint32(len(raw)), Number: number}
}

func sockets() []netcore.Socket {
	at := func(port uint16) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
	}
	return []netcore.Socket{
		{Network: "lab", Cookie: 1, Local: at(7777), State: "LISTEN", Owners: []netcore.Owner{{Process: "server", FD: 3}}},
		{Network: "lab", Cookie: 2, Local: at(40000), Peer: at(7777), State: "ESTABLISHED", Owners: []netcore.Owner{{Process: "client", FD: 3}}},
	}
}

const (
	syn = netcore.FlagSYN
	ack = netcore.FlagACK
	fin = netcore.FlagFIN
	rst = netcore.FlagRST
	psh = netcore.FlagPSH
)

func TestSighting(t *testing.T) {
	with := func(p *netcore.Packet, change func(*netcore.Packet)) *netcore.Packet { change(p); return p }
	for _, test := range []struct {
		name   string
		packet *netcore.Packet
		want   string
		brief  string
	}{
		{"SYN", with(segment(1, 40000, 7777, syn, ""), func(p *netcore.Packet) { p.Call = 4 }),
			"Packet 1 from client to server: SYN, asks for a connection; sequence number 0, window 65495, MSS 65495.",
			"1 client > server SYN, seq 0, window 65495, MSS 65495"},
		{"SYN ACK", with(segment(2, 7777, 40000, syn|ack, ""), func(p *netcore.Packet) { p.Call, p.Ack = 4, 1 }),
			"Packet 2 from server to client: SYN ACK, agrees, and asks for the other direction; sequence number 0, acknowledgement number 1, window 65495, MSS 65495.",
			"2 server > client SYN ACK, seq 0, ack 1, window 65495, MSS 65495"},
		{"data", with(segment(4, 40000, 7777, psh|ack, "hello"), func(p *netcore.Packet) { p.Call, p.Seq, p.Ack = 5, 1, 1 }),
			"Packet 4 from client to server: PSH ACK, carries 5 bytes; sequence number 1, acknowledgement number 1, window 65495.",
			"4 client > server PSH ACK, seq 1, ack 1, window 65495, 5 bytes"},
		{"own", with(segment(5, 40000, 7777, syn, ""), func(p *netcore.Packet) { p.Own = netcore.OwnRetransmission }),
			"The kernel repeated, by itself: packet 5 from client to server: SYN, asks for a connection; sequence number 0, window 65495, MSS 65495.",
			"5 client > server SYN, seq 0, window 65495, MSS 65495, the kernel's own: retransmission"},
		{"refusal", with(segment(6, 9, 40000, rst|ack, ""), func(p *netcore.Packet) { p.Call, p.Ack = 4, 1 }),
			"Packet 6 from 127.0.0.1:9 to client: RST ACK, refuses the connection; sequence number 0, acknowledgement number 1.",
			"6 127.0.0.1:9 > client RST ACK, seq 0, ack 1"},
		{"reset", with(segment(7, 7777, 40000, rst, ""), func(p *netcore.Packet) { p.Call, p.Seq = 4, 9 }),
			"Packet 7 from server to client: RST, resets the connection; sequence number 9.",
			"7 server > client RST, seq 9"},
		{"FIN", with(segment(8, 7777, 40000, fin|ack, ""), func(p *netcore.Packet) { p.Own, p.Seq, p.Ack = netcore.OwnExit, 9, 9 }),
			"The kernel closed for the process that ended: packet 8 from server to client: FIN ACK, ends its direction; sequence number 9, acknowledgement number 9, window 65495.",
			"8 server > client FIN ACK, seq 9, ack 9, window 65495, the kernel's own: exit"},
		{"held", with(segment(9, 40000, 7777, syn, ""), func(p *netcore.Packet) { p.Call, p.Fate = 4, netcore.FateHeld }),
			"Packet 9 from client to server: SYN, asks for a connection; sequence number 0, window 65495, MSS 65495; it waits in the middle of the wire.",
			"9 client > server SYN, seq 0, window 65495, MSS 65495, waits in the middle of the wire"},
		{"dropped", with(segment(9, 40000, 7777, syn, ""), func(p *netcore.Packet) { p.Call, p.Of, p.Fate = 4, 3, netcore.FateDropped }),
			"On the wire: packet 9, SYN, was dropped.",
			"9 SYN was dropped"},
		{"nonsense", &netcore.Packet{Raw: []byte{0}, Number: 10, Own: netcore.OwnAnswer},
			"The kernel answered, by itself: packet 10 from invalid IP to invalid IP: no packet anybody could read; it does not hold together: no IP packet.",
			"10 invalid IP > invalid IP , malformed: no IP packet, the kernel's own: answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var e Ends
			e.Look(netcore.Snapshot{Sockets: sockets()})
			if diff := cmp.Diff(test.want, Sighting(&e, test.packet)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.brief, Brief(&e, test.packet)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEndsOnTheWire(t *testing.T) {
	var e Ends
	e.Look(netcore.Snapshot{Sockets: []netcore.Socket{
		{Network: "server", Local: netip.MustParseAddrPort("10.0.0.1:7777"), Owners: []netcore.Owner{{Process: "server", FD: 3}}},
		{Network: "client", Local: netip.MustParseAddrPort("10.0.0.2:7777"), Owners: []netcore.Owner{{Process: "client", FD: 3}}},
	}})
	p := &netcore.Packet{Network: "client"}
	h := netcore.PacketHeader{From: netip.MustParseAddrPort("10.0.0.2:7777"), To: netip.MustParseAddrPort("10.0.0.1:7777")}
	if from, to := e.Of(p, &h); from != "client" || to != "server" {
		t.Errorf("from %s to %s", from, to)
	}
	about := netcore.PacketHeader{ICMP: &netcore.ICMPHeader{About: &h}}
	if from, to := e.Of(p, &about); from != "server" || to != "client" {
		t.Errorf("the error is from %s to %s", from, to)
	}
}

func TestEndsFollowARecord(t *testing.T) {
	var e Ends
	first, second := netcore.NewTimeline(netcore.Header{}), netcore.NewTimeline(netcore.Header{})
	first.Add(netcore.Event{Type: netcore.SampleEvent, Sample: &netcore.Sample{Sockets: sockets()}})
	e.Follow(first, 1)
	if e.Owner("lab", 7777) != "" {
		t.Error("an event behind the view was read")
	}
	if e.Follow(first, 2); e.Owner("lab", 7777) != "server" {
		t.Error("the listener's port is nobody's")
	}
	if e.Follow(second, 1); e.Owner("lab", 7777) != "" {
		t.Error("another lab's record has the sockets of the one before")
	}
}

func TestOrder(t *testing.T) {
	call := func(id netcore.ID) netcore.Event {
		return netcore.Event{ID: id, Type: netcore.CallEvent, Call: &netcore.Call{ID: id}}
	}
	packet := func(id, of netcore.ID) netcore.Event {
		return netcore.Event{ID: id, Type: netcore.PacketEvent, Packet: &netcore.Packet{Call: of}}
	}
	blocked := func(id, of netcore.ID) netcore.Event {
		return netcore.Event{ID: id, Type: netcore.BlockedEvent, Blocked: &netcore.Blocked{Call: of}}
	}
	for _, test := range []struct {
		name   string
		in     []netcore.Event
		inside netcore.ID
		want   string
	}{
		{"a call before its packets", []netcore.Event{packet(2, 1), packet(3, 1), call(1)}, 0, "1 2 3"},
		{"and before what they wake", []netcore.Event{packet(2, 1), call(9), call(1)}, 9, "1 2 9"},
		{"one that blocks", []netcore.Event{packet(2, 1), blocked(3, 1), packet(4, 1), call(1)}, 0, "3 2 4 1"},
		{"one said before", []netcore.Event{packet(2, 1), packet(3, 1), call(1)}, 1, "2 3 1"},
		{"the kernel's own", []netcore.Event{packet(2, 0), packet(3, 1), call(1)}, 0, "2 1 3"},
		{"a call not in sight", []netcore.Event{packet(2, 7)}, 0, "2"},
	} {
		var got []string
		for _, e := range Order(test.in, func(id netcore.ID) bool { return id == test.inside }) {
			got = append(got, fmt.Sprint(e.ID))
		}
		if all := strings.Join(got, " "); all != test.want {
			t.Errorf("%s: %s, want %s", test.name, all, test.want)
		}
	}
}

func TestChange(t *testing.T) {
	tl := netcore.NewTimeline(netcore.Header{})
	zero := int64(0)
	packet := tl.Add(netcore.Event{Type: netcore.PacketEvent, Packet: segment(9, 40000, 7777, fin|ack, "")})
	call := tl.Add(netcore.Event{Type: netcore.CallEvent, Call: &netcore.Call{Process: "server", Name: "listen", Ret: &zero}})
	v := &lesson.View{Timeline: tl, Events: tl.Len()}
	four := netcore.Owner{Process: "server", FD: 4}
	s := &netcore.Sample{Gone: sockets()[1:]}
	for _, test := range []struct {
		change netcore.SocketChange
		want   string
	}{
		{netcore.SocketChange{Owner: four, What: "state", From: "ESTABLISHED", To: "CLOSE_WAIT", Cause: packet}, "server 4: ESTABLISHED to CLOSE_WAIT, because FIN ACK arrived (packet 9)."},
		{netcore.SocketChange{Owner: four, What: "state", From: "CLOSE", To: "LISTEN", Cause: call}, "server 4: CLOSE to LISTEN, because of server's listen()."},
		{netcore.SocketChange{Owner: four, What: "state", To: "CLOSE"}, "server 4: a new socket, CLOSE."},
		{netcore.SocketChange{Owner: four, What: "state", To: "LISTEN"}, "server 4: a new socket, LISTEN."},
		{netcore.SocketChange{Owner: four, What: "state", To: "SYN_RECV"}, "server 4: a new connection, SYN_RECV."},
		{netcore.SocketChange{Owner: four, What: "recvq", From: "0", To: "5", Cause: 99}, "server 4: receive queue 0 to 5 bytes."},
		{netcore.SocketChange{Owner: four, What: "waiting", From: "0", To: "1"}, "server 4: waiting for accept 0 to 1."},
		{netcore.SocketChange{Owner: four, What: "retransmits", From: "0", To: "1"}, "server 4: repeated without an answer 0 to 1 times."},
		{netcore.SocketChange{Owner: four, What: "resent", From: "1", To: "3"}, "server 4: segments repeated 1 to 3."},
		{netcore.SocketChange{Owner: four, What: "shutdown", From: "none", To: "receive", Cause: packet}, "server 4: receives nothing more, because FIN ACK arrived (packet 9)."},
		{netcore.SocketChange{Network: "lab", Cookie: 2, What: "state", From: "TIME_WAIT"}, "no descriptor, 127.0.0.1:40000 with 127.0.0.1:7777: TIME_WAIT to gone."},
		{netcore.SocketChange{What: "new thing", From: "a", To: "b"}, "a socket without a descriptor: new thing a to b."},
	} {
		if got := Change(v, s, &test.change); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestUntold(t *testing.T) {
	tl := netcore.NewTimeline(netcore.Header{})
	tl.Add(netcore.Event{Type: netcore.SampleEvent, Sample: &netcore.Sample{Changes: []netcore.SocketChange{{Cookie: 2, What: "state", From: "CLOSE", To: "ESTABLISHED"}, {Cookie: 1, What: "waiting", From: "0", To: "1"}}}})
	v := &lesson.View{Timeline: tl, Events: tl.Len(), Changed: []lesson.Change{
		{What: "descriptor", FD: 2, Text: "standard"}, {What: "descriptor", FD: 4, Text: "server: new descriptor 4"},
		{What: "state", Cookie: 2, Text: "client 3: CLOSE → ESTABLISHED"}, {What: "state", Cookie: 2, Text: "client 3: peer 127.0.0.1:7777"},
		{What: "queue", Cookie: 1, Text: "server 3: waiting 0→1"}, {What: "setting", Text: "set: wire hold"},
	}}
	if diff := cmp.Diff([]string{"server: new descriptor 4", "client 3: peer 127.0.0.1:7777"}, Untold(v)); diff != "" {
		t.Error(diff)
	}
	v.From = tl.Len()
	if got := len(Untold(v)); got != 4 {
		t.Errorf("%d changes when an earlier move's sample told of them, want 4", got)
	}
}

func TestTimer(t *testing.T) {
	for _, test := range []struct {
		socket netcore.Socket
		want   string
	}{
		{netcore.Socket{}, ""},
		{netcore.Socket{Timer: netcore.Timer{Kind: "timewait", Expires: 59.7e9}}, "it ends by itself in 60 s"},
		{netcore.Socket{Timer: netcore.Timer{Kind: "on", Expires: 0.84e9, Retrans: 2}}, "the kernel repeats in 0.8 s (2 times so far)"},
		{netcore.Socket{State: "ESTABLISHED", Timer: netcore.Timer{Kind: "keepalive", Expires: 5e9}}, "the kernel asks whether the other end is there in 5.0 s"},
		{netcore.Socket{State: "FIN_WAIT2", Timer: netcore.Timer{Kind: "keepalive", Expires: 5e9}}, "the kernel's timer ends in 5.0 s"},
	} {
		if got := Timer(&test.socket); got != test.want {
			t.Errorf("%+v: %q, want %q", test.socket.Timer, got, test.want)
		}
	}
}
