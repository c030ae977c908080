package netcore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
)

// Layout says how a system lays its address structures out.
type Layout struct {
	// HasLen: the structure begins with a byte that holds its length, and the
	// family is one byte (BSD), instead of a family of two bytes.
	HasLen bool
	// Unix, Inet and Inet6 are the numbers of the families.
	Unix, Inet, Inet6 int64
	// PathMax is the size of sun_path in bytes.
	PathMax int
}

// The layouts of the systems netcore runs on. SystemLayout is this machine's.
var (
	LinuxLayout   = Layout{Unix: 1, Inet: 2, Inet6: 10, PathMax: 108}
	DarwinLayout  = Layout{HasLen: true, Unix: 1, Inet: 2, Inet6: 30, PathMax: 104}
	FreeBSDLayout = Layout{HasLen: true, Unix: 1, Inet: 2, Inet6: 28, PathMax: 104}
)

// Order is the byte order of a field.
type Order string

const (
	HostOrder    Order = "host"
	NetworkOrder Order = "network"
	// NoOrder is for bytes that are no number.
	NoOrder Order = ""
)

// Field is one member of an address structure.
type Field struct {
	Name   string // "sin_port"
	Offset int    // from the start of the structure, in bytes
	Length int    // of the whole member, in bytes
	Order  Order
	// Raw are the bytes there are, fewer than Length when memory ends inside.
	Raw []byte
	// Host is the number in host byte order, "7777", or empty for bytes that are
	// none or are not all there. A family or an address is a number too.
	Host string
	// Text is how people write the value: "AF_INET", "7777", "127.0.0.1". It is
	// printable ASCII.
	Text string
	// Note says what is odd about the field, in words, or is empty.
	Note string
	// Complete: all bytes are there and within the length.
	Complete bool
}

// Fields takes an address structure apart by its family. Raw is the memory from
// the structure's start, length the length the call passed or returned, in bytes;
// it may differ from len(raw), and -1 stands for len(raw).
func Fields(raw []byte, length int) []Field { return SystemLayout.Fields(raw, length) }

// FieldsAs takes memory apart as the structure of this name ("sockaddr_in")
// whatever family it holds: a family that was not written yet, or a wrong one.
func FieldsAs(structure string, raw []byte, length int) []Field {
	return SystemLayout.FieldsAs(structure, raw, length)
}

// AddrPort returns the address and the port of a complete AF_INET or AF_INET6
// structure.
func AddrPort(raw []byte) (netip.AddrPort, bool) { return SystemLayout.AddrPort(raw) }

// Sockaddr returns the structure for an address and a port as this machine lays
// it out.
func Sockaddr(ap netip.AddrPort) []byte { return SystemLayout.Sockaddr(ap) }

// member is a field's place in a structure, and how its bytes are read.
type member struct {
	name   string
	length int
	order  Order
	text   func(Layout, []byte) string // of the complete bytes
}

var structures = map[string][]member{
	"sockaddr_in": {
		{"sin_port", 2, NetworkOrder, portText},
		{"sin_addr", 4, NetworkOrder, inetText},
		{"sin_zero", 8, NoOrder, zeroText},
	},
	"sockaddr_in6": {
		{"sin6_port", 2, NetworkOrder, portText},
		{"sin6_flowinfo", 4, NetworkOrder, flowText},
		{"sin6_addr", 16, NoOrder, addr6Text},
		{"sin6_scope_id", 4, HostOrder, scopeText},
	},
}

// prefixes are what the names of a structure's members begin with.
var prefixes = map[string]string{"sockaddr_in": "sin_", "sockaddr_in6": "sin6_", "sockaddr_un": "sun_", "sockaddr_storage": "ss_", "sockaddr": "sa_"}

// Fields is the function of this name for a given layout.
func (l Layout) Fields(raw []byte, length int) []Field {
	return l.FieldsAs(l.structure(raw), raw, length)
}

// structure returns the name of the structure a family goes with.
func (l Layout) structure(raw []byte) string {
	if len(raw) < 2 {
		return "sockaddr"
	}
	switch l.family(raw) {
	case l.Inet:
		return "sockaddr_in"
	case l.Inet6:
		return "sockaddr_in6"
	case l.Unix:
		return "sockaddr_un"
	}
	return "sockaddr"
}

