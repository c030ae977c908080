package cprog

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// maxText bounds what one library function looks at, in bytes.
const maxText = 8 << 20

// callLibrary runs a function of the C library. One that prints stops the
// machine.
func (m *Machine) callLibrary(in *instr) {
	l := &functions[in.a]
	args := append([]val(nil), m.stack[len(m.stack)-int(in.b):]...)
	m.stack = m.stack[:len(m.stack)-int(in.b)]
	for i, a := range args {
		if takesAddress(l.sig, i) {
			m.check(a, in)
		}
	}
	v := val{bits: l.run(m, in, args)}
	if pure(l.sig) {
		v.from = args[0].from
	}
	if m.halted {
		m.answer = v
		return
	}
	m.push(v)
}

// pure tells whether a function only turns one number into another: what was
// never written stays so.
func pure(sig string) bool {
	return len(sig) == 2 && sig[0] == sig[1] && strings.Contains("hwqil", sig[:1])
}

// takesAddress tells whether a parameter is a pointer or a length, for which a
// value that was never written does harm.
func takesAddress(sig string, i int) bool {
	return i+1 < len(sig) && strings.IndexByte("sSpPzaAfDk", sig[i+1]) >= 0
}

// print stops the machine with an output.
func (m *Machine) print(in *instr, fd int, text []byte) {
	m.stop(m.placed(Action{Kind: Output, Output: &OutputText{FD: fd, Bytes: text}}, in))
}

// cstring reads a string; ok is false after a fault.
func (m *Machine) cstring(in *instr, v val) (string, bool) {
	text, written, ok := m.mem.text(v.bits, maxText)
	if !ok {
		m.badAddress(in, v.bits+uint64(len(text)), false)
		return "", false
	}
	if !written {
		m.warnBytes(v.bits)
	}
	return string(text), true
}

// warnBytes warns of bytes read at an address that were never written.
func (m *Machine) warnBytes(at uint64) {
	name := m.nameAt(at)
	if i := strings.IndexByte(name, '['); i > 0 {
		name = name[:i]
	}
	if name == "" {
		name = "memory"
	}
	m.warnOnce(name + " has bytes that were never written")
}

// put writes bytes of the library's making; false after a fault.
func (m *Machine) put(in *instr, at uint64, data []byte) bool {
	if !m.mem.write(at, data, nil) {
		m.badAddress(in, at, true)
		return false
	}
	return true
}

// get reads n bytes; ok is false after a fault.
func (m *Machine) get(in *instr, at uint64, n uint64) ([]byte, bool) {
	if n == 0 {
		return nil, true
	}
	if n > uint64(m.mem.room(at)) {
		m.badAddress(in, at+uint64(m.mem.room(at)), false)
		return nil, false
	}
	data, _ := m.mem.read(at, int(n))
	return data, true
}

func (m *Machine) setErrno(name string) {
	e, _ := netcore.ErrnoByName(name)
	m.mem.store(errnoAt, c32s, uint64(e), true)
}

func swap16(m *Machine, in *instr, a []val) uint64 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], uint16(a[0].bits))
	return uint64(binary.NativeEndian.Uint16(b[:]))
}

func swap32(m *Machine, in *instr, a []val) uint64 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(a[0].bits))
	return uint64(binary.NativeEndian.Uint32(b[:]))
}

func swap64(m *Machine, in *instr, a []val) uint64 {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], a[0].bits)
	return binary.NativeEndian.Uint64(b[:])
}

func little16(m *Machine, in *instr, a []val) uint64 {
	return uint64(bits.ReverseBytes16(uint16(swap16(m, in, a))))
}

func little32(m *Machine, in *instr, a []val) uint64 {
	return uint64(bits.ReverseBytes32(uint32(swap32(m, in, a))))
}

func little64(m *Machine, in *instr, a []val) uint64 { return bits.ReverseBytes64(swap64(m, in, a)) }

func libAbs(m *Machine, in *instr, a []val) uint64 {
	if int32(a[0].bits) < 0 {
		return c32s.trim(-a[0].bits)
	}
	return a[0].bits
}

