package netcore

import (
	"encoding/binary"
	"fmt"
	"slices"

	"sockstep/netcore/protocol"
)

// ErrNotMade says that a call was not made, and why. It is no answer of the
// kernel's.
type ErrNotMade struct {
	Call   string
	Reason string
}

// Error returns a sentence.
func (e ErrNotMade) Error() string { return e.Call + "() was not made: " + e.Reason + "." }

// shape is a call as the kernel takes it. The C library's function may have
// fewer arguments, in another order, or other structures.
type shape struct {
	number uintptr
	args   []protocol.Arg
	// at maps the index of a C argument to that of the kernel's; nil: the same.
	at []int
	// back turns the kernel's memory of C argument i, after the call, into the C
	// structure; nil: the same bytes.
	back func(i int, before, after []byte) []byte
}

// place returns the kernel's index of a C argument, or one that is out of range.
func (s *shape) place(i int) int {
	switch {
	case s.at == nil:
		return i
	case i < len(s.at):
		return s.at[i]
	default:
		return protocol.MaxArgs
	}
}

// after returns the memory of C argument i after the call.
func (s *shape) after(i int, before []byte, changes []protocol.Change) []byte {
	k := s.place(i)
	j := slices.IndexFunc(changes, func(c protocol.Change) bool { return c.Arg == k })
	if j < 0 {
		return before
	}
	if s.back != nil {
		return s.back(i, before, changes[j].Bytes)
	}
	return changes[j].Bytes
}

// shapeCall turns the arguments of a C function into those of the system call.
func shapeCall(spec *Spec, values []Value) (*shape, error) {
	number, ok := callNumbers[spec.Syscall]
	if !ok {
		return nil, ErrNotMade{Reason: "sockstep cannot make " + spec.Syscall + " on this system"}
	}
	if len(values) > protocol.MaxArgs {
		return nil, ErrNotMade{Reason: fmt.Sprintf("%d arguments are more than any system call has", len(values))}
	}
	s := &shape{number: number}
	for _, v := range values {
		s.args = append(s.args, registerArg(v))
	}
	if wrap, ok := wrappers[spec.Syscall]; ok && spec.Syscall != spec.Name {
		return s, wrap(s, values)
	}
	return s, nil
}

func registerArg(v Value) protocol.Arg {
	switch v.Kind {
	case MemoryValue:
		return protocol.Arg{Memory: true, Bytes: v.Bytes}
	case NullValue:
		return protocol.Arg{}
	default:
		return protocol.Arg{Number: uint64(v.Number)}
	}
}

// wrappers is what the C library does around a call that the kernel knows under
// another name, by that name.
var wrappers = map[string]func(*shape, []Value) error{
	"sendto":       withoutAddress,
	"recvfrom":     withoutAddress,
	"prlimit64":    ofThisProcess,
	"unlinkat":     fromHere,
	"ppoll":        withTimespec,
	"rt_sigaction": withKernelAction,
}

// withoutAddress: send and recv are sendto and recvfrom with null for the rest.
func withoutAddress(s *shape, _ []Value) error {
	s.args = append(s.args, make([]protocol.Arg, max(0, 6-len(s.args)))...)
	return nil
}

// ofThisProcess: setrlimit(resource, limit) is prlimit64(0, resource, limit, NULL).
func ofThisProcess(s *shape, _ []Value) error {
	s.args = append(slices.Insert(s.args, 0, protocol.Arg{}), protocol.Arg{})
	s.at = []int{1, 2}
	return nil
}

// fromHere: unlink(path) is unlinkat(AT_FDCWD, path, 0).
func fromHere(s *shape, _ []Value) error {
	const atFDCWD = -100
	here := int64(atFDCWD)
	s.args = append(slices.Insert(s.args, 0, protocol.Arg{Number: uint64(here)}), protocol.Arg{})
	s.at = []int{1}
	return nil
}

