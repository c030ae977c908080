package cprog

import (
	"bytes"

	"sockstep/netcore"
)

// pendingCall is a system call that was handed out and has not come back.
type pendingCall struct {
	lib  *library
	spec netcore.Spec
	args []callArg
}

// callArg is an argument as the program passed it, and the memory it pointed
// at.
type callArg struct {
	n      uint64
	before []byte
	length int // of what LenInOut pointed at, at entry
}

// callSystem hands a call out.
func (m *Machine) callSystem(in *instr) {
	l := &functions[in.a]
	args := append([]val(nil), m.stack[len(m.stack)-int(in.b):]...)
	m.stack = m.stack[:len(m.stack)-int(in.b)]
	for _, a := range args {
		m.check(a, in)
	}
	spec, _ := l.spec()
	m.call = &pendingCall{lib: l, spec: spec}
	a := m.placed(Action{Kind: Call}, in)
	r := &netcore.Request{Name: spec.Name, Source: a.Text, Origin: netcore.FromLine, Line: m.prog.File() + ":" + itoa(a.Line)}
	if a.Typed {
		r.Origin = netcore.FromTyped
	}
	if a.Line == 0 {
		r.Line = "typed"
	}
	if l.name == "signal" {
		m.signalArgs(args, r)
	} else {
		m.callArgs(args, r)
	}
	a.Call = r
	m.stop(a)
}

// callArgs turns the program's arguments into the kernel's.
func (m *Machine) callArgs(args []val, r *netcore.Request) {
	c := m.call
	for i := range c.spec.Params {
		n := uint64(0)
		if i < len(args) {
			n = args[i].bits
		}
		c.args = append(c.args, callArg{n: n})
	}
	for i, p := range c.spec.Params {
		r.Args = append(r.Args, m.argument(i, p))
	}
}

// argument is one argument by its kind: a number, or memory with exactly the
// bytes the kernel may touch.
func (m *Machine) argument(i int, p netcore.Param) netcore.Value {
	a := &m.call.args[i]
	n, out := 0, false
	switch p.Kind {
	case netcore.KindSockaddrIn, netcore.KindBufIn, netcore.KindOptIn:
		n = m.lengthOf(p)
	case netcore.KindBufOut, netcore.KindAddrOut, netcore.KindOptOut:
		n, out = m.lengthOf(p), true
	case netcore.KindLenInOut:
		n, out = 4, true
		if length, _, ok := m.mem.load(a.n, c32s); ok {
			a.length = int(int64(length))
			m.checkLength(a.n)
		}
	case netcore.KindIntOut:
		n, out = 4, true
		if i >= 2 && m.call.spec.Name == "ioctl" && m.mem.room(a.n) == 0 {
			return pointer(a.n)
		}
	case netcore.KindFDPair:
		n, out = 8, true
	case netcore.KindPollFDs:
		n, out = 8*min(m.lengthOf(p), 1<<20), true
	case netcore.KindRlimit:
		n = 16
	case netcore.KindSigaction:
		n = m.sizeOf("sigaction")
	case netcore.KindSigOut:
		n, out = m.sizeOf("sigaction"), true
	case netcore.KindPath:
		n = m.pathLength(a.n)
	default:
		return netcore.Number(int64(a.n))
	}
	return m.pointed(a, n, out)
}

// lengthOf is the length that another argument gives, in bytes or elements.
func (m *Machine) lengthOf(p netcore.Param) int {
	if p.Len < 0 || p.Len >= len(m.call.args) {
		return 0
	}
	n := m.call.args[p.Len].n
	if m.call.spec.Params[p.Len].Kind == netcore.KindLenInOut {
		length, _, _ := m.mem.load(n, c32s)
		n = uint64(max(int64(length), 0))
	}
	return int(min(n, 1<<30))
}

func (m *Machine) sizeOf(tag string) int {
	p := parser{tags: map[string]*structDef{}}
	return p.systemStruct(tag).size
}

func (m *Machine) pathLength(at uint64) int {
	text, _, ok := m.mem.text(at, 4096)
	if !ok {
		return m.mem.room(at)
	}
	return len(text) + 1
}

// pointed is a pointer to n bytes, or to as many as there are to the end of the
// memory. Where the kernel would write into a string literal the address goes
// out as it is: it lies in no memory of the worker's, and the kernel refuses it
// as it would in C.
func (m *Machine) pointed(a *callArg, n int, out bool) netcore.Value {
	s := m.mem.find(a.n)
	if s == nil || s.readonly && out {
		return pointer(a.n)
	}
	data, written := m.mem.read(a.n, n)
	a.before = data
	v := netcore.Memory(bytes.Clone(data))
	if v.Bytes == nil {
		v.Bytes = []byte{}
	}
	v.Unwritten = gaps(written)
	if !out && len(v.Unwritten) > 0 {
		m.warnGap(a.n, v.Unwritten[0])
	}
	return v
}

// warnGap warns that the kernel is handed bytes that were never written.
func (m *Machine) warnGap(at uint64, gap netcore.Range) {
	at += uint64(gap.Offset)
	for _, p := range m.live() {
		if at >= p.at && at < p.at+uint64(p.v.typ.size()) {
			if p.v.typ.kind == kStruct || p.v.typ.scalar() {
				m.warnOnce(m.nameAt(at) + " was never written")
				return
			}
		}
	}
	m.warnBytes(at)
}