func libLabs(m *Machine, in *instr, a []val) uint64 {
	if int64(a[0].bits) < 0 {
		return -a[0].bits
	}
	return a[0].bits
}

func libExit(m *Machine, in *instr, a []val) uint64 {
	m.exit(in, a[0].bits)
	return 0
}

func libAbort(m *Machine, in *instr, a []val) uint64 {
	m.fault(in, "SIGABRT", "abort() ended the program", "")
	return 0
}

func libGetpid(m *Machine, in *instr, a []val) uint64 { return uint64(m.opt.PID) }

func libFlush(m *Machine, in *instr, a []val) uint64 { return 0 }

func libAtoi(m *Machine, in *instr, a []val) uint64 {
	s, _ := m.cstring(in, a[0])
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	end := 0
	for end < len(s) && (digit(s[end]) || end == 0 && (s[0] == '-' || s[0] == '+')) {
		end++
	}
	n, _ := strconv.ParseInt(s[:end], 10, 64)
	return c32s.trim(uint64(n))
}

func libMemset(m *Machine, in *instr, a []val) uint64 {
	n := a[2].bits
	if n > uint64(m.mem.room(a[0].bits)) {
		m.badAddress(in, a[0].bits+uint64(m.mem.room(a[0].bits)), true)
		return 0
	}
	b := make([]byte, n)
	fill(b, byte(a[1].bits))
	m.put(in, a[0].bits, b)
	return a[0].bits
}

func libBzero(m *Machine, in *instr, a []val) uint64 {
	return libMemset(m, in, []val{a[0], {}, a[1]})
}

func libMemmove(m *Machine, in *instr, a []val) uint64 {
	n := a[2].bits
	if n > uint64(m.mem.room(a[1].bits)) {
		m.badAddress(in, a[1].bits+uint64(m.mem.room(a[1].bits)), false)
		return 0
	}
	m.move(in, a[0].bits, a[1].bits, int(n))
	return a[0].bits
}

func libMemcmp(m *Machine, in *instr, a []val) uint64 {
	x, ok := m.get(in, a[0].bits, a[2].bits)
	if !ok {
		return 0
	}
	y, _ := m.get(in, a[1].bits, a[2].bits)
	return c32s.trim(uint64(difference(x, y)))
}

// difference is what memcmp and strcmp return: the sign of the first bytes that
// differ. glibc returns no more for strings, either.
func difference(x, y []byte) int { return bytes.Compare(x, y) }

func libMemchr(m *Machine, in *instr, a []val) uint64 {
	data, _ := m.mem.read(a[0].bits, int(min(a[2].bits, maxText)))
	if i := bytes.IndexByte(data, byte(a[1].bits)); i >= 0 {
		return a[0].bits + uint64(i)
	}
	if uint64(len(data)) < a[2].bits {
		m.badAddress(in, a[0].bits+uint64(len(data)), false)
	}
	return 0
}

func libStrlen(m *Machine, in *instr, a []val) uint64 {
	s, _ := m.cstring(in, a[0])
	return uint64(len(s))
}

func libStrnlen(m *Machine, in *instr, a []val) uint64 {
	s, _, ok := m.mem.text(a[0].bits, int(min(a[1].bits, maxText)))
	if !ok {
		m.badAddress(in, a[0].bits+uint64(len(s)), false)
	}
	return uint64(len(s))
}

func libStrcmp(m *Machine, in *instr, a []val) uint64 {
	return libStrncmp(m, in, []val{a[0], a[1], {bits: maxText}})
}

func libStrncmp(m *Machine, in *instr, a []val) uint64 {
	for i := uint64(0); i < a[2].bits; i++ {
		x, _, ok := m.mem.load(a[0].bits+i, c8u)
		if !ok {
			m.badAddress(in, a[0].bits+i, false)
			return 0
		}
		y, _, ok := m.mem.load(a[1].bits+i, c8u)
		if !ok {
			m.badAddress(in, a[1].bits+i, false)
			return 0
		}
		if x != y {
			return c32s.trim(uint64(int64(truth(x > y)*2)) - 1)
		}
		if x == 0 {
			return 0
		}
	}
	return 0
}