// withTimespec: poll(fds, n, ms) is ppoll(fds, n, timespec, NULL, 0).
func withTimespec(s *shape, values []Value) error {
	if len(values) < 3 {
		return nil
	}
	timeout := protocol.Arg{}
	if ms := int64(int32(values[2].Number)); ms >= 0 {
		b := binary.NativeEndian.AppendUint64(nil, uint64(ms/1000))
		timeout = protocol.Arg{Memory: true, Bytes: binary.NativeEndian.AppendUint64(b, uint64(ms%1000*1e6))}
	}
	s.args = append(s.args[:2:2], timeout, protocol.Arg{}, protocol.Arg{})
	return nil
}

// Sizes of struct sigaction in bytes: the C library's on 64-bit Linux (handler,
// mask of 1024 bits, flags, restorer) and the kernel's (handler, flags, restorer,
// mask of 64 bits).
const (
	librarySigaction = 152
	kernelSigaction  = 32
	// watchedSigaction is what strace reads of one, whose mask it takes to be as
	// long as masks get. The kernel does not look behind its 32 bytes.
	watchedSigaction = 88
)

// withKernelAction: the kernel's struct sigaction is not the C library's. The one
// handler there is in a worker does nothing, see withHandler.
func withKernelAction(s *shape, values []Value) error {
	if len(values) > 1 && values[1].Kind == MemoryValue {
		action, err := kernelActionOf(values[0], values[1].Bytes)
		if err != nil {
			return err
		}
		s.args[1].Bytes = watched(action)
	}
	if len(values) > 2 && values[2].Kind == MemoryValue {
		if len(values[2].Bytes) < librarySigaction {
			return ErrNotMade{Reason: shortAction("oldact", len(values[2].Bytes))}
		}
		s.args[2].Bytes = watched(kernelFields(values[2].Bytes))
	}
	s.args = append(s.args, protocol.Arg{Number: 8})
	s.back = func(_ int, before, after []byte) []byte { return libraryActionOf(before, after) }
	return nil
}

func shortAction(name string, n int) string {
	return fmt.Sprintf("%s points to %d bytes and struct sigaction has %d; the C library itself would run off the end", name, n, librarySigaction)
}

// kernelActionOf takes the kernel's fields out of the C struct sigaction for a signal.
func kernelActionOf(sig Value, b []byte) ([]byte, error) {
	if len(b) < librarySigaction {
		return nil, ErrNotMade{Reason: shortAction("act", len(b))}
	}
	handler := binary.NativeEndian.Uint64(b)
	if handler > 1 && !canHandle(int(int32(sig.Number))) {
		return nil, ErrNotMade{Reason: "a handler is a function, and this program is run without a compiler: for this signal sa_handler can be SIG_IGN or SIG_DFL here, for SIGUSR1 and SIGUSR2 a function that does nothing"}
	}
	return kernelFields(b), nil
}

// kernelFields takes the kernel's fields out of a whole C struct sigaction. Of
// one the kernel is to write to they stand for what was there: memory that a
// call leaves as it is was not written.
func kernelFields(b []byte) []byte {
	out := slices.Clone(b[:8])
	out = binary.NativeEndian.AppendUint64(out, uint64(binary.NativeEndian.Uint32(b[136:])))
	out = append(out, b[144:152]...)
	return append(out, b[8:16]...)
}

// watched makes room behind a kernel's struct sigaction for who looks from
// outside.
func watched(kernel []byte) []byte {
	return append(kernel, make([]byte, watchedSigaction-len(kernel))...)
}

// libraryActionOf writes the kernel's fields into a C struct sigaction.
func libraryActionOf(before, kernel []byte) []byte {
	if len(before) < librarySigaction || len(kernel) < kernelSigaction {
		return before
	}
	out := slices.Clone(before)
	clear(out[16:136])
	copy(out, kernel[:8])
	copy(out[8:16], kernel[24:32])
	copy(out[136:140], kernel[8:12])
	copy(out[144:152], kernel[16:24])
	return out
}
