//go:build amd64 || arm64

package tracer

import (
	"encoding/binary"
	"runtime"
	"slices"

	"sockstep/netcore"
)

// memory reads a traced process's memory.
type memory interface {
	// read returns as many of n bytes at the address as can be read.
	read(address uint64, n int) []byte
}

const (
	// mostMemory bounds what is read for one argument with all it leads to, in bytes.
	mostMemory = 64 << 10
	// leastBuffer is what is read of each buffer of a vector all the same: as much as
	// a line of the trace shows.
	leastBuffer = 32
	// mostAddress is the size of struct sockaddr_storage, more than which the kernel
	// neither reads nor writes.
	mostAddress = 128
	// mostElements bounds the elements of a vector, IOV_MAX of limits.h.
	mostElements = 1024
)

// Sizes of C's structures on both architectures, and offsets in them.
const (
	pollSize    = 8
	timeSize    = 16
	vectorSize  = 16
	messageSize = 56
	batchSize   = 64 // struct mmsghdr

	messageName       = 0
	messageNameLen    = 8
	messageVector     = 16
	messageVectorLen  = 24
	messageControl    = 32
	messageControlLen = 40
	batchLen          = 56
)

var order = binary.NativeEndian

// eventSize is the size of struct epoll_event, which is packed on amd64.
var eventSize = map[string]int{"amd64": 12, "arm64": 16}[runtime.GOARCH]

// enter returns the arguments of the call at its entry, with all memory the kernel
// reads.
func (d *description) enter(registers *[6]uint64, m memory) []netcore.Arg {
	args := make([]netcore.Arg, d.arity(registers))
	for i := range args {
		args[i] = d.plans[i].argument(d.params[i], registers[i])
	}
	for i := range args {
		if kind := d.plans[i].pointer; kind != nil {
			a := argReader{m: m, args: args, Arg: &args[i], param: d.params[i], left: mostMemory}
			a.enter(kind)
		}
	}
	return args
}

// leave adds to the arguments what the kernel wrote. Where the call failed only
// lengths are looked at: the rest is not written.
func (d *description) leave(args []netcore.Arg, ret int64, failed bool, m memory) {
	// Backwards: the length of a buffer stands behind it and is read first.
	for i := len(args) - 1; i >= 0; i-- {
		kind := d.plans[i].pointer
		if kind == nil {
			continue
		}
		a := argReader{m: m, args: args, Arg: &args[i], param: d.params[i], left: mostMemory, ret: ret}
		switch {
		case kind.enter == nil && a.Pointer == netcore.AddressValue:
			a.leaveWritten(kind, failed)
		case kind.leave == nil || a.Pointer != netcore.MemoryValue || failed && a.Kind != netcore.KindLenInOut:
		default:
			kind.leave(&a)
		}
	}
}

// probe finds out of the pointers to what the kernel only writes whether they are
// addresses: leave would do it at the call's end.
func (d *description) probe(args []netcore.Arg, m memory) {
	for i := range args {
		kind := d.plans[i].pointer
		if kind != nil && kind.enter == nil && args[i].Pointer == netcore.AddressValue {
			a := argReader{m: m, args: args, Arg: &args[i], param: d.params[i]}
			a.leaveWritten(kind, true)
		}
	}
}

// plan is how the arguments of one parameter are read.
type plan struct {
	pointer *pointerKind // nil for a number
	bits    int          // the kernel looks at, of a number: 32, -32 with a sign, or 64
}

// argument is an argument whose memory nobody has looked at.
func (p plan) argument(param netcore.Param, register uint64) netcore.Arg {
	a := netcore.Arg{Name: param.Name, Kind: param.Kind, Value: int64(register)}
	switch {
	case p.pointer != nil && register == 0:
		a.Pointer = netcore.NullValue
	case p.pointer != nil:
		a.Pointer = netcore.AddressValue
	case p.bits == -32:
		a.Value = int64(int32(register))
	case p.bits == 32:
		a.Value = int64(uint32(register))
	}
	return a
}

func planOf(kind netcore.ParamKind) plan {
	pointer, ok := pointers[kind]
	switch {
	case ok:
		return plan{pointer: &pointer}
	case signed[kind]:
		return plan{bits: -32}
	case kind == netcore.KindUnsigned || kind == netcore.KindIoctl:
		return plan{bits: 32}
	}
	return plan{bits: 64}
}

