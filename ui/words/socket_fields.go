package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
)

// Field is one thing the kernel says of a socket: its name as the field has it, the
// value with its unit, and what that means.
type Field struct{ Name, Value, Meaning string }

// SocketFields are all fields of a socket in the order in which they are read: whose
// it is, its state, its queues, then how TCP is doing. Those the kernel does not tell
// for such a socket are left out.
func SocketFields(k netcore.Socket) []Field {
	f := fields{}
	f.identity(&k)
	f.queues(&k)
	if t := k.TCPInfo; t != nil && k.State != "LISTEN" {
		f.times(t)
		f.windows(t)
		f.sizes(t)
		f.segments(t)
		f.options(t)
	}
	if k.Congestion != "" {
		f.add("congestion control", k.Congestion, "the algorithm that moves the congestion window")
	}
	if k.Memory != nil {
		f.memory(k.Memory)
	}
	return f
}

type fields []Field

func (f *fields) add(name, value, meaning string) { *f = append(*f, Field{name, value, meaning}) }

func (f *fields) identity(k *netcore.Socket) {
	f.add("descriptors", owners(k), "who can call something on it; a waiting or closed connection is nobody's")
	f.add("network", k.Network, "the network it is in")
	f.add("domain", k.Domain, "the first argument of socket(2)")
	f.add("type", k.Type, "the second argument of socket(2)")
	if k.Protocol != "" {
		f.add("protocol", k.Protocol, "what it speaks")
	}
	f.add("state", k.State, stateMeanings[k.State])
	if k.Domain == "AF_UNIX" {
		f.add("name", orNone(strings.Replace(k.Path, "\x00", "@", 1)), "the path bind(2) gave it; @ begins an abstract name, which is no file")
		f.add("peer inode", strconv.FormatUint(k.PeerIno, 10), "the socket at the other end; 0 means none")
	} else {
		f.add("local address", lesson.AddrText(k.Local), "given by bind(2), or by the kernel")
		f.add("peer address", lesson.AddrText(k.Peer), "the other end")
	}
	f.add("inode", strconv.FormatUint(k.Inode, 10), "its file; 0 means no descriptor, such as before accept(2)")
	f.add("cookie", strconv.FormatUint(k.Cookie, 16), "the kernel's own number for it, never used twice")
	f.add("user", strconv.FormatUint(uint64(k.UID), 10), "the user it belongs to")
	f.add("source", k.Source, "where all this was read")
}

// owners are all descriptors of a socket: "server 4, server 5".
func owners(k *netcore.Socket) string {
	var all []string
	for _, o := range k.Owners {
		all = append(all, fmt.Sprintf("%s %d", o.Process, o.FD))
	}
	return orNone(strings.Join(all, ", "))
}

// stateMeanings say what a state of RFC 9293 is.
var stateMeanings = map[string]string{
	"LISTEN": "waits for connections", "SYN_SENT": "asked for a connection, no answer yet",
	"SYN_RECV": "was asked, answered, and waits for the last acknowledgement", "ESTABLISHED": "connected",
	"FIN_WAIT1": "closed its direction, not acknowledged yet", "FIN_WAIT2": "closed its direction, waits for the peer to close",
	"CLOSE_WAIT": "the peer closed, this end has not", "LAST_ACK": "closed second, waits for the last acknowledgement",
	"CLOSING": "both closed at once", "TIME_WAIT": "closed first, stays for late segments", "CLOSE": "not connected",
}

func (f *fields) queues(k *netcore.Socket) {
	if k.State == "LISTEN" {
		f.add("waiting", number(k.RecvQ), "connections that wait for accept(2)")
		f.add("limit", number(k.SendQ), "as given to listen(2), at most net.core.somaxconn; one more fits")
	} else {
		f.add("receive queue", size(k.RecvQ), "has arrived and was not read")
		f.add("send queue", size(k.SendQ), "was written and is not acknowledged, sent or not")
	}
	if t := Timer(k); t != "" {
		f.add("timer", k.Timer.Kind, t)
	}
	if k.Shutdown != "" {
		f.add("shut down", k.Shutdown, shutdownMeanings[k.Shutdown])
	}
}

// shutdownMeanings say what a shut-down direction is, by netcore's name for it.
var shutdownMeanings = map[string]string{
	netcore.ShutdownNone:    "both directions are open",
	netcore.ShutdownReceive: "nothing more comes: the peer's FIN arrived, or SHUT_RD was called",
	netcore.ShutdownSend:    "nothing more goes out: SHUT_WR was called",
	netcore.ShutdownBoth:    "nothing more comes or goes out",
}

func (f *fields) times(t *netcore.TCPInfo) {
	f.add("rtt", measured(t.RTT), "smoothed round-trip time, from segment to acknowledgement")
	f.add("rttvar", Span(t.RTTVar), "how much round-trip times vary")
	f.add("minimum rtt", measured(t.MinRTT), "the shortest round trip so far")
	f.add("rto", Span(t.RTO), "without an acknowledgement for so long, the kernel repeats")
	f.add("ato", timeOrNone(t.ATO), "the kernel may put off an acknowledgement so long")
	f.add("backoff", number(t.Backoff), "how often the rto was doubled since the last answer")
}

