package protocol

import "fmt"

// Hello is the first frame of a worker.
type Hello struct {
	Version uint32
	PID     int
	TID     int
	// Own are the descriptors that belong to the worker's own machinery.
	Own []int
	// Lack says what of its own isolation the worker could not bring about.
	Lack []string
}

// Append encodes h behind b.
func (h *Hello) Append(b []byte) []byte {
	b = putInt(putInt(putU32(b, h.Version), h.PID), h.TID)
	b = putU32(b, uint32(len(h.Own)))
	for _, fd := range h.Own {
		b = putU32(b, uint32(fd))
	}
	return putTexts(b, h.Lack)
}

// DecodeHello decodes a hello and refuses one of another version.
func DecodeHello(body []byte) (Hello, error) {
	f := fields{rest: body}
	h := Hello{Version: f.u32()}
	if h.Version != Version {
		return Hello{}, fmt.Errorf("%w: version %d, want %d", ErrMalformed, h.Version, Version)
	}
	h.PID, h.TID = f.int(), f.int()
	for range f.count(4) {
		h.Own = append(h.Own, int(f.u32()))
	}
	h.Lack = f.texts()
	return h, f.done("hello")
}

func putTexts(b []byte, texts []string) []byte {
	b = putU32(b, uint32(len(texts)))
	for _, t := range texts {
		b = putText(b, t)
	}
	return b
}

func (f *fields) texts() []string {
	var texts []string
	for range f.count(4) {
		texts = append(texts, f.text())
	}
	return texts
}

// MaxArgs is how many arguments a system call can have.
const MaxArgs = 6

// Arg is one argument of a system call: a number for the register, or memory
// whose address goes into the register.
type Arg struct {
	Memory bool
	Number uint64
	Bytes  []byte
}

// Request asks a worker to make one system call.
type Request struct {
	ID     uint64
	Number uint64 // of the system call
	Args   []Arg  // at most MaxArgs
}

// Size returns about how many bytes Append adds.
func (r *Request) Size() int {
	size := 32
	for _, a := range r.Args {
		size += 16 + len(a.Bytes)
	}
	return size
}

// Append encodes r behind b.
func (r *Request) Append(b []byte) []byte {
	b = putU64(putU64(b, r.ID), r.Number)
	b = putU32(b, uint32(len(r.Args)))
	for _, a := range r.Args {
		if a.Memory {
			b = putBytes(putU8(b, 1), a.Bytes)
		} else {
			b = putU64(putU8(b, 0), a.Number)
		}
	}
	return b
}

// DecodeRequest decodes a request. Its memory is part of body.
func DecodeRequest(body []byte) (Request, error) {
	f := fields{rest: body}
	r := Request{ID: f.u64(), Number: f.u64()}
	n := f.count(5)
	if n > MaxArgs {
		return Request{}, fmt.Errorf("%w: %d arguments", ErrMalformed, n)
	}
	for range n {
		r.Args = append(r.Args, f.arg())
	}
	return r, f.done("request")
}

func (f *fields) arg() Arg {
	switch f.u8() {
	case 0:
		return Arg{Number: f.u64()}
	case 1:
		return Arg{Memory: true, Bytes: f.bytes()}
	}
	f.bad = true
	return Arg{}
}

// Result is what a system call returned.
type Result struct {
	ID    uint64
	Ret   int64
	Errno uint32
	// Enter and Exit are nanoseconds of the monotonic clock.
	Enter, Exit int64
	// Registers are the arguments as they were in the registers.
	Registers []uint64
	// Memory is what the call changed; arguments not named kept their bytes.
	Memory []Change
}

// Change is the memory of one argument after the call.
type Change struct {
	Arg   int
	Bytes []byte
}

// Size returns about how many bytes Append adds.
func (r *Result) Size() int {
	size := 64 + 8*len(r.Registers)
	for _, m := range r.Memory {
		size += 8 + len(m.Bytes)
	}
	return size
}

// Append encodes r behind b.
func (r *Result) Append(b []byte) []byte {
	b = putU32(putI64(putU64(b, r.ID), r.Ret), r.Errno)
	b = putI64(putI64(b, r.Enter), r.Exit)
	b = putU32(b, uint32(len(r.Registers)))
	for _, v := range r.Registers {
		b = putU64(b, v)
	}
	b = putU32(b, uint32(len(r.Memory)))
	for _, m := range r.Memory {
		b = putBytes(putU8(b, uint8(m.Arg)), m.Bytes)
	}
	return b
}

// DecodeResult decodes a result. Its memory is part of body.
func DecodeResult(body []byte) (Result, error) {
	f := fields{rest: body}
	r := Result{ID: f.u64(), Ret: f.i64(), Errno: f.u32(), Enter: f.i64(), Exit: f.i64()}
	for range f.count(8) {
		r.Registers = append(r.Registers, f.u64())
	}
	for range f.count(5) {
		r.Memory = append(r.Memory, Change{Arg: int(f.u8()), Bytes: f.bytes()})
	}
	if len(r.Registers) > MaxArgs || len(r.Memory) > MaxArgs {
		return Result{}, fmt.Errorf("%w: too many arguments", ErrMalformed)
	}
	return r, f.done("result")
}