// signed are the kinds of which the kernel looks at the lower 32 bits.
var signed = map[netcore.ParamKind]bool{
	netcore.KindInt: true, netcore.KindFD: true, netcore.KindDomain: true, netcore.KindSocketType: true, netcore.KindProtocol: true,
	netcore.KindSockLen: true, netcore.KindMsgFlags: true, netcore.KindHow: true, netcore.KindLevel: true, netcore.KindOption: true,
	netcore.KindFcntl: true, netcore.KindTimeout: true, netcore.KindEpollOp: true, netcore.KindEpollFlags: true,
	netcore.KindFDFlags: true, netcore.KindRangeFlags: true, netcore.KindSpliceFlags: true, netcore.KindRWFlags: true,
}

// argReader reads the memory of one argument.
type argReader struct {
	*netcore.Arg
	m     memory
	args  []netcore.Arg
	param netcore.Param
	left  int // bytes that may still be read for this argument
	ret   int64
}

// pointerKind says how memory of a kind is read: enter returns what the kernel reads
// at entry, leave stores what it wrote, points reports whether the argument is a
// pointer where another one decides that. Each may be nil.
type pointerKind struct {
	enter  func(*argReader) []byte
	leave  func(*argReader)
	points func(*argReader) bool
}

var pointers map[netcore.ParamKind]pointerKind

func init() {
	fixed := func(size int) pointerKind {
		return pointerKind{enter: func(a *argReader) []byte { return a.take(a.address(), size) }}
	}
	renewed := func(size int) pointerKind {
		return pointerKind{enter: fixed(size).enter, leave: func(a *argReader) { a.After = a.take(a.address(), size) }}
	}
	pointers = map[netcore.ParamKind]pointerKind{
		netcore.KindSockaddrIn:  {enter: func(a *argReader) []byte { return a.take(a.address(), min(int(a.length()), mostAddress)) }},
		netcore.KindAddrOut:     {leave: (*argReader).leaveAddress},
		netcore.KindLenInOut:    renewed(4),
		netcore.KindBufIn:       {enter: (*argReader).whole},
		netcore.KindBufOut:      {leave: func(a *argReader) { a.After = a.take(a.address(), clamp(min(uint64(a.ret), uint64(a.length())))) }},
		netcore.KindOptIn:       {enter: (*argReader).whole},
		netcore.KindOptOut:      {leave: func(a *argReader) { a.After = a.take(a.address(), int(a.lengthAfter())) }},
		netcore.KindIntOut:      {enter: (*argReader).enterRequest, leave: (*argReader).leaveRequest, points: (*argReader).isRequest},
		netcore.KindFcntlArg:    {enter: fixed(ownerSize).enter, leave: renewed(ownerSize).leave, points: (*argReader).isOwner},
		netcore.KindPollFDs:     {enter: (*argReader).enterPoll, leave: func(a *argReader) { a.After = a.enterPoll() }},
		netcore.KindFDPair:      {leave: func(a *argReader) { a.After = a.take(a.address(), 8) }},
		netcore.KindVectorIn:    {enter: func(a *argReader) []byte { return a.enterVector(true) }},
		netcore.KindVectorOut:   {enter: func(a *argReader) []byte { return a.enterVector(false) }, leave: func(a *argReader) { a.fill(a.Parts, a.Before, uint64(a.ret)) }},
		netcore.KindMessageIn:   {enter: func(a *argReader) []byte { return a.enterMessages(1, messageSize, true) }},
		netcore.KindMessageOut:  {enter: func(a *argReader) []byte { return a.enterMessages(1, messageSize, false) }, leave: (*argReader).leaveMessage},
		netcore.KindMessagesIn:  {enter: func(a *argReader) []byte { return a.enterMessages(a.elements(), batchSize, true) }, leave: (*argReader).leaveSent},
		netcore.KindMessagesOut: {enter: func(a *argReader) []byte { return a.enterMessages(a.elements(), batchSize, false) }, leave: (*argReader).leaveReceived},
		netcore.KindFDSet:       {enter: (*argReader).enterSet, leave: func(a *argReader) { a.After = a.enterSet() }},
		netcore.KindTimeval:     renewed(timeSize),
		netcore.KindTimespec:    renewed(timeSize),
		netcore.KindTimespecIn:  fixed(timeSize),
		netcore.KindSigset:      {enter: func(a *argReader) []byte { return a.take(a.address(), int(min(uint64(a.length()), mostAddress))) }},
		netcore.KindSigsetSized: {enter: (*argReader).enterSized},
		netcore.KindEpollIn:     fixed(eventSize),
		netcore.KindEpollOut:    {leave: func(a *argReader) { a.After = a.take(a.address(), eventSize*clamp(uint64(a.ret))) }},
		netcore.KindOffset:      renewed(8),
		netcore.KindPointer:     {},
	}
	for i := range descriptions {
		d := &descriptions[i]
		for _, p := range d.params {
			d.plans = append(d.plans, planOf(p.Kind))
		}
	}
}

