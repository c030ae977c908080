package source

import (
	"bytes"
	"encoding/binary"
)

// reader takes values off the front of bytes, little endian. Beyond the end it
// gives zeros and is bad from then on.
type reader struct {
	data []byte
	bad  bool
}

// take returns the next n bytes, or nil if there are fewer.
func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.data)) {
		r.bad, r.data = true, nil
		return nil
	}
	head := r.data[:n]
	r.data = r.data[n:]
	return head
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// offset is a length or offset of the 32 or the 64 bit format of DWARF.
func (r *reader) offset(wide bool) uint64 {
	if wide {
		return r.u64()
	}
	return uint64(r.u32())
}

// length is the length at the front of a unit, and whether it is of the 64 bit
// format.
func (r *reader) length() (n uint64, wide bool) {
	n = uint64(r.u32())
	if n == 0xffffffff {
		return r.u64(), true
	}
	return n, false
}

// uleb is an unsigned number in LEB128.
func (r *reader) uleb() (v uint64) {
	for shift := 0; ; shift += 7 {
		b := r.u8()
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		if b < 0x80 {
			return v
		}
	}
}

// sleb is a signed number in LEB128.
func (r *reader) sleb() (v int64) {
	for shift := 0; ; {
		b := r.u8()
		if shift < 64 {
			v |= int64(b&0x7f) << shift
		}
		shift += 7
		if b < 0x80 {
			if shift < 64 && b&0x40 != 0 {
				v |= -1 << shift
			}
			return v
		}
	}
}

// text is a string that ends with a zero.
func (r *reader) text() string {
	n := bytes.IndexByte(r.data, 0)
	if n < 0 {
		r.bad, r.data = true, nil
		return ""
	}
	return string(r.take(uint64(n) + 1)[:n])
}

// textAt is the string at an offset of a table of strings.
func textAt(table []byte, offset uint64) string {
	if offset >= uint64(len(table)) {
		return ""
	}
	r := reader{data: table[offset:]}
	return r.text()
}
