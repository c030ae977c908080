package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// quote writes bytes as strace does: a C string with octal escapes as short as
// the next character allows. The result is printable ASCII.
func quote(b []byte) string {
	s := make([]byte, 0, 2+len(b)+len(b)/2)
	s = append(s, '"')
	for i, c := range b {
		e := strings.IndexByte("\f\n\r\t\v\"\\", c)
		switch {
		case e >= 0:
			s = append(s, '\\', "fnrtv\"\\"[e])
		case c >= 0x20 && c < 0x7f:
			s = append(s, c)
		case i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '7':
			s = append(s, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			s = strconv.AppendUint(append(s, '\\'), uint64(c), 8)
		}
	}
	return string(append(s, '"'))
}

// quoteString is quote for a string that ends at its null byte, if it has one.
func quoteString(b []byte) string { return quote(cString(b)) }

// cString returns b up to its first null byte.
func cString(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

// plain makes any text printable ASCII, for what is not a string of C.
func plain(s string) string {
	q := quote([]byte(s))
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// straceAddress decodes a struct sockaddr of exactly these bytes, at least two.
func straceAddress(b []byte) string {
	fam := SystemLayout.family(b)
	name := "sa_family=" + familyNames.text(fam)
	if len(b) <= 2 {
		return "{" + name + "}"
	}
	return "{" + name + ", " + straceAddressData(SystemLayout, fam, b) + "}"
}

func straceAddressData(l Layout, fam int64, b []byte) string {
	switch {
	case fam == l.Unix:
		return "sun_path=" + straceSunPath(l, b)
	case fam == l.Inet && len(b) >= 16:
		return fmt.Sprintf(`sin_port=htons(%d), sin_addr=inet_addr("%s")`,
			binary.BigEndian.Uint16(b[2:]), netip.AddrFrom4([4]byte(b[4:8])))
	case fam == l.Inet6 && len(b) >= 24:
		text := fmt.Sprintf(`sin6_port=htons(%d), sin6_flowinfo=htonl(%d), inet_pton(AF_INET6, "%s", &sin6_addr)`,
			binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:]), inet6Text([16]byte(b[8:24])))
		if len(b) > 24 {
			text += fmt.Sprintf(", sin6_scope_id=%d", binary.NativeEndian.Uint32(padded(b[24:], 4)))
		}
		return text
	}
	if name, _ := familyNames.lookup(fam); name == "AF_NETLINK" && len(b) >= 12 {
		return netlinkAddress(b)
	}
	return "sa_data=" + quote(b[2:])
}

// netlinkAddress is a struct sockaddr_nl without its family.
func netlinkAddress(b []byte) string {
	pad := ""
	if n := binary.NativeEndian.Uint16(b[2:]); n != 0 {
		pad = fmt.Sprintf("nl_pad=%#x, ", n)
	}
	groups := "00000000"
	if n := binary.NativeEndian.Uint32(b[8:]); n != 0 {
		groups = fmt.Sprintf("0x%06x", n)
	}
	return pad + fmt.Sprintf("nl_pid=%d, nl_groups=%s", int32(binary.NativeEndian.Uint32(b[4:])), groups)
}

func straceSunPath(l Layout, b []byte) string {
	path := b[2:min(len(b), 2+l.PathMax)]
	if path[0] == 0 {
		return "@" + quote(path[1:])
	}
	return quoteString(path)
}

// inet6Text is the text of inet_ntop(3), which unlike package netip writes
// addresses below ::ffff:ffff with a dotted end.
func inet6Text(a [16]byte) string {
	if [12]byte(a[:12]) == [12]byte{} && (a[12] != 0 || a[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(a[12:])).String()
	}
	return netip.AddrFrom16(a).String()
}

// padded returns the first n bytes of b, with zeros where b is shorter.
func padded(b []byte, n int) []byte {
	out := make([]byte, n)
	copy(out, b)
	return out
}

// null reports whether the argument is the null pointer, or the number 0.
func (a Arg) null() bool { return a.Value == 0 && a.Pointer != MemoryValue }

// pointerText is an address as strace prints it.
func pointerText(a Arg) string {
	switch {
	case a.null():
		return "NULL"
	case a.Value == 0: // memory whose place nobody reported
		return "..."
	}
	return hexNumber(uint64(a.Value))
}

// peek returns the first n bytes of memory, if so many can be read.
func peek(memory []byte, n uint64) ([]byte, bool) {
	if uint64(len(memory)) < n {
		return nil, false
	}
	return memory[:n], true
}

// atReturn is an argument's memory when the call came back.
func (a Arg) atReturn() []byte {
	if a.After != nil {
		return a.After
	}
	return a.Before
}

// memoryLimit is how much a tracer keeps of one buffer in bytes; a buffer of which so
// much is there was readable, and is shown as cut.
const memoryLimit = 64 << 10

// bufferText is memory of n bytes, cut after limit of them (0: never).
func bufferText(a Arg, memory []byte, n uint64, limit int) string {
	if a.null() {
		return "NULL"
	}
	shown := n
	if limit > 0 && n > uint64(limit) {
		shown = uint64(limit)
	}
	if shown > uint64(len(memory)) && len(memory) >= memoryLimit {
		shown = uint64(len(memory))
	}
	b, ok := peek(memory, shown)
	if !ok {
		return pointerText(a)
	}
	if shown < n {
		return quote(b) + "..."
	}
	return quote(b)
}

// addressText is a struct sockaddr of n bytes.
func addressText(a Arg, memory []byte, n int32) string {
	if n < 2 {
		return pointerText(a)
	}
	b, ok := peek(memory, uint64(min(n, 128)))
	if !ok || a.null() {
		return pointerText(a)
	}
	return straceAddress(b)
}

// intText is an int in memory.
func intText(a Arg, memory []byte) string {
	b, ok := peek(memory, 4)
	if !ok || a.null() {
		return pointerText(a)
	}
	return "[" + decimal(int32(binary.NativeEndian.Uint32(b))) + "]"
}

func decimal(n int32) string { return strconv.Itoa(int(n)) }

// signalText is the name of a signal.
func signalText(n int64) string {
	n = int64(int32(n))
	if name := signalName(n); name != "" {
		return name
	}
	if n >= 32 && n <= 64 {
		return fmt.Sprintf("SIGRT_%d", n-32)
	}
	return strconv.FormatInt(n, 10)
}