func libStrcpy(m *Machine, in *instr, a []val) uint64 {
	if s, ok := m.cstring(in, a[1]); ok {
		m.put(in, a[0].bits, append([]byte(s), 0))
	}
	return a[0].bits
}

func libStrncpy(m *Machine, in *instr, a []val) uint64 {
	n := a[2].bits
	s, _, ok := m.mem.text(a[1].bits, int(min(n, maxText)))
	if !ok {
		m.badAddress(in, a[1].bits+uint64(len(s)), false)
		return 0
	}
	if n > uint64(m.mem.room(a[0].bits)) {
		m.badAddress(in, a[0].bits+uint64(m.mem.room(a[0].bits)), true)
		return 0
	}
	b := make([]byte, n)
	copy(b, s)
	m.put(in, a[0].bits, b)
	return a[0].bits
}

func libStrcat(m *Machine, in *instr, a []val) uint64 {
	return libStrncat(m, in, []val{a[0], a[1], {bits: maxText}})
}

func libStrncat(m *Machine, in *instr, a []val) uint64 {
	to, ok := m.cstring(in, a[0])
	if !ok {
		return 0
	}
	s, _, ok := m.mem.text(a[1].bits, int(min(a[2].bits, maxText)))
	if !ok {
		m.badAddress(in, a[1].bits+uint64(len(s)), false)
		return 0
	}
	m.put(in, a[0].bits+uint64(len(to)), append(s, 0))
	return a[0].bits
}

// found is the address of a place in a string, or null.
func found(at uint64, i int) uint64 {
	if i < 0 {
		return 0
	}
	return at + uint64(i)
}

func libStrchr(m *Machine, in *instr, a []val) uint64 {
	s, _ := m.cstring(in, a[0])
	return found(a[0].bits, strings.IndexByte(s+"\x00", byte(a[1].bits)))
}

func libStrrchr(m *Machine, in *instr, a []val) uint64 {
	s, _ := m.cstring(in, a[0])
	return found(a[0].bits, strings.LastIndexByte(s+"\x00", byte(a[1].bits)))
}

func libStrstr(m *Machine, in *instr, a []val) uint64 {
	s, ok := m.cstring(in, a[0])
	if !ok {
		return 0
	}
	t, _ := m.cstring(in, a[1])
	return found(a[0].bits, strings.Index(s, t))
}

func libStrerror(m *Machine, in *instr, a []val) uint64 {
	at := errorAt + min(uint64(uint32(a[0].bits)), 255)*64
	m.mem.write(at, append([]byte(errnoText(a[0].bits)), 0), nil)
	return at
}

func errnoText(n uint64) string { return netcore.Errno(int32(n)).Text() }

func libPerror(m *Machine, in *instr, a []val) uint64 {
	e, _, _ := m.mem.load(errnoAt, c32s)
	text := errnoText(e) + "\n"
	if a[0].bits != 0 {
		s, ok := m.cstring(in, a[0])
		if !ok {
			return 0
		}
		if s != "" {
			text = s + ": " + text
		}
	}
	m.print(in, 2, []byte(text))
	return 0
}

func libPuts(m *Machine, in *instr, a []val) uint64 {
	s, ok := m.cstring(in, a[0])
	if ok {
		m.print(in, 1, []byte(s+"\n"))
	}
	return uint64(len(s) + 1)
}

func libPutchar(m *Machine, in *instr, a []val) uint64 {
	m.print(in, 1, []byte{byte(a[0].bits)})
	return uint64(byte(a[0].bits))
}

// stream is the descriptor behind a FILE pointer; false after a fault.
func (m *Machine) stream(in *instr, v val) (int, bool) {
	switch v.bits {
	case stdoutAt:
		return 1, true
	case stderrAt:
		return 2, true
	}
	m.fault(in, "SIGSEGV", "this is no stream that can be written to", "write stdout or stderr")
	return 0, false
}