// family reads the family of at least two bytes.
func (l Layout) family(raw []byte) int64 {
	if l.HasLen {
		return int64(raw[1])
	}
	return int64(binary.NativeEndian.Uint16(raw))
}

// FieldsAs is the function of this name for a given layout.
func (l Layout) FieldsAs(structure string, raw []byte, length int) []Field {
	if length < 0 {
		length = len(raw)
	}
	c := cutter{layout: l, raw: raw, length: length}
	c.head(prefixes[structure])
	switch structure {
	case "sockaddr_in", "sockaddr_in6":
		for _, m := range structures[structure] {
			c.take(m)
		}
	case "sockaddr_un":
		c.path()
	case "sockaddr_storage":
		c.take(member{"__ss_padding", len(raw) - 2, NoOrder, nil})
	default:
		c.take(member{"sa_data", max(len(raw), length) - 2, NoOrder, nil})
	}
	c.rest()
	return c.fields
}

// cutter cuts memory into fields, front to back.
type cutter struct {
	layout Layout
	raw    []byte
	length int
	at     int
	fields []Field
}

// head takes the family, and the length byte where there is one.
func (c *cutter) head(prefix string) {
	if prefix == "" {
		prefix = "sa_"
	}
	family := member{prefix + "family", 2, HostOrder, familyText}
	if c.layout.HasLen {
		c.take(member{prefix + "len", 1, HostOrder, countText})
		family.length = 1
	}
	c.take(family)
}

// take cuts the next member off, as far as there is memory.
func (c *cutter) take(m member) {
	if c.at >= len(c.raw) || m.length <= 0 {
		return
	}
	f := Field{Name: m.name, Offset: c.at, Length: m.length, Order: m.order}
	end := min(c.at+m.length, len(c.raw))
	f.Raw = c.raw[c.at:end:end]
	c.judge(&f)
	if len(f.Raw) == m.length {
		f.Host = hostValue(m.order, f.Raw)
		if m.text != nil {
			f.Text = m.text(c.layout, f.Raw)
		}
	}
	c.at = end
	c.fields = append(c.fields, f)
}

// judge says whether a field is there in full.
func (c *cutter) judge(f *Field) {
	end := f.Offset + f.Length
	switch {
	case len(f.Raw) < f.Length:
		f.Note = fmt.Sprintf("%d of %d bytes: memory ends here", len(f.Raw), f.Length)
	case f.Offset >= c.length:
		f.Note = fmt.Sprintf("beyond the length of %d", c.length)
	case end > c.length:
		f.Note = fmt.Sprintf("the length of %d cuts it after %d of %d bytes", c.length, c.length-f.Offset, f.Length)
	default:
		f.Complete = true
	}
}

// path takes sun_path: as much of it as the length or the memory covers.
func (c *cutter) path() {
	size := min(max(c.length, len(c.raw)), 2+c.layout.PathMax) - c.at
	if c.length < len(c.raw) {
		size = min(c.length-c.at, c.layout.PathMax)
	}
	before := len(c.fields)
	c.take(member{"sun_path", size, NoOrder, nil})
	if len(c.fields) == before {
		return
	}
	f := &c.fields[len(c.fields)-1]
	f.Text, f.Note = pathText(c.layout, f.Raw, f.Note)
}

// pathText is the name of an AF_UNIX address, and what is to be said of it.
func pathText(l Layout, raw []byte, note string) (string, string) {
	if len(bytes.Trim(raw, "\x00")) == 0 && note == "" {
		return "", "all zero"
	}
	if raw[0] == 0 && !l.HasLen {
		name := quote(raw[1:])
		if note == "" {
			note = "abstract: the null byte in front is part of the name, and no file is made"
		}
		return "@" + name[1:len(name)-1], note
	}
	name := quoteString(raw)
	if note == "" && len(cString(raw)) == len(raw) {
		note = "no null byte ends the path"
	}
	return name[1 : len(name)-1], note
}