// checkLength warns of a length the kernel reads that was never written.
func (m *Machine) checkLength(at uint64) {
	if _, written, ok := m.mem.load(at, c32u); ok && !written {
		if name := m.nameAt(at); name != "" {
			m.warnOnce(name + " was never written")
		}
	}
}

func pointer(n uint64) netcore.Value {
	if n == 0 {
		return netcore.Null()
	}
	return netcore.Address(n)
}

// gaps are the runs of bytes that were never written.
func gaps(written []bool) []netcore.Range {
	var out []netcore.Range
	for i := 0; i < len(written); i++ {
		if written[i] {
			continue
		}
		start := i
		for i < len(written) && !written[i] {
			i++
		}
		out = append(out, netcore.Range{Offset: start, Length: i - start})
	}
	return out
}

// signalArgs makes the sigaction() that signal() makes: handlers restart
// interrupted calls, and the signal waits while its handler runs.
func (m *Machine) signalArgs(args []val, r *netcore.Request) {
	p := parser{tags: map[string]*structDef{}}
	t := structOf(p.systemStruct("sigaction"))
	act := make([]byte, t.size())
	putBits(act[t.field("sa_handler").off:], c64u, args[1].bits)
	restart, _ := netcore.Constant("SA_RESTART")
	if restart == 0 {
		restart = 0x10000000
	}
	putBits(act[t.field("sa_flags").off:], c32s, uint64(restart))
	if sig := int(int32(args[0].bits)); sig >= 1 && sig <= 64 {
		putBits(act[t.field("sa_mask").off:], c64u, 1<<(sig-1))
	}
	m.call.args = []callArg{{n: args[0].bits}, {}, {}}
	r.Args = []netcore.Value{netcore.Number(int64(args[0].bits)), netcore.Memory(act), netcore.Memory(make([]byte, len(act)))}
}

// finishCall takes a call's result: what the kernel wrote goes into memory, the
// result onto the stack.
func (m *Machine) finishCall(r Result) {
	c := m.call
	m.call = nil
	if r.Ret == -1 {
		m.mem.store(errnoAt, c32s, uint64(int64(r.Errno)), true)
	}
	if c.lib.name == "signal" {
		m.push(val{bits: signalResult(r)})
		return
	}
	for i, p := range c.spec.Params {
		if i < len(r.After) && c.args[i].before != nil && writes(p.Kind) {
			m.writeBack(c, i, r)
		}
	}
	m.push(val{bits: m.returned(c.lib, r.Ret)})
}

// returned is the result in the type the function returns.
func (m *Machine) returned(l *library, ret int64) uint64 {
	if l.sig[0] == 'i' {
		return c32s.trim(uint64(ret))
	}
	return uint64(ret)
}

func signalResult(r Result) uint64 {
	if r.Ret == -1 {
		return ^uint64(0)
	}
	var buf [8]byte
	if len(r.After) > 2 {
		copy(buf[:], r.After[2])
	}
	return getBits(buf, 8)
}

// writes tells whether the kernel writes to an argument of this kind.
func writes(k netcore.ParamKind) bool {
	switch k {
	case netcore.KindAddrOut, netcore.KindLenInOut, netcore.KindBufOut, netcore.KindOptOut, netcore.KindIntOut,
		netcore.KindPollFDs, netcore.KindFDPair, netcore.KindSigOut:
		return true
	}
	return false
}

// writeBack puts an argument's memory back. Written are the bytes the call says
// it wrote, and any that changed.
func (m *Machine) writeBack(c *pendingCall, i int, r Result) {
	a := c.args[i]
	after := r.After[i]
	after = after[:min(len(after), len(a.before))]
	_, marks := m.mem.read(a.n, len(after))
	for k := range after {
		if after[k] != a.before[k] {
			marks[k] = true
		}
	}
	if r.Ret >= 0 {
		c.markWritten(i, r, marks)
	}
	m.mem.write(a.n, after, marks)
}

// markWritten marks what a successful call wrote to argument i.
func (c *pendingCall) markWritten(i int, r Result, marks []bool) {
	n := len(marks)
	p := c.spec.Params[i]
	switch p.Kind {
	case netcore.KindBufOut:
		n = min(n, int(r.Ret))
	case netcore.KindAddrOut, netcore.KindOptOut:
		n = min(n, c.lengthOut(p.Len, r))
	case netcore.KindLenInOut:
		if !c.lengthUsed(i) {
			n = 0
		}
	case netcore.KindPollFDs:
		for k := 6; k+1 < n; k += 8 {
			marks[k], marks[k+1] = true, true
		}
		return
	}
	for k := 0; k < n; k++ {
		marks[k] = true
	}
}

// lengthOut is the length the kernel wrote to argument i, at most the one that
// was there.
func (c *pendingCall) lengthOut(i int, r Result) int {
	if i < 0 || i >= len(r.After) || len(r.After[i]) < 4 {
		return 0
	}
	var buf [8]byte
	copy(buf[:4], r.After[i])
	return min(int(getBits(buf, 4)), max(c.args[i].length, 0))
}

// lengthUsed tells whether the kernel writes the length in argument i: it does
// not when no address is wanted.
func (c *pendingCall) lengthUsed(i int) bool {
	for k, p := range c.spec.Params {
		if p.Kind == netcore.KindAddrOut && p.Len == i {
			return c.args[k].n != 0
		}
	}
	return true
}
