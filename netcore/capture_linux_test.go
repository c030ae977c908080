package netcore

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/dumptest"
)

// capturing opens a lab whose packets can be seen.
func capturing(t testing.TB, o Options) *Lab {
	t.Helper()
	l := openLab(t, o)
	for _, m := range l.Missing() {
		if strings.HasPrefix(m, "Packets are not visible") {
			t.Skip(m)
		}
	}
	return l
}

// packets are the packets in the Timeline, up to a look taken now.
func packets(t testing.TB, l *Lab) []Event {
	t.Helper()
	snapshot(t, l)
	return slices.DeleteFunc(l.Timeline().Since(0), func(e Event) bool { return e.Packet == nil })
}

// words are packets by their flags, with how many bytes they carry.
func words(all []Event) (out []string) {
	for _, e := range all {
		h := e.Packet.Header()
		text := h.Summary()
		if h.PayloadLen > 0 && h.ICMP == nil {
			text = fmt.Sprint(text, " ", h.PayloadLen)
		}
		out = append(out, text)
	}
	return out
}

// handshake has a server listen and a client connect.
func handshake(t testing.TB, server, client *Process) Call {
	t.Helper()
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	port := listening(t, server, 5)
	return want(t, client, 0, "connect", Number(3), Memory(inet4(port)), Number(16))
}