func libFputs(m *Machine, in *instr, a []val) uint64 {
	s, ok := m.cstring(in, a[0])
	if !ok {
		return 0
	}
	if fd, ok := m.stream(in, a[1]); ok {
		m.print(in, fd, []byte(s))
	}
	return 1
}

func libFputc(m *Machine, in *instr, a []val) uint64 {
	if fd, ok := m.stream(in, a[1]); ok {
		m.print(in, fd, []byte{byte(a[0].bits)})
	}
	return uint64(byte(a[0].bits))
}

func libInetPton(m *Machine, in *instr, a []val) uint64 {
	s, ok := m.cstring(in, a[1])
	if !ok {
		return 0
	}
	inet, _ := netcore.Constant("AF_INET")
	inet6, _ := netcore.Constant("AF_INET6")
	addr, err := netip.ParseAddr(s)
	switch int64(a[0].bits) {
	case inet:
		if err != nil || !addr.Is4() {
			return 0
		}
	case inet6:
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return 0
		}
	default:
		m.setErrno("EAFNOSUPPORT")
		return c32s.trim(^uint64(0))
	}
	m.put(in, a[2].bits, addr.AsSlice())
	return 1
}

func libInetNtop(m *Machine, in *instr, a []val) uint64 {
	inet, _ := netcore.Constant("AF_INET")
	inet6, _ := netcore.Constant("AF_INET6")
	n := uint64(4)
	switch int64(a[0].bits) {
	case inet:
	case inet6:
		n = 16
	default:
		m.setErrno("EAFNOSUPPORT")
		return 0
	}
	data, ok := m.get(in, a[1].bits, n)
	if !ok {
		return 0
	}
	_, marks := m.mem.read(a[1].bits, int(n))
	if len(gaps(marks)) > 0 {
		m.warnBytes(a[1].bits)
	}
	addr, _ := netip.AddrFromSlice(data)
	text := ntop(addr)
	if uint64(len(text)) >= a[3].bits {
		m.setErrno("ENOSPC")
		return 0
	}
	m.put(in, a[2].bits, append([]byte(text), 0))
	return a[2].bits
}

// ntop writes an address the way inet_ntop() does: glibc shows the last four
// bytes of ::a.b.c.d as an IPv4 address.
func ntop(a netip.Addr) string {
	b := a.As16()
	if a.Is6() && !a.Is4In6() && bytes.Equal(b[:12], make([]byte, 12)) && (b[12] != 0 || b[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return a.String()
}

// aton reads an address as inet_aton() does: one to four parts, each decimal,
// octal or hexadecimal, the last filling what is left.
func aton(s string) ([4]byte, bool) {
	if i := strings.IndexAny(s, " \t\n\v\f\r"); i >= 0 {
		s = s[:i]
	}
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return [4]byte{}, false
	}
	var n uint64
	for i, part := range parts {
		v, err := strconv.ParseUint(cDigits(part), 0, 32)
		room := 8
		if i == len(parts)-1 {
			room = 8 * (5 - len(parts))
		}
		if err != nil || strings.ContainsAny(part, "_oObB") && !strings.HasPrefix(strings.ToLower(part), "0x") || v >= 1<<room {
			return [4]byte{}, false
		}
		n = n<<room | v
	}
	return [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, true
}

func libInetAddr(m *Machine, in *instr, a []val) uint64 {
	s, _ := m.cstring(in, a[0])
	b, ok := aton(s)
	if !ok {
		return 0xffffffff
	}
	return uint64(binary.NativeEndian.Uint32(b[:]))
}

func libInetAton(m *Machine, in *instr, a []val) uint64 {
	s, ok := m.cstring(in, a[0])
	b, valid := aton(s)
	if !ok || !valid {
		return 0
	}
	m.put(in, a[1].bits, b[:])
	return 1
}

// libInetNtoa takes a struct by value: the argument is its address.
func libInetNtoa(m *Machine, in *instr, a []val) uint64 {
	data, ok := m.get(in, a[0].bits, 4)
	if !ok {
		return 0
	}
	m.mem.write(ntoaAt, append([]byte(netip.AddrFrom4([4]byte(data)).String()), 0), nil)
	return ntoaAt
}
