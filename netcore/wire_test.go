//go:build linux

package netcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"sockstep/netcore/clocktest"
	"sockstep/netcore/dumptest"
)

// arrived waits until n packets have come into the middle and returns all sightings.
func arrived(t testing.TB, l *Lab, n int) []Event {
	t.Helper()
	ctx := deadline(t)
	for {
		all, came := packets(t, l), 0
		for _, e := range all {
			if e.Packet.Of == 0 {
				came++
			}
		}
		if came >= n {
			return all
		}
		if ctx.Err() != nil {
			t.Fatalf("%d packets came, want %d: %q", came, n, story(all))
		}
	}
}

// story writes sightings as "client>SYN" for one that came, "server<passed 1" for
// what became of it.
func story(all []Event) (out []string) {
	for _, e := range all {
		p := e.Packet
		h := p.Header()
		switch {
		case p.Of != 0:
			out = append(out, fmt.Sprintf("%s<%s %d", p.Network, p.Fate, p.Number))
		case p.Fate != FateNone:
			out = append(out, fmt.Sprintf("%s>%s %s", p.Network, h.Summary(), p.Fate))
		default:
			out = append(out, fmt.Sprintf("%s>%s", p.Network, h.Summary()))
		}
	}
	return out
}

// of are the sightings of one packet.
func of(number uint32, all []Event) (out []Event) {
	for _, e := range all {
		if e.Packet.Number == number {
			out = append(out, e)
		}
	}
	return out
}

// sound checks the checksums of an IPv4 packet with TCP or UDP.
func sound(packet []byte) bool {
	head := int(packet[0]&15) * 4
	pseudo := append(slices.Clone(packet[12:20]), 0, packet[9])
	pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(packet)-head))
	return onesSum(packet[:head]) == 0xffff && onesSum(append(pseudo, packet[head:]...)) == 0xffff
}

func onesSum(b []byte) uint32 {
	if len(b)%2 == 1 {
		b = append(slices.Clone(b), 0)
	}
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}

var (
	serverAt = func(port uint16) []byte { return inet4At([4]byte{10, 0, 0, 1}, port) }
	wireOpen = Options{Wire: true}
)

// wired brings up a listening server and a client with a socket on the wire.
func wired(t testing.TB, o Options) (l *Lab, server, client *Process) {
	t.Helper()
	l = privateLab(t, o)
	server, client = start(t, l, "server"), start(t, l, "client")
	want(t, server, 3, "socket", Number(2), Number(1), Number(0))
	want(t, server, 0, "bind", Number(3), Memory(serverAt(7777)), Number(16))
	want(t, server, 0, "listen", Number(3), Number(5))
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	return l, server, client
}

func act(t testing.TB, l *Lab, a WireAct) {
	t.Helper()
	if err := l.Act(deadline(t), a); err != nil {
		t.Fatal(err)
	}
}

func wantStory(t testing.TB, frames []Event, want ...string) {
	t.Helper()
	if got := story(frames); !slices.Equal(got, want) {
		t.Errorf("seen %q,\nwant %q", got, want)
	}
}

