package protocol

import (
	"encoding/binary"
	"fmt"
)

// The fields of a body: integers are little endian and of fixed width, bytes and
// text come behind their length in 4 bytes.

func putU8(b []byte, v uint8) []byte    { return append(b, v) }
func putU32(b []byte, v uint32) []byte  { return binary.LittleEndian.AppendUint32(b, v) }
func putU64(b []byte, v uint64) []byte  { return binary.LittleEndian.AppendUint64(b, v) }
func putI64(b []byte, v int64) []byte   { return putU64(b, uint64(v)) }
func putInt(b []byte, v int) []byte     { return putU64(b, uint64(v)) }
func putBytes(b, v []byte) []byte       { return append(putU32(b, uint32(len(v))), v...) }
func putText(b []byte, v string) []byte { return append(putU32(b, uint32(len(v))), v...) }

// fields takes a body apart. The first field that does not fit sets bad, and all
// later ones are zero.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) take(n int) []byte {
	if f.bad || n < 0 || n > len(f.rest) {
		f.bad = true
		return nil
	}
	out := f.rest[:n:n]
	f.rest = f.rest[n:]
	return out
}

func (f *fields) u8() uint8 {
	if b := f.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (f *fields) u32() uint32 {
	if b := f.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (f *fields) u64() uint64 {
	if b := f.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (f *fields) i64() int64    { return int64(f.u64()) }
func (f *fields) int() int      { return int(f.u64()) }
func (f *fields) bytes() []byte { return f.take(int(f.u32())) }
func (f *fields) text() string  { return string(f.bytes()) }

// count reads the number of entries that follow, each at least size bytes long.
func (f *fields) count(size int) int {
	n := int(f.u32())
	if n*size > len(f.rest) {
		f.bad = true
		return 0
	}
	return n
}

// done reports an error unless the body was of the right size and type.
func (f *fields) done(what string) error {
	if f.bad || len(f.rest) > 0 {
		return fmt.Errorf("%w: %s", ErrMalformed, what)
	}
	return nil
}