// TestHandshakeInsideConnect connects a hundred times: the three packets lie inside
// the call's entry and return, belong to it, and are brought in before it.
func TestHandshakeInsideConnect(t *testing.T) {
	l := capturing(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	port := listening(t, server, 1000)
	inside := 0
	for range 100 {
		before := len(packets(t, l))
		fd := *do(t, client, "socket", Number(2), Number(1), Number(0)).Ret
		c := want(t, client, 0, "connect", Number(fd), Memory(inet4(port)), Number(16))
		all := packets(t, l)[before:]
		if got := strings.Join(words(all), ", "); got != "SYN, SYN ACK, ACK" {
			t.Fatalf("packets: %s", got)
		}
		if within(all, &c) {
			inside++
		}
		if place := l.Timeline().Place(c.ID); place < l.Timeline().Place(all[2].ID) {
			t.Errorf("the call returned before its packets: place %d", place)
		}
	}
	if inside < 99 {
		t.Errorf("%d of 100 handshakes lie inside connect", inside)
	}
	t.Logf("%d of 100", inside)
}

// within reports whether packets belong to a call and lie inside it.
func within(all []Event, c *Call) bool {
	for _, e := range all {
		if e.At < c.Enter || e.At > c.Exit || e.Packet.Call != c.ID || e.Cause != c.ID {
			return false
		}
	}
	return true
}

// TestPacketsOfALife follows a connection from its SYN to its last ACK, with the
// numbers relative and each packet's cause.
func TestPacketsOfALife(t *testing.T) {
	l := capturing(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	connect := handshake(t, server, client)
	want(t, server, 4, "accept", Number(3), Null(), Null())
	snapshot(t, l)
	recv := begin(t, server, "recv", Number(4), Memory(make([]byte, 16)), Number(16), Number(0))
	settle(t, recv, StateBlocked)
	send := want(t, client, 5, "send", Number(3), Memory([]byte("hello")), Number(5), Number(0))
	<-recv.Done()
	shut := want(t, client, 0, "close", Number(3))
	last := want(t, server, 0, "close", Number(4))
	all := packets(t, l)
	type row struct {
		text     string
		seq, ack uint32
		call     ID
	}
	var got []row
	for i, w := range words(all) {
		p := all[i].Packet
		got = append(got, row{w, p.Seq, p.Ack, p.Call})
	}
	wanted := []row{
		{"SYN", 0, 0, connect.ID}, {"SYN ACK", 0, 1, connect.ID}, {"ACK", 1, 1, connect.ID},
		{"PSH ACK 5", 1, 1, send.ID}, {"ACK", 1, 6, send.ID}, {"FIN ACK", 6, 1, shut.ID},
	}
	if len(got) < len(wanted) || !slices.Equal(got[:len(wanted)], wanted) {
		t.Errorf("got %v,\nwant %v and more", got, wanted)
	}
	fin := all[len(all)-2].Packet
	if h := fin.Header(); h.Flags&FlagFIN == 0 || fin.Call != last.ID {
		t.Errorf("the server's FIN: %+v, %v", fin, h.Summary())
	}
}

// TestOwnPackets sees what the kernel sends by itself: repeats of a SYN nobody
// answers while connect is blocked, and the end of a process that was killed.
func TestOwnPackets(t *testing.T) {
	l := capturing(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	waiting := overfull(t, server, client)
	deadline := deadline(t)
	for {
		if i := slices.IndexFunc(packets(t, l), func(e Event) bool { return e.Packet.Own == OwnRetransmission }); i >= 0 {
			e := packets(t, l)[i]
			h := e.Packet.Header()
			if e.Packet.Call != 0 || h.Summary() != "SYN" || e.Packet.Seq != 0 {
				t.Errorf("the repeat: %+v, %s", e.Packet, h.Summary())
			}
			break
		}
		select {
		case <-l.Arrived():
		case <-deadline.Done():
			t.Fatal("no repeat of the SYN")
		}
	}
	if err := client.Kill(deadline); err != nil {
		t.Fatal(err)
	}
	<-waiting.Done()
	all := packets(t, l)
	i := slices.IndexFunc(all, func(e Event) bool { return e.Packet.Own == OwnExit })
	if i < 0 {
		t.Fatalf("no packet of the end of the process among %v", words(all))
	}
	if h := all[i].Packet.Header(); h.Flags&(FlagFIN|FlagRST) == 0 {
		t.Errorf("the exit's packet is %s", h.Summary())
	}
}

// overfull has the client's connect wait for a place in the server's queue.
func overfull(t *testing.T, server, client *Process) *Pending {
	port := listening(t, server, 0)
	for {
		fd := *do(t, client, "socket", Number(2), Number(1), Number(0)).Ret
		c := begin(t, client, "connect", Number(fd), Memory(inet4(port)), Number(16))
		if state, err := c.Settle(deadline(t)); err != nil || state == StateBlocked {
			return c
		}
	}
}

// TestChangesHaveCauses names the packet or the call behind each change of state.
func TestChangesHaveCauses(t *testing.T) {
	l := capturing(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	snapshot(t, l)
	handshake(t, server, client)
	snapshot(t, l)
	want(t, server, 4, "accept", Number(3), Null(), Null())
	snapshot(t, l)
	want(t, client, 0, "close", Number(3))
	snapshot(t, l)
	causes := map[string]string{}
	for _, e := range l.Timeline().Since(0) {
		if e.Sample == nil {
			continue
		}
		for _, c := range e.Sample.Changes {
			if c.What == "state" && c.Cause != 0 {
				causes[c.Owner.Process+" "+c.From+">"+c.To] = causeText(l, c.Cause)
			}
		}
	}
	for change, cause := range map[string]string{"client >ESTABLISHED": "SYN ACK", "server >LISTEN": "listen"} {
		if got := causes[change]; got != cause && causes[strings.Replace(change, " >", " CLOSE>", 1)] != cause {
			t.Errorf("%s because of %q, want %q (all: %v)", change, got, cause, causes)
		}
	}
	if !slices.Contains([]string{causes["server ESTABLISHED>CLOSE_WAIT"]}, "FIN ACK") {
		t.Errorf("CLOSE_WAIT: %v", causes)
	}
}

func causeText(l *Lab, id ID) string {
	e, _ := l.Timeline().Get(id)
	switch {
	case e.Call != nil:
		return e.Call.Name
	case e.Packet != nil:
		h := e.Packet.Header()
		return h.Summary()
	}
	return ""
}

// TestCaptureIsTcpdumps holds the packets against those tcpdump sees beside us.
func TestCaptureIsTcpdumps(t *testing.T) {
	l := capturing(t, Options{})
	dump := dumptest.Start(t, dumptest.Network(l.PID()), "lo", "-Q", "in")
	server, client := start(t, l, "server"), start(t, l, "client")
	handshake(t, server, client)
	want(t, server, 4, "accept", Number(3), Null(), Null())
	for _, n := range []int{1, 1000, 100000} {
		want(t, client, int64(n), "send", Number(3), Memory(make([]byte, n)), Number(int64(n)), Number(0))
	}
	do(t, client, "socket", Number(2), Number(2), Number(0))
	do(t, client, "sendto", Number(4), Memory([]byte("x")), Number(1), Number(0), Memory(inet4(9)), Number(16))
	want(t, client, 0, "close", Number(3))
	want(t, server, 0, "close", Number(4))
	var theirs []string
	for _, p := range dump.Read(len(packets(t, l))) {
		h := DecodePacket(p.Raw)
		theirs = append(theirs, fmt.Sprintf("%s>%s %d", port(h.From), port(h.To), p.Len))
	}
	var ours []string
	for _, e := range packets(t, l) { // once more, for what the kernel sent before tcpdump ended
		h := e.Packet.Header()
		ours = append(ours, fmt.Sprintf("%s>%s %d", port(h.From), port(h.To), e.Packet.Len))
	}
	ours = ours[:min(len(ours), len(theirs))]
	if !slices.Equal(ours, theirs) {
		t.Errorf("ours:\n%s\ntcpdump's:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}

func port(a netip.AddrPort) string {
	if a.Port() == 0 {
		return "-"
	}
	return fmt.Sprint(a.Port())
}

// TestSharedNetworkShowsOwnPackets has somebody else talk on this machine's
// loopback, where a lab has no network of its own.
func TestSharedNetworkShowsOwnPackets(t *testing.T) {
	l, err := Open(deadline(t), Options{Tier: TierCapture})
	if err != nil {
		t.Skipf("packets of this machine cannot be captured: %v", err)
	}
	defer l.Close()
	foreign, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	talk := func() {
		c, err := net.Dial("tcp4", foreign.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte("none of your business"))
		_ = c.Close()
	}
	server, client := start(t, l, "server"), start(t, l, "client")
	talk()
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	ours := listening(t, server, 5)
	talk()
	want(t, client, 0, "connect", Number(3), Memory(inet4(ours)), Number(16))
	talk()
	all := packets(t, l)
	if got := strings.Join(words(all), ", "); got != "SYN, SYN ACK, ACK" {
		t.Errorf("packets: %s, want those of the lab's own connection", got)
	}
	for _, e := range all {
		if h := e.Packet.Header(); h.From.Port() != ours && h.To.Port() != ours {
			t.Errorf("a foreign packet: %v to %v", h.From, h.To)
		}
	}
}

// TestFloodIsCounted floods the lab's loopback: looking at it stays quick, memory
// stays small, and what was left out is counted.
func TestFloodIsCounted(t *testing.T) {
	if testing.Short() {
		t.Skip("floods for a second")
	}
	l := capturing(t, Options{})
	p := start(t, l, "server")
	want(t, p, 3, "socket", Number(2), Number(2), Number(0))
	stop := make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- flood(l, stop) }()
	slowest := time.Duration(0)
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		begun := time.Now()
		snapshot(t, l)
		slowest = max(slowest, time.Since(begun))
	}
	close(stop)
	if err := <-done; err != nil {
		t.Skipf("no flood: %v", err)
	}
	s := snapshot(t, l)
	if s.Lost == 0 {
		t.Error("nothing was left out of a flood")
	}
	if n := l.Timeline().Len(); n > packetBurst+10*packetRate {
		t.Errorf("%d events of a flood of a second were kept", n)
	}
	t.Logf("slowest look %v, %d events kept, %d packets counted", slowest, l.Timeline().Len(), s.Lost)
}

// flood sends datagrams in the lab's network as fast as it can.
func flood(l *Lab, stop <-chan struct{}) error {
	runtime.LockOSThread() // and never unlocked: the thread ends in the lab's network
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/net", l.PID()), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
		return err
	}
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	to := &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		if err := unix.Sendto(s, bytes.Repeat([]byte{'x'}, 100), 0, to); err != nil && !errors.Is(err, unix.ECONNREFUSED) {
			return err
		}
	}
}