func TestWireFlows(t *testing.T) {
	l, server, client := wired(t, wireOpen)
	c := want(t, client, 0, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	frames := arrived(t, l, 3)
	wantStory(t, frames, "client>SYN", "server>SYN ACK", "client>ACK")
	for i, f := range frames {
		if !sound(f.Packet.Raw) {
			t.Errorf("packet %d has a false checksum: %x", i, f.Packet.Raw)
		}
		if f.At < c.Enter || i < 2 && f.At > c.Exit {
			t.Errorf("packet %d at %d, connect from %d to %d", i, f.At, c.Enter, c.Exit)
		}
		if f.Packet.Number != uint32(i+1) || f.Packet.Call != c.ID || int(f.Packet.Len) != len(f.Packet.Raw) {
			t.Errorf("packet %d: %+v", i, f.Packet)
		}
	}
	t.Logf("connect took %v", time.Duration(c.Exit-c.Enter))
	want(t, server, 4, "accept", Number(3), Null(), Null())
	want(t, client, 5000, "send", Number(3), Memory(make([]byte, 5000)), Number(5000), Number(0))
	want(t, server, 5000, "recv", Number(4), Memory(make([]byte, 5000)), Number(5000), Number(0x100))
	for _, f := range arrived(t, l, 7) {
		if !sound(f.Packet.Raw) || f.Packet.Len > wireMTU {
			t.Errorf("packet of %d bytes, sound %v", f.Packet.Len, sound(f.Packet.Raw))
		}
	}
	s := snapshot(t, l)
	networks := map[string][]string{}
	for _, s := range s.Sockets {
		networks[s.Network] = append(networks[s.Network], s.State)
	}
	if len(networks["server"]) != 2 || len(networks["client"]) != 1 || len(networks) != 2 || s.Wire == nil || s.Wire.Holding {
		t.Errorf("sockets by network: %v, wire %+v", networks, s.Wire)
	}
	if server.Network() != "server" || client.Network() != "client" {
		t.Errorf("the processes are in %s and %s", server.Network(), client.Network())
	}
}

func TestWireNetworkOfUnboundSocket(t *testing.T) {
	l := privateLab(t, wireOpen)
	for _, name := range []string{"server", "client"} {
		want(t, start(t, l, name), 3, "socket", Number(2), Number(1), Number(0))
	}
	for _, s := range snapshot(t, l).Sockets {
		if len(s.Owners) != 1 || s.Network != s.Owners[0].Process || s.Source != "getsockopt" {
			t.Errorf("%+v", s)
		}
	}
}

func TestWireHolds(t *testing.T) {
	l, _, client := wired(t, Options{Wire: true, Hold: true})
	c := begin(t, client, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	settle(t, c, StateBlocked)
	wantStory(t, arrived(t, l, 1), "client>SYN held")
	if s := snapshot(t, l); s.Wire == nil || !s.Wire.Holding {
		t.Errorf("the wire is %+v, want holding", s.Wire)
	}
	state(t, l, "client", 3, "SYN_SENT")
	for n := 2; n <= 3; n++ {
		act(t, l, WireAct{Verb: WirePass})
		arrived(t, l, n)
	}
	if got := returned(t, c); *got.Ret != 0 {
		t.Errorf("connect = %+v", got)
	}
	act(t, l, WireAct{Verb: WirePass})
	wantStory(t, arrived(t, l, 3), "client>SYN held", "server<passed 1", "server>SYN ACK held", "client<passed 2", "client>ACK held", "server<passed 3")
	if err := l.Act(deadline(t), WireAct{Verb: WirePass}); !errors.Is(err, ErrNoPacket) {
		t.Errorf("with nothing held: %v", err)
	}
}

func TestWireDropsSYN(t *testing.T) {
	l, _, client := wired(t, Options{Wire: true, Hold: true})
	watch := clocktest.Start()
	c := begin(t, client, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	arrived(t, l, 1)
	act(t, l, WireAct{Verb: WireDrop})
	act(t, l, WireAct{Verb: WireFlow})
	got := returned(t, c)
	frames := arrived(t, l, 4)
	wantStory(t, frames, "client>SYN held", "client<dropped 1", "client>SYN", "server>SYN ACK", "client>ACK")
	if gap := time.Duration(frames[2].At - frames[0].At); *got.Ret != 0 || gap < 900*time.Millisecond || gap > 1500*time.Millisecond+watch.Lost() {
		t.Errorf("the second SYN came after %v, want about a second; connect = %+v", gap, got)
	}
	kinds := []string{}
	for _, e := range events(l, SettingEvent) {
		kinds = append(kinds, e.Setting.Kind+" "+e.Setting.Was+" "+e.Setting.Value)
	}
	if !slices.Equal(kinds, []string{"wire hold flow"}) {
		t.Errorf("recorded %q", kinds)
	}
}

func TestWireDuplicates(t *testing.T) {
	l, server, client := wired(t, wireOpen)
	want(t, client, 0, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	want(t, server, 4, "accept", Number(3), Null(), Null())
	arrived(t, l, 3)
	act(t, l, WireAct{Verb: WireHold})
	want(t, client, 2, "send", Number(3), Memory([]byte("hi")), Number(2), Number(0))
	arrived(t, l, 4)
	act(t, l, WireAct{Verb: WireDuplicate})
	// The second is answered at once: a duplicate acknowledgement, with SACK. The client
	// may have repeated what was held.
	wantStory(t, of(4, arrived(t, l, 5)), "client>PSH ACK held", "server<passed 4", "server<duplicated 4")
	want(t, server, 2, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
}

func TestWireDelaysAndReorders(t *testing.T) {
	l, _, client := wired(t, Options{Wire: true, Hold: true})
	c := begin(t, client, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	arrived(t, l, 1)
	watch := clocktest.Start()
	act(t, l, WireAct{Verb: WireDelay, Packet: 1, After: 50 * time.Millisecond})
	act(t, l, WireAct{Verb: WireFlow})
	returned(t, c)
	frames := arrived(t, l, 3)
	wantStory(t, frames, "client>SYN held", "client<delayed 1", "server<passed 1", "server>SYN ACK", "client>ACK")
	if waited := time.Duration(frames[2].At - frames[1].At); waited < 50*time.Millisecond || waited > 500*time.Millisecond+watch.Lost() {
		t.Errorf("delayed for %v, want 50 ms and hardly more", waited)
	}
}

func TestWireDatagramsOvertake(t *testing.T) {
	l := privateLab(t, Options{Wire: true, Hold: true})
	server, client := start(t, l, "server"), start(t, l, "client")
	for _, p := range []*Process{server, client} {
		want(t, p, 3, "socket", Number(2), Number(2), Number(0))
	}
	want(t, server, 0, "bind", Number(3), Memory(serverAt(7777)), Number(16))
	for _, text := range []string{"1", "2", "3"} {
		want(t, client, 1, "sendto", Number(3), Memory([]byte(text)), Number(1), Number(0), Memory(serverAt(7777)), Number(16))
	}
	arrived(t, l, 3)
	for _, n := range []uint32{3, 1, 2} {
		act(t, l, WireAct{Verb: WirePass, Packet: n})
		got := want(t, server, 1, "recv", Number(3), Memory(make([]byte, 8)), Number(8), Number(0))
		if text := string(got.Args[1].After[:1]); text != strconv.Itoa(int(n)) {
			t.Errorf("received %s, want %d", text, n)
		}
	}
	if err := l.Act(deadline(t), WireAct{Verb: WirePass, Packet: 2}); !errors.Is(err, ErrNoPacket) {
		t.Errorf("a packet that went on: %v", err)
	}
}

func TestWireSettingsOfAnEnd(t *testing.T) {
	l, server, client := wired(t, wireOpen)
	wantSetting(t, stage(t, l, "sysctl server net.ipv4.tcp_retries2 3"), Setting{Kind: "sysctl", Name: "server net.ipv4.tcp_retries2", Value: "3", Was: "15"})
	got := stage(t, l, "sysctl net.ipv4.tcp_retries2 4")
	wantSetting(t, got, Setting{Kind: "sysctl", Name: "net.ipv4.tcp_retries2", Value: "4", Was: "server 3, client 15"})
	wantSetting(t, stage(t, l, "address server 10.0.0.5"), Setting{Kind: "address", Name: "server 10.0.0.5", Value: "eth0"})
	fd := tcp(t, server)
	want(t, server, 0, "bind", Number(fd), Memory(inet4At([4]byte{10, 0, 0, 5}, 80+7700)), Number(16))
	want(t, server, 0, "listen", Number(fd), Number(1))
	want(t, client, 0, "connect", Number(3), Memory(inet4At([4]byte{10, 0, 0, 5}, 80+7700)), Number(16))
	stageErr(t, l, "address 10.0.0.6")
	stage(t, l, "route client 10.0.0.0/24 unreachable")
	wantErrno(t, client, "EHOSTUNREACH", "connect", Number(tcp(t, client)), Memory(serverAt(7777)), Number(16))
	wantSetting(t, stage(t, l, "wire hold"), Setting{Kind: "wire", Value: "hold", Was: "flow"})
	wantSetting(t, stage(t, l, "wire"), Setting{Kind: "wire", Value: "hold", Was: "hold"})
}

func TestWireServerByName(t *testing.T) {
	l := privateLab(t, Options{Wire: true, Server: "alice"})
	if a, s := start(t, l, "alice"), start(t, l, "server"); a.Network() != "server" || s.Network() != "client" {
		t.Errorf("alice is at %s, server at %s", a.Network(), s.Network())
	}
}

func TestNoWire(t *testing.T) {
	for _, tier := range []string{"host", "capture"} {
		t.Setenv(TierVariable, tier)
		if l, err := Open(deadline(t), wireOpen); !errors.Is(err, ErrNoWire) {
			t.Errorf("tier %s: %v, %v", tier, l, err)
		}
	}
	t.Setenv(TierVariable, "")
	l := openLab(t, Options{})
	for _, v := range []WireVerb{WirePass, WireHold, WireDelay} {
		err := l.Act(deadline(t), WireAct{Verb: v, After: time.Second})
		if l.Tier().Private() && !errors.Is(err, ErrNoWire) {
			t.Errorf("%s without a wire: %v", v, err)
		}
	}
	for _, a := range []WireAct{{Verb: "melt"}, {Verb: WireDelay}, {Verb: WirePass, Packet: 9}} {
		if err := l.Act(deadline(t), a); err == nil {
			t.Errorf("%+v was done", a)
		}
	}
}

// TestWireFull floods a wire that holds: it keeps as many as it may, says of each
// other that it was dropped, and lets those go in order.
func TestWireFull(t *testing.T) {
	const flood = maxHeld + 100
	l := privateLab(t, Options{Wire: true, Hold: true})
	p := start(t, l, "client")
	want(t, p, 3, "socket", Number(2), Number(2), Number(0))
	for range flood {
		want(t, p, 1, "sendto", Number(3), Memory([]byte("x")), Number(1), Number(0), Memory(serverAt(9)), Number(16))
	}
	arrived(t, l, flood)
	act(t, l, WireAct{Verb: WireFlow})
	var passed []ID
	dropped := 0
	for _, e := range packets(t, l) {
		switch e.Packet.Fate {
		case FatePassed:
			passed = append(passed, e.Packet.Of)
		case FateDropped:
			dropped++
		}
	}
	if len(passed) != maxHeld || dropped != flood-maxHeld || !slices.IsSorted(passed) {
		t.Errorf("%d passed, %d were dropped, of %d; in order: %v", len(passed), dropped, flood, slices.IsSorted(passed))
	}
}

// TestWireAsTcpdump compares what is seen with a tcpdump at the server's interface
// in the middle, each direction by itself: a packet of the client's is seen here
// when it comes into the middle, and there when it leaves it.
func TestWireAsTcpdump(t *testing.T) {
	l, server, client := wired(t, wireOpen)
	dump := dumptest.Start(t, dumptest.Network(l.PID()), "server")
	want(t, client, 0, "connect", Number(3), Memory(serverAt(7777)), Number(16))
	want(t, server, 4, "accept", Number(3), Null(), Null())
	want(t, client, 5000, "send", Number(3), Memory(make([]byte, 5000)), Number(5000), Number(0))
	want(t, server, 5000, "recv", Number(4), Memory(make([]byte, 5000)), Number(5000), Number(0x100))
	want(t, client, 0, "close", Number(3))
	want(t, server, 0, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0)) // or the FINs cross
	want(t, server, 0, "close", Number(4))
	onlyState(t, l, "server", "LISTEN")
	onlyState(t, l, "client", "TIME_WAIT")
	theirs := dump.Read(len(packets(t, l)))
	all := packets(t, l) // the kernel may have repeated one before tcpdump ended, and since
	var ours [2][]string
	for _, e := range all {
		n := fromServer(e.Packet.Raw)
		ours[n] = append(ours[n], fmt.Sprintf("%x of %d", e.Packet.Raw[:40], e.Packet.Len))
	}
	var others [2][]string
	for _, p := range theirs {
		n := fromServer(p.Raw)
		others[n] = append(others[n], fmt.Sprintf("%x of %d", p.Raw[:40], p.Len))
	}
	for n := range ours {
		if ours[n] = ours[n][:min(len(ours[n]), len(others[n]))]; !slices.Equal(ours[n], others[n]) {
			t.Errorf("direction %d: tcpdump saw %q, we saw %q", n, others[n], ours[n])
		}
	}
}

// onlyState waits until the sockets of a network are all in one state.
func onlyState(t testing.TB, l *Lab, network, state string) {
	t.Helper()
	ctx := deadline(t)
	for {
		var others []Socket
		for _, s := range snapshot(t, l).Sockets {
			if s.Network == network && s.State != state {
				others = append(others, s)
			}
		}
		if len(others) == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("not in %s: %+v", state, others)
		}
	}
}

func fromServer(raw []byte) int {
	if bytes.Equal(raw[12:16], []byte{10, 0, 0, 1}) {
		return 1
	}
	return 0
}

// BenchmarkOpenWire opens a lab with a wire and two processes on it.
func BenchmarkOpenWire(b *testing.B) { benchmarkOpen(b, wireOpen) }

// BenchmarkWireConnect connects over the wire.
func BenchmarkWireConnect(b *testing.B) {
	_, server, client := wired(b, wireOpen)
	var spent time.Duration
	for b.Loop() {
		c := want(b, client, 0, "connect", Number(3), Memory(serverAt(7777)), Number(16))
		spent += time.Duration(c.Exit - c.Enter)
		want(b, server, 4, "accept", Number(3), Null(), Null())
		want(b, client, 0, "close", Number(3))
		want(b, server, 0, "close", Number(4))
		want(b, client, 3, "socket", Number(2), Number(1), Number(0))
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N), "ns/connect")
}