// rest takes what memory and length hold beyond the members.
func (c *cutter) rest() {
	if c.at < len(c.raw) {
		inside := c.length > c.at
		c.take(member{"rest", len(c.raw) - c.at, NoOrder, nil})
		if inside {
			c.fields[len(c.fields)-1].Note = "beyond the structure, but within the length"
		}
	}
	if missing := c.length - len(c.raw); missing > 0 {
		c.fields = append(c.fields, Field{Name: "missing", Offset: len(c.raw), Length: missing,
			Note: fmt.Sprintf("the length says %d, memory ends after %d", c.length, len(c.raw))})
	}
}

// hostValue reads a number of 1, 2 or 4 bytes.
func hostValue(order Order, b []byte) string {
	var endian binary.ByteOrder = binary.NativeEndian
	switch order {
	case NetworkOrder:
		endian = binary.BigEndian
	case NoOrder:
		return ""
	}
	switch len(b) {
	case 1:
		return strconv.Itoa(int(b[0]))
	case 2:
		return strconv.Itoa(int(endian.Uint16(b)))
	case 4:
		return strconv.FormatUint(uint64(endian.Uint32(b)), 10)
	}
	return ""
}

func familyText(l Layout, b []byte) string {
	number, _ := strconv.ParseInt(hostValue(HostOrder, b), 10, 64)
	switch number {
	case l.Inet:
		return "AF_INET"
	case l.Inet6:
		return "AF_INET6"
	case l.Unix:
		return "AF_UNIX"
	case 0:
		return "AF_UNSPEC"
	}
	if l == SystemLayout {
		if name, ok := familyNames.lookup(number); ok {
			return name
		}
	}
	return "unknown family " + strconv.FormatInt(number, 10)
}

func countText(_ Layout, b []byte) string { return hostValue(HostOrder, b) + " bytes" }
func portText(_ Layout, b []byte) string  { return hostValue(NetworkOrder, b) }
func flowText(_ Layout, b []byte) string  { return hostValue(NetworkOrder, b) }
func scopeText(_ Layout, b []byte) string { return hostValue(HostOrder, b) }
func inetText(_ Layout, b []byte) string  { return netip.AddrFrom4([4]byte(b)).String() }
func addr6Text(_ Layout, b []byte) string { return inet6Text([16]byte(b)) }

func zeroText(_ Layout, b []byte) string {
	for _, c := range b {
		if c != 0 {
			return "not zero"
		}
	}
	return "zero"
}

// AddrPort is the function of this name for a given layout.
func (l Layout) AddrPort(raw []byte) (netip.AddrPort, bool) {
	if len(raw) < 2 {
		return netip.AddrPort{}, false
	}
	switch family := l.family(raw); {
	case family == l.Inet && len(raw) >= 8:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), binary.BigEndian.Uint16(raw[2:])), true
	case family == l.Inet6 && len(raw) >= 24:
		addr := netip.AddrFrom16([16]byte(raw[8:24]))
		if scope := binary.NativeEndian.Uint32(padded(raw[24:], 4)); scope != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(scope), 10))
		}
		return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(raw[2:])), true
	}
	return netip.AddrPort{}, false
}

// Sockaddr is the function of this name for a given layout. A zone that is no
// number is left out.
func (l Layout) Sockaddr(ap netip.AddrPort) []byte {
	family, size := l.Inet, 16
	if ap.Addr().Is6() {
		family, size = l.Inet6, 28
	}
	b := make([]byte, size)
	if l.HasLen {
		b[0], b[1] = byte(size), byte(family)
	} else {
		binary.NativeEndian.PutUint16(b, uint16(family))
	}
	binary.BigEndian.PutUint16(b[2:], ap.Port())
	if ap.Addr().Is6() {
		copy(b[8:], ap.Addr().AsSlice())
		scope, _ := strconv.ParseUint(ap.Addr().Zone(), 10, 32)
		binary.NativeEndian.PutUint32(b[24:], uint32(scope))
		return b
	}
	copy(b[4:], ap.Addr().AsSlice())
	return b
}
