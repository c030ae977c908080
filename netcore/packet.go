package netcore

import "net/netip"

// Packet is one captured packet. It is kept small, since a lab can see a hundred
// thousand of them: what can be read off its bytes is read when it is asked for
// (Header), and never stored twice.
type Packet struct {
	// Raw is the packet from its IP header on, at most SnapLength bytes of it. It
	// belongs to the Timeline; do not write to it.
	Raw []byte
	// Network names where it was seen: "lab" or "host", or "wire" for one that
	// came by in the middle of the wire.
	Network string
	// Call is the call it belongs to, 0 for one the kernel sent by itself, for the
	// reason in Own.
	Call ID
	// Of is set on the second sighting of a packet on the wire: the event of the
	// first. What became of it is in Fate.
	Of ID
	// Seq and Ack are relative to the first sequence number seen in the packet's
	// own direction, and in the other one: 0 is the SYN.
	Seq, Ack uint32
	// Len is the packet's whole length in bytes, its IP header included; larger
	// than len(Raw) where the capture cut it.
	Len uint32
	// Number counts the packets of a lab up from 1, second sightings not counted
	// (they have the number of the first).
	Number uint32
	Own    Own
	Fate   Fate
}

// SnapLength is how many bytes of a packet are kept.
const SnapLength = 2048

// Own says why the kernel sent a packet by itself.
type Own uint8

const (
	// OwnNone is a packet that belongs to a call.
	OwnNone Own = iota
	// OwnAnswer is what the kernel sends on its own account, with no program
	// inside a call that would cause it: an acknowledgement that was delayed, an
	// answer to what arrived.
	OwnAnswer
	// OwnRetransmission repeats what was sent before and not acknowledged in time.
	OwnRetransmission
	// OwnProbe asks whether the other end is still there (keepalive), or whether
	// its window has opened.
	OwnProbe
	// OwnExit is what closing the descriptors of a process that ended sends.
	OwnExit
)

var ownTexts = [...]string{
	OwnNone: "", OwnAnswer: "answer", OwnRetransmission: "retransmission", OwnProbe: "probe", OwnExit: "exit",
}

// String names the reason in one word, as the stream has it; "" for OwnNone.
func (o Own) String() string { return ownTexts[min(int(o), len(ownTexts)-1)] }

// Fate is what the wire did with a packet.
type Fate uint8

const (
	// FateNone is a packet on no wire, or one that was passed on the moment it came.
	FateNone Fate = iota
	// FateHeld waits in the middle of the wire.
	FateHeld
	// FatePassed went on to the other end; Of is the one that came in.
	FatePassed
	// FateDropped went no further.
	FateDropped
	// FateDuplicated is a copy that went to the other end besides the packet.
	FateDuplicated
	// FateDelayed is held and goes on by itself after a time.
	FateDelayed
)

var fateTexts = [...]string{
	FateNone: "", FateHeld: "held", FatePassed: "passed", FateDropped: "dropped", FateDuplicated: "duplicated", FateDelayed: "delayed",
}

// String names the fate in one word, as the stream has it; "" for FateNone.
func (f Fate) String() string { return fateTexts[min(int(f), len(fateTexts)-1)] }

// PacketHeader is what a packet's own bytes say, as far as they were captured.
type PacketHeader struct {
	Version  int    // of IP, 4 or 6; 0 for bytes that are no IP packet
	Protocol string // "TCP", "UDP", "ICMP", "ICMPv6", or its number
	// From and To have port 0 where the protocol has none.
	From, To netip.AddrPort
	TTL      uint8 // the hop limit of IPv6
	// Flags, Seq, Ack, Window and Options are TCP's. Seq and Ack are the raw
	// numbers of the packet, Window is before scaling.
	Flags    TCPFlags
	Seq, Ack uint32
	Window   uint16
	Options  []TCPOption
	// Payload is what the packet carries, as far as it was captured; PayloadLen
	// is how long it really is, in bytes.
	Payload    []byte
	PayloadLen int
	// ICMP is set for an ICMP message.
	ICMP *ICMPHeader
	// Malformed says what does not hold together, in words; the fields before
	// that place are filled in.
	Malformed string
}

// TCPFlags are the flag bits of a TCP segment, as RFC 9293 numbers them.
type TCPFlags uint8

// The flags.
const (
	FlagFIN TCPFlags = 1 << iota
	FlagSYN
	FlagRST
	FlagPSH
	FlagACK
	FlagURG
	FlagECE
	FlagCWR
)

// TCPOption is one option of a TCP segment.
type TCPOption struct {
	Kind uint8
	Text string // "MSS 65495", "window scale 10", "SACK permitted", "timestamps 1 0"
}

// ICMPHeader is an ICMP or ICMPv6 message.
type ICMPHeader struct {
	Type, Code uint8
	Text       string // "port unreachable"
	// About is the datagram an error is about, as far as it is quoted; nil for
	// other messages.
	About *PacketHeader
}

// PacketField is one field of a packet, for showing its bytes.
type PacketField struct {
	Layer  string // "IPv4", "TCP", "UDP", "ICMP", "payload"
	Name   string // "source port"
	Offset int    // into Raw
	Length int    // in bytes; fields that share bytes (flags) name the same ones
	Text   string // the value in words, "7777", "SYN ACK", "27.6.0.1"
}