func (a *argReader) address() uint64 { return uint64(a.Value) }

// length is the value of the argument that gives this one's length.
func (a *argReader) length() int64 { return a.args[a.param.Len].Value }

// elements is how many elements an array has, bounded.
func (a *argReader) elements() int { return clamp(min(uint64(a.length()), mostElements)) }

// clamp is a length that is bounded by what is read of an argument at most.
func clamp(n uint64) int { return int(min(n, mostMemory)) }

// enter reads what the kernel reads, and finds out whether the address is one.
// Where it reads nothing leaveWritten does that.
func (a *argReader) enter(kind *pointerKind) {
	if kind.points != nil && !kind.points(a) {
		a.Pointer = netcore.NumberValue
	}
	if a.Pointer != netcore.AddressValue || kind.enter == nil {
		return
	}
	before := kind.enter(a)
	if len(before) > 0 || a.readable() {
		a.Pointer, a.Before = netcore.MemoryValue, before
	}
}

// leaveWritten reads what the kernel wrote where it reads nothing, and finds out
// whether the address is one: at the entry that would cost a look into the memory
// more.
func (a *argReader) leaveWritten(kind *pointerKind, failed bool) {
	if !failed && kind.leave != nil {
		kind.leave(a)
	}
	if len(a.After) > 0 || a.readable() {
		a.Pointer = netcore.MemoryValue
	}
}

// readable reports whether there is memory at the address.
func (a *argReader) readable() bool { return len(a.m.read(a.address(), 1)) > 0 }

// take reads memory and counts it.
func (a *argReader) take(address uint64, n int) []byte {
	n = min(n, a.left)
	if n <= 0 || address == 0 {
		return nil
	}
	a.left -= n
	return a.m.read(address, n)
}

// takeBuffer reads a buffer of a vector, of which a few bytes are always read.
func (a *argReader) takeBuffer(address, n uint64) []byte {
	a.left = max(a.left, leastBuffer)
	return a.take(address, clamp(n))
}

// whole is a buffer whose length another argument gives.
func (a *argReader) whole() []byte {
	n := a.length()
	if a.args[a.param.Len].Kind == netcore.KindSize {
		return a.take(a.address(), clamp(uint64(n)))
	}
	return a.take(a.address(), int(n))
}

// lengthAfter is the length the kernel wrote, bounded.
func (a *argReader) lengthAfter() int32 {
	return min(int32At(a.args[a.param.Len].After, 0), mostMemory)
}

// leaveAddress reads an address: no more of it than there was room for.
func (a *argReader) leaveAddress() {
	room := int32At(a.args[a.param.Len].Before, 0)
	a.After = a.take(a.address(), int(min(room, a.lengthAfter(), mostAddress)))
}

func (a *argReader) enterPoll() []byte {
	return a.take(a.address(), pollSize*clamp(uint64(uint32(a.length()))))
}

// enterSet reads an fd_set as the kernel does: whole words.
func (a *argReader) enterSet() []byte {
	n := int(max(0, min(a.length(), mostMemory)))
	return a.take(a.address(), (n+63)/64*8)
}

// enterSized reads pselect6's pair of a pointer to a signal set and its size.
func (a *argReader) enterSized() []byte {
	pair := a.take(a.address(), 16)
	if set, n := uint64At(pair, 0), uint64At(pair, 8); set != 0 {
		a.Parts = []netcore.Part{{Offset: 0, Value: int64(set), Before: a.take(set, int(min(n, mostAddress)))}}
	}
	return pair
}

// enterVector reads an array of struct iovec, with its buffers if the kernel reads
// them.
func (a *argReader) enterVector(buffers bool) []byte {
	vector := a.take(a.address(), vectorSize*a.elements())
	a.Parts = a.vector(vector, buffers)
	return vector
}

