package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// Header reads what the packet's own bytes say.
func (p *Packet) Header() PacketHeader { return DecodePacket(p.Raw) }

// cut is what Malformed says of bytes that end too early.
const cut = "the packet ends inside its headers"

// DecodePacket reads a packet from its IP header on. It never fails: what does not
// hold together is said in Malformed.
func DecodePacket(raw []byte) PacketHeader { return decodePacket(raw, true) }

func decodePacket(raw []byte, outer bool) (h PacketHeader) {
	switch {
	case len(raw) == 0:
		h.Malformed = cut
	case raw[0]>>4 == 4:
		h.ipv4(raw, outer)
	case raw[0]>>4 == 6:
		h.ipv6(raw, outer)
	default:
		h.Malformed = "no IP packet"
	}
	return h
}

// ipv4 decodes RFC 791's header.
func (h *PacketHeader) ipv4(b []byte, outer bool) {
	size := int(b[0]&15) * 4
	if size < 20 || len(b) < size {
		h.Malformed = cut
		return
	}
	h.Version, h.TTL = 4, b[8]
	h.between(netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20])))
	if binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
		h.Protocol = "fragment"
		return
	}
	h.upper(b[9], b[size:], int(binary.BigEndian.Uint16(b[2:]))-size, outer)
}

// ipv6 decodes RFC 8200's header, and passes over the extensions that have a length.
func (h *PacketHeader) ipv6(b []byte, outer bool) {
	if len(b) < 40 {
		h.Malformed = cut
		return
	}
	h.Version, h.TTL = 6, b[7]
	h.between(netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40])))
	next, size, rest := b[6], int(binary.BigEndian.Uint16(b[4:])), b[40:]
	for next == 0 || next == 43 || next == 60 {
		if len(rest) < 2 || len(rest) < 8+8*int(rest[1]) {
			h.Malformed = cut
			return
		}
		n := 8 + 8*int(rest[1])
		next, size, rest = rest[0], size-n, rest[n:]
	}
	h.upper(next, rest, size, outer)
}

func (h *PacketHeader) between(from, to netip.Addr) {
	h.From, h.To = netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, 0)
}

// upper decodes what an IP packet carries: size bytes, of which b is there.
func (h *PacketHeader) upper(protocol uint8, b []byte, size int, outer bool) {
	switch protocol {
	case 6:
		h.Protocol = "TCP"
		h.tcp(b, size)
	case 17:
		h.Protocol = "UDP"
		if h.ports(b, 8) {
			h.carries(b, 8, size)
		}
	case 1, 58:
		h.Protocol = map[uint8]string{1: "ICMP", 58: "ICMPv6"}[protocol]
		h.icmp(b, protocol == 58, outer)
	default:
		h.Protocol = fmt.Sprintf("protocol %d", protocol)
	}
}

// ports reads both ports, and reports whether a header of size bytes is there. An
// ICMP error quotes no more than the first eight bytes.
func (h *PacketHeader) ports(b []byte, size int) bool {
	if len(b) >= 4 {
		h.From = netip.AddrPortFrom(h.From.Addr(), binary.BigEndian.Uint16(b))
		h.To = netip.AddrPortFrom(h.To.Addr(), binary.BigEndian.Uint16(b[2:]))
	}
	if len(b) < size {
		h.Malformed = cut
		return false
	}
	return true
}

// carries notes the payload behind a header.
func (h *PacketHeader) carries(b []byte, header, size int) {
	h.PayloadLen = max(size-header, 0)
	h.Payload = b[header:min(len(b), header+h.PayloadLen)]
}

// tcp decodes RFC 9293's header.
func (h *PacketHeader) tcp(b []byte, size int) {
	if !h.ports(b, 20) {
		return
	}
	h.Seq, h.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	h.Flags, h.Window = TCPFlags(b[13]), binary.BigEndian.Uint16(b[14:])
	header := int(b[12]>>4) * 4
	if header < 20 || len(b) < header {
		h.Malformed = cut
		return
	}
	h.options(b[20:header])
	h.carries(b, header, size)
}

// options decodes the options of a TCP segment.
func (h *PacketHeader) options(b []byte) {
	for len(b) > 0 && b[0] != 0 {
		if b[0] == 1 {
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			h.Malformed = "the options do not fit"
			return
		}
		h.Options = append(h.Options, tcpOption(b[0], b[2:b[1]]))
		b = b[b[1]:]
	}
}

func tcpOption(kind uint8, v []byte) TCPOption {
	o := TCPOption{Kind: kind, Text: fmt.Sprintf("option %d", kind)}
	be := binary.BigEndian
	switch {
	case kind == 2 && len(v) == 2:
		o.Text = fmt.Sprintf("MSS %d", be.Uint16(v))
	case kind == 3 && len(v) == 1:
		o.Text = fmt.Sprintf("window scale %d", v[0])
	case kind == 4:
		o.Text = "SACK permitted"
	case kind == 5:
		o.Text = fmt.Sprintf("SACK, blocks: %d", len(v)/8)
	case kind == 8 && len(v) == 8:
		o.Text = fmt.Sprintf("timestamps %d %d", be.Uint32(v), be.Uint32(v[4:]))
	}
	return o
}

// icmp decodes a message of RFC 792 or RFC 4443, and of an error the datagram it
// quotes.
func (h *PacketHeader) icmp(b []byte, six, outer bool) {
	if len(b) < 8 {
		h.Malformed = cut
		return
	}
	h.ICMP = &ICMPHeader{Type: b[0], Code: b[1], Text: icmpText(b[0], b[1], six)}
	if quotes(b[0], six) && outer {
		about := decodePacket(b[8:], false)
		h.ICMP.About = &about
	}
}

// icmpTexts are the messages a lesson meets, by version, type and code.
var icmpTexts = map[[3]uint8]string{
	{4, 3, 0}: "network unreachable", {4, 3, 1}: "host unreachable", {4, 3, 3}: "port unreachable", {4, 3, 13}: "prohibited",
	{4, 8, 0}: "echo request", {4, 0, 0}: "echo reply", {4, 11, 0}: "time exceeded",
	{6, 1, 0}: "no route", {6, 1, 1}: "prohibited", {6, 1, 3}: "address unreachable", {6, 1, 4}: "port unreachable",
	{6, 128, 0}: "echo request", {6, 129, 0}: "echo reply", {6, 3, 0}: "time exceeded",
}

func icmpText(kind, code uint8, six bool) string {
	version := uint8(4)
	if six {
		version = 6
	}
	if text := icmpTexts[[3]uint8{version, kind, code}]; text != "" {
		return text
	}
	return fmt.Sprintf("ICMP type %d code %d", kind, code)
}

// tcpFlagNames are the flags as they are said, ACK last.
var tcpFlagNames = []struct {
	flag TCPFlags
	name string
}{{FlagFIN, "FIN"}, {FlagSYN, "SYN"}, {FlagRST, "RST"}, {FlagPSH, "PSH"}, {FlagURG, "URG"}, {FlagECE, "ECE"}, {FlagCWR, "CWR"}, {FlagACK, "ACK"}}

// Summary is the packet in a word or two: its flags for TCP ("SYN ACK"), "UDP",
// or what an ICMP message says ("port unreachable").
func (h *PacketHeader) Summary() string {
	switch {
	case h.ICMP != nil:
		return h.ICMP.Text
	case h.Protocol != "TCP":
		return h.Protocol
	}
	var names []string
	for _, f := range tcpFlagNames {
		if h.Flags&f.flag != 0 {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}
