package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// PacketFields returns every field of a packet in the order of its bytes, as far as
// they were captured. It never fails: where the bytes do not hold together it ends.
// Sequence numbers are raw. Texts are printable ASCII.
func PacketFields(raw []byte) []PacketField {
	f := fields{raw: raw}
	f.packet(0, "")
	return f.all
}

// fields gathers the fields of a packet.
type fields struct {
	raw []byte
	all []PacketField
	of  string // stands before the layers of a datagram an error quotes
}

func (f *fields) add(layer, name string, offset, length int, format string, args ...any) {
	f.all = append(f.all, PacketField{Layer: f.of + layer, Name: name, Offset: offset, Length: length, Text: fmt.Sprintf(format, args...)})
}

func (f *fields) u16(at int) uint16 { return binary.BigEndian.Uint16(f.raw[at:]) }
func (f *fields) u32(at int) uint32 { return binary.BigEndian.Uint32(f.raw[at:]) }

// has reports whether n bytes are there from an offset on.
func (f *fields) has(at, n int) bool { return at+n <= len(f.raw) }

func (f *fields) packet(at int, of string) {
	f.of = of
	switch {
	case !f.has(at, 20):
	case f.raw[at]>>4 == 4:
		f.ipv4(at)
	case f.raw[at]>>4 == 6 && f.has(at, 40):
		f.ipv6(at)
	}
}

func (f *fields) ipv4(at int) {
	size, total := int(f.raw[at]&15)*4, int(f.u16(at+2))
	add := func(name string, offset, length int, format string, args ...any) {
		f.add("IPv4", name, at+offset, length, format, args...)
	}
	add("version", 0, 1, "4")
	add("header length", 0, 1, "%d bytes", size)
	add("service and congestion", 1, 1, "0x%02x", f.raw[at+1])
	add("total length", 2, 2, "%d bytes", total)
	add("identification", 4, 2, "0x%04x", f.u16(at+4))
	add("flags", 6, 1, "%s", fragmentFlags(f.raw[at+6]>>5))
	add("fragment offset", 6, 2, "%d bytes", int(f.u16(at+6)&0x1fff)*8)
	add("time to live", 8, 1, "%d", f.raw[at+8])
	add("protocol", 9, 1, "%s", protocolText(f.raw[at+9]))
	add("header checksum", 10, 2, "0x%04x", f.u16(at+10))
	add("source", 12, 4, "%v", netip.AddrFrom4([4]byte(f.raw[at+12:at+16])))
	add("destination", 16, 4, "%v", netip.AddrFrom4([4]byte(f.raw[at+16:at+20])))
	if size < 20 || !f.has(at, size) {
		return
	}
	if size > 20 {
		add("options", 20, size-20, "% x", f.raw[at+20:at+size])
	}
	if f.u16(at+6)&0x1fff == 0 {
		f.upper(f.raw[at+9], at+size, total-size)
	}
}