// vector returns the buffers of an array of struct iovec.
func (a *argReader) vector(array []byte, read bool) []netcore.Part {
	var parts []netcore.Part
	for at := 0; at+vectorSize <= len(array); at += vectorSize {
		base, n := uint64At(array, at), uint64At(array, at+8)
		if base == 0 {
			continue
		}
		p := netcore.Part{Offset: at, Value: int64(base)}
		if read {
			p.Before = a.takeBuffer(base, n)
		}
		parts = append(parts, p)
	}
	return parts
}

// fill reads what the kernel wrote to the buffers of an array, n bytes in all.
func (a *argReader) fill(parts []netcore.Part, array []byte, n uint64) {
	next := 0
	for at := 0; at+vectorSize <= len(array) && n > 0; at += vectorSize {
		here := min(n, uint64At(array, at+8))
		n -= here
		if next < len(parts) && parts[next].Offset == at {
			parts[next].After = a.takeBuffer(uint64(parts[next].Value), here)
			next++
		}
	}
}

// enterMessages reads n structures that begin with a struct msghdr and what they lead
// to, with names, buffers and control data if the kernel reads them.
func (a *argReader) enterMessages(n, size int, data bool) []byte {
	array := a.take(a.address(), n*size)
	for at := 0; at+messageSize <= len(array); at += size {
		a.message(array, at, data)
	}
	return array
}

// message adds the parts of the struct msghdr at an offset.
func (a *argReader) message(array []byte, at int, data bool) {
	part := func(offset int, n uint64, read bool) *netcore.Part {
		address := uint64At(array, at+offset)
		if address == 0 {
			return nil
		}
		p := netcore.Part{Offset: at + offset, Value: int64(address)}
		if read {
			p.Before = a.takeBuffer(address, n)
		}
		a.Parts = append(a.Parts, p)
		return &a.Parts[len(a.Parts)-1]
	}
	part(messageName, uint64(max(0, min(int32At(array, at+messageNameLen), mostAddress))), data)
	elements := min(uint64At(array, at+messageVectorLen), mostElements)
	if p := part(messageVector, vectorSize*elements, true); p != nil {
		p.Parts = a.vector(p.Before, data)
	}
	part(messageControl, uint64At(array, at+messageControlLen), data)
}

// leaveMessage reads what the kernel wrote to a struct msghdr.
func (a *argReader) leaveMessage() {
	a.After = a.take(a.address(), messageSize)
	if len(a.After) == messageSize {
		a.received(0, uint64(a.ret))
	}
}

// leaveSent reads the lengths the kernel wrote to an array of struct mmsghdr.
func (a *argReader) leaveSent() { a.After = a.take(a.address(), len(a.Before)) }

// leaveReceived reads the messages the kernel wrote to an array of struct mmsghdr.
func (a *argReader) leaveReceived() {
	a.After = a.take(a.address(), len(a.Before))
	for i := 0; i < int(min(a.ret, mostElements)) && (i+1)*batchSize <= len(a.After); i++ {
		a.received(i*batchSize, uint64(uint32(int32At(a.After, i*batchSize+batchLen))))
	}
}

// received reads the parts of the message at an offset, of which n bytes were received.
func (a *argReader) received(at int, n uint64) {
	for i := range a.Parts {
		p := &a.Parts[i]
		address := uint64(p.Value)
		switch p.Offset - at {
		case messageName:
			room, got := int32At(a.Before, at+messageNameLen), int32At(a.After, at+messageNameLen)
			p.After = a.take(address, int(min(room, got, mostAddress)))
		case messageVector:
			a.fill(p.Parts, p.Before, n)
		case messageControl:
			p.After = a.takeBuffer(address, uint64At(a.After, at+messageControlLen))
		}
	}
}

// int32At is a number in memory, 0 where the memory ends before.
func int32At(b []byte, at int) int32 {
	if len(b) < at+4 {
		return 0
	}
	return int32(order.Uint32(b[at:]))
}

func uint64At(b []byte, at int) uint64 {
	if len(b) < at+8 {
		return 0
	}
	return order.Uint64(b[at:])
}

// copyParts is a copy of parts of which leave changes nothing.
func copyParts(parts []netcore.Part) []netcore.Part {
	out := slices.Clone(parts)
	for i := range out {
		out[i].Parts = copyParts(out[i].Parts)
	}
	return out
}