func (f *fields) windows(t *netcore.TCPInfo) {
	f.add("cwnd", Count(int(t.CWnd), "segment"), "congestion window: so much may be on the way for the network's sake")
	threshold := "none yet"
	if t.SSThresh != 0 {
		threshold = Count(int(t.SSThresh), "segment")
	}
	f.add("ssthresh", threshold, "where the window begins to grow more slowly; set when something is lost")
	f.add("send window", size(t.SendWindow), "so much may be on the way for the peer's sake: its last advertised window")
	if t.ReceiveWindow != 0 {
		f.add("receive window", size(t.ReceiveWindow), "last advertised to the peer")
	}
	f.add("rcv_ssthresh", size(t.ReceiveLimit), "the largest window the kernel would offer now")
	f.add("rcv_space", size(t.ReceiveSpace), "what the program is expected to read in a round trip")
}

func (f *fields) sizes(t *netcore.TCPInfo) {
	f.add("mss", size(t.MSS), "largest payload of a segment that is sent")
	f.add("rcvmss", size(t.ReceiveMSS), "the kernel's guess at the size of segments that come")
	f.add("advmss", size(t.AdvertisedMSS), "what the peer was told to keep to")
	f.add("pmtu", size(t.PMTU), "largest packet of the whole path")
}

func (f *fields) segments(t *netcore.TCPInfo) {
	f.add("unacked", number(t.Unacked), "segments on the way, not acknowledged")
	f.add("sacked", number(t.Sacked), "of these, acknowledged out of order")
	f.add("lost", number(t.Lost), "of these, taken for lost")
	f.add("retrans", number(t.Retrans), "of these, repeated")
	f.add("retransmits", number(t.Retransmits), "timeouts in a row without an answer")
	f.add("probes", number(t.Probes), "questions in a row about a closed window or a silent peer")
	f.add("total retrans", number(t.TotalRetrans), "segments repeated since the connection began")
	f.add("bytes sent", number(t.BytesSent), "payload sent, repeated bytes counted again")
	f.add("bytes acked", number(t.BytesAcked), "acknowledged by the peer; the SYN of connect(2) and the FIN count as one each")
	f.add("bytes received", number(t.BytesReceived), "payload that came in order, the FIN counted as one")
	f.add("bytes retrans", number(t.BytesRetrans), "payload repeated")
	f.add("not sent", size(t.NotSent), "in the send queue and not sent even once")
	f.add("segments out", number(t.SegmentsOut), "segments sent, "+number(t.DataSegmentsOut)+" with payload")
	f.add("segments in", number(t.SegmentsIn), "segments that came, "+number(t.DataSegmentsIn)+" with payload")
}

func (f *fields) options(t *netcore.TCPInfo) {
	var all []string
	for _, o := range []struct {
		on   bool
		name string
	}{{t.Timestamps, "timestamps"}, {t.SACK, "SACK"}, {t.WindowScaling, "window scaling"}, {t.ECN, "ECN"}, {t.ECNSeen, "ECN seen"}} {
		if o.on {
			all = append(all, o.name)
		}
	}
	f.add("options", orNone(strings.Join(all, ", ")), "what both ends agreed on in their SYNs")
	if t.WindowScaling {
		f.add("window scale", fmt.Sprintf("%d, %d", t.SendScale, t.ReceiveScale), "bits the peer's windows and the own ones are shifted by in segments")
	}
}

func (f *fields) memory(m *netcore.SocketMemory) {
	f.add("receive memory", size(m.Receive), "taken by what arrived, with the kernel's overhead")
	f.add("receive buffer", size(m.ReceiveLimit), "at most so much: SO_RCVBUF")
	f.add("send memory", size(m.Send), "taken by packets on their way")
	f.add("send queued", size(m.SendQueued), "taken by the send queue, with the kernel's overhead")
	f.add("send buffer", size(m.SendLimit), "at most so much: SO_SNDBUF")
	f.add("forward memory", size(m.Forward), "set aside and not used")
	f.add("option memory", size(m.Option), "taken by options and filters")
	f.add("backlog", size(m.Backlog), "arrived while a call held the socket")
	f.add("drops", number(m.Drops), "packets thrown away for this socket")
}

// number is a count without a unit.
func number[N uint8 | uint32 | uint64](n N) string { return strconv.FormatUint(uint64(n), 10) }

// size is a number of bytes.
func size(n uint32) string { return Count(int(n), "byte") }

// measured is a time that is 0 until it was measured.
func measured(d time.Duration) string {
	if d == 0 {
		return "not measured yet"
	}
	return Span(d)
}

func timeOrNone(d time.Duration) string {
	if d == 0 {
		return "none"
	}
	return Span(d)
}

// Span is a time in the unit one reads it in: "23 µs", "204 ms", "1.5 s".
func Span(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	case d < time.Second:
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'g', -1, 64) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'g', 4, 64) + " s"
}