func fragmentFlags(b byte) string {
	var names []string
	if b&2 != 0 {
		names = append(names, "don't fragment")
	}
	if b&1 != 0 {
		names = append(names, "more fragments")
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func protocolText(n uint8) string {
	switch n {
	case 1:
		return "1, ICMP"
	case 6:
		return "6, TCP"
	case 17:
		return "17, UDP"
	case 58:
		return "58, ICMPv6"
	}
	return strconv.Itoa(int(n))
}

// ipv6 passes over the extension headers DecodePacket passes over.
func (f *fields) ipv6(at int) {
	size := int(f.u16(at + 4))
	add := func(name string, offset, length int, format string, args ...any) {
		f.add("IPv6", name, at+offset, length, format, args...)
	}
	add("version", 0, 1, "6")
	add("traffic class", 0, 2, "0x%02x", f.u16(at)>>4&0xff)
	add("flow label", 1, 3, "0x%05x", f.u32(at)&0xfffff)
	add("payload length", 4, 2, "%d bytes", size)
	add("next header", 6, 1, "%s", protocolText(f.raw[at+6]))
	add("hop limit", 7, 1, "%d", f.raw[at+7])
	add("source", 8, 16, "%v", netip.AddrFrom16([16]byte(f.raw[at+8:at+24])))
	add("destination", 24, 16, "%v", netip.AddrFrom16([16]byte(f.raw[at+24:at+40])))
	next, at := f.raw[at+6], at+40
	for next == 0 || next == 43 || next == 60 {
		if !f.has(at, 2) || !f.has(at, 8+8*int(f.raw[at+1])) {
			return
		}
		n := 8 + 8*int(f.raw[at+1])
		f.add("IPv6", "extension header", at, n, "%d", next)
		next, at, size = f.raw[at], at+n, size-n
	}
	f.upper(next, at, size)
}

// upper is what an IP packet carries: size bytes from an offset on.
func (f *fields) upper(protocol uint8, at, size int) {
	switch {
	case protocol == 6:
		f.tcp(at, size)
	case protocol == 17:
		f.udp(at, size)
	case (protocol == 1 || protocol == 58) && f.has(at, 8):
		f.icmp(at, size, protocol == 58)
	}
}

// ports are the first two fields of TCP and UDP; an ICMP error may quote no more.
func (f *fields) ports(layer string, at int) bool {
	if !f.has(at, 4) {
		return false
	}
	f.add(layer, "source port", at, 2, "%d", f.u16(at))
	f.add(layer, "destination port", at+2, 2, "%d", f.u16(at+2))
	return true
}

func (f *fields) udp(at, size int) {
	if !f.ports("UDP", at) || !f.has(at, 8) {
		return
	}
	f.add("UDP", "length", at+4, 2, "%d bytes", f.u16(at+4))
	f.add("UDP", "checksum", at+6, 2, "0x%04x", f.u16(at+6))
	f.payload(at+8, size-8)
}

func (f *fields) tcp(at, size int) {
	if !f.ports("TCP", at) || !f.has(at, 8) {
		return
	}
	f.add("TCP", "sequence number", at+4, 4, "%d", f.u32(at+4))
	if !f.has(at, 20) {
		return
	}
	header, flags := int(f.raw[at+12]>>4)*4, PacketHeader{Protocol: "TCP", Flags: TCPFlags(f.raw[at+13])}
	f.add("TCP", "acknowledgement number", at+8, 4, "%d", f.u32(at+8))
	f.add("TCP", "header length", at+12, 1, "%d bytes", header)
	f.add("TCP", "flags", at+13, 1, "%s", flags.Summary())
	f.add("TCP", "window", at+14, 2, "%d, before scaling", f.u16(at+14))
	f.add("TCP", "checksum", at+16, 2, "0x%04x", f.u16(at+16))
	f.add("TCP", "urgent pointer", at+18, 2, "%d", f.u16(at+18))
	if header < 20 || !f.has(at, header) {
		return
	}
	f.options(at+20, at+header)
	f.payload(at+header, size-header)
}

func (f *fields) options(at, end int) {
	for at < end && f.raw[at] != 0 {
		if f.raw[at] == 1 {
			f.add("TCP", "option", at, 1, "padding")
			at++
			continue
		}
		if at+1 >= end || f.raw[at+1] < 2 || at+int(f.raw[at+1]) > end {
			return
		}
		n := int(f.raw[at+1])
		f.add("TCP", "option", at, n, "%s", tcpOption(f.raw[at], f.raw[at+2:at+n]).Text)
		at += n
	}
	if at < end {
		f.add("TCP", "option", at, end-at, "end of the options")
	}
}

func (f *fields) icmp(at, size int, six bool) {
	layer := "ICMP"
	if six {
		layer = "ICMPv6"
	}
	f.add(layer, "type", at, 1, "%d", f.raw[at])
	f.add(layer, "code", at+1, 1, "%d, %s", f.raw[at+1], icmpText(f.raw[at], f.raw[at+1], six))
	f.add(layer, "checksum", at+2, 2, "0x%04x", f.u16(at+2))
	f.add(layer, "rest of the header", at+4, 4, "% x", f.raw[at+4:at+8])
	if quotes(f.raw[at], six) && f.of == "" {
		f.packet(at+8, "quoted ")
		f.of = ""
		return
	}
	f.payload(at+8, size-8)
}

// quotes reports whether an ICMP message is an error, which quotes the datagram it is
// about.
func quotes(kind uint8, six bool) bool {
	return !six && (kind == 3 || kind == 11) || six && kind < 128
}

// fieldText is how many bytes of a payload its field shows.
const fieldText = 48

func (f *fields) payload(at, size int) {
	n := min(size, len(f.raw)-at)
	if n <= 0 {
		return
	}
	text := strconv.QuoteToASCII(string(f.raw[at : at+min(n, fieldText)]))
	if n > fieldText {
		text += "..."
	}
	f.all = append(f.all, PacketField{Layer: f.of + "payload", Name: "bytes", Offset: at, Length: n, Text: text})
}
