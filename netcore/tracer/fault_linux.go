//go:build linux && (amd64 || arm64)

package tracer

import (
	"encoding/binary"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// mended is what a fault did to a call, to be undone when it comes back.
type mended struct {
	text     string
	result   int64 // of a call that was not made, 0 otherwise
	argument int   // register that was changed, -1 for none
	value    uint64
	address  uint64 // memory that was changed
	old      []byte
	address2 uint64
	old2     []byte
}

// faults does to a call what it is to meet, and returns by how much it is to begin
// later.
func (t *Tracer) faults(h *thread, c *inside) (wait time.Duration) {
	for i := range t.o.Faults {
		f := &t.o.Faults[i]
		if f.Process != "" && f.Process != h.process.name || !f.meets(c) {
			continue
		}
		t.counts[i]++
		switch f.Kind {
		case "delay":
			wait += f.Delay
		case "short":
			t.shorten(h, c, f)
		case "interrupt":
			if f.Every > 0 && t.counts[i]%f.Every == 0 {
				t.refuse(h, c, syscall.EINTR)
			}
		case "fail":
			if f.Every > 0 && t.counts[i]%f.Every == 0 {
				t.refuse(h, c, syscall.Errno(f.Errno))
			}
		}
	}
	return wait
}

// meets reports whether a fault is for a call.
func (f *Fault) meets(c *inside) bool {
	if f.Kind == "fail" {
		return f.Call == c.Name || f.Call == c.how.kernel
	}
	d := c.how.direction()
	if f.Direction != 0 || f.Kind != "interrupt" {
		return d == f.Direction && d != 0
	}
	return d != 0 || blocking[c.how.kernel]
}

// blocking are the calls besides those that move data a signal may interrupt.
var blocking = map[string]bool{
	"accept": true, "accept4": true, "poll": true, "ppoll": true, "select": true, "pselect6": true,
	"epoll_wait": true, "epoll_pwait": true, "epoll_pwait2": true,
}

// refuse has a call not be made and come back with an error.
func (t *Tracer) refuse(h *thread, c *inside, errno syscall.Errno) {
	if c.fault != nil && c.fault.result != 0 {
		return
	}
	var r syscall.PtraceRegs
	if readRegisters(h.tid, &r) != 0 || skip(h.tid, &r) != 0 {
		return
	}
	if c.fault != nil {
		t.undo(h, c.fault)
	}
	c.fault = &mended{result: -int64(errno), argument: -1, text: fmt.Sprintf("the call was not made: %s was put in its place", unix.ErrnoName(errno))}
}

// shorten lets a call move fewer bytes than it asks for. Datagrams are left alone, of
// which a short read loses the rest, and calls that were promised all of it.
func (t *Tracer) shorten(h *thread, c *inside, f *Fault) {
	if c.fault != nil || f.Bytes <= 0 || waitsForAll(c) || t.socketType(h, int(int32(c.registers[0]))) != unix.SOCK_STREAM {
		return
	}
	var m *mended
	switch c.how.kernel {
	case "read", "write", "recvfrom", "sendto":
		m = t.shortRegister(h, c, 2, uint64(f.Bytes))
	case "readv", "writev":
		var keep uint64
		m, keep = t.shortVector(h, c.registers[1], c.registers[2], f.Bytes)
		if m == nil {
			return
		}
		if r := t.shortRegister(h, c, 2, keep); r != nil {
			m.argument, m.value = r.argument, r.value
		}
	case "sendmsg", "recvmsg":
		m = t.shortMessage(h, c, f.Bytes)
	}
	if m != nil {
		m.text = fmt.Sprintf("at most %d of the bytes were let through", f.Bytes)
		c.fault = m
	}
}

// waitsForAll reports whether a call has MSG_WAITALL.
func waitsForAll(c *inside) bool {
	switch c.how.kernel {
	case "recvfrom":
		return c.registers[3]&unix.MSG_WAITALL != 0
	case "recvmsg":
		return c.registers[2]&unix.MSG_WAITALL != 0
	}
	return false
}

// shortRegister lowers an argument.
func (t *Tracer) shortRegister(h *thread, c *inside, i int, value uint64) *mended {
	if c.registers[i] <= value {
		return nil
	}
	var r syscall.PtraceRegs
	if readRegisters(h.tid, &r) != 0 {
		return nil
	}
	*registerOf(&r, i) = value
	if writeRegisters(h.tid, &r) != 0 {
		return nil
	}
	return &mended{argument: i, value: c.registers[i]}
}

// shortVector has a struct iovec array ask for at most so many bytes: it lowers the length
// of the element they end in, and returns how many elements are to be kept. It is nil for
// an array that asks for no more, and for one the kernel refuses.
func (t *Tracer) shortVector(h *thread, address, count uint64, bytes int) (m *mended, keep uint64) {
	const lengthAt = 8
	if count > mostElements {
		return nil, 0
	}
	array, left := space(h.tid).read(address, vectorSize*int(count)), uint64(bytes)
	for at := 0; at+vectorSize <= len(array); at += vectorSize {
		old := array[at+lengthAt : at+vectorSize]
		n := binary.NativeEndian.Uint64(old)
		if n <= left {
			left -= n
			continue
		}
		m := &mended{argument: -1, address: address + uint64(at) + lengthAt, old: old}
		if !space(h.tid).write(m.address, binary.NativeEndian.AppendUint64(nil, left)) {
			return nil, 0
		}
		return m, uint64(at/vectorSize) + 1
	}
	return nil, 0
}

// shortMessage lowers a struct msghdr to the elements that are kept of its vector.
func (t *Tracer) shortMessage(h *thread, c *inside, bytes int) *mended {
	header := space(h.tid).read(c.registers[1], messageSize)
	if len(header) < messageSize {
		return nil
	}
	count := uint64At(header, messageVectorLen)
	m, keep := t.shortVector(h, uint64At(header, messageVector), count, bytes)
	if m == nil || count <= keep {
		return m
	}
	m.address2, m.old2 = c.registers[1]+messageVectorLen, header[messageVectorLen:messageVectorLen+8]
	space(h.tid).write(m.address2, binary.NativeEndian.AppendUint64(nil, keep))
	return m
}

// undo gives back memory that was changed.
func (t *Tracer) undo(h *thread, m *mended) {
	if m.old != nil {
		space(h.tid).write(m.address, m.old)
	}
	if m.old2 != nil {
		space(h.tid).write(m.address2, m.old2)
	}
}

// mend makes a call that comes back look as if nothing had been changed, but for
// its result.
func (t *Tracer) mend(h *thread, c *inside, value *int64, failed *bool) {
	m := c.fault
	if m == nil {
		return
	}
	t.undo(h, m)
	if m.argument < 0 && m.result == 0 {
		return
	}
	var r syscall.PtraceRegs
	if readRegisters(h.tid, &r) != 0 {
		return
	}
	if m.argument >= 0 {
		restoreArgument(&r, m.argument, m.value)
	}
	if m.result != 0 {
		setResult(&r, m.result)
		*value, *failed = m.result, true
	}
	writeRegisters(h.tid, &r)
}

// socketType is the type of a socket, SOCK_STREAM and so on, 0 where it cannot be
// had. The duplicate it is asked of is let go at once.
func (t *Tracer) socketType(h *thread, fd int) int {
	name := string(t.link(h, fd))
	if known, ok := t.types[name]; ok {
		return known
	}
	kind := 0
	if pidfd, err := unix.PidfdOpen(h.process.pid, 0); err == nil {
		if copied, err := unix.PidfdGetfd(pidfd, fd, 0); err == nil {
			kind, _ = unix.GetsockoptInt(copied, unix.SOL_SOCKET, unix.SO_TYPE)
			_ = unix.Close(copied)
		}
		_ = unix.Close(pidfd)
	}
	if len(t.types) > 4096 {
		clear(t.types)
	}
	t.types[name] = kind
	return kind
}
