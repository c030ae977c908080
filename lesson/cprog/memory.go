package cprog

import (
	"encoding/binary"
	"math/bits"
)

const pageSize = 4096

// owner marks which machine may write to a page; the others copy it first.
type owner struct{ _ byte }

// page is a piece of memory. written has a bit for each byte that the program
// or the kernel set.
type page struct {
	owner   *owner
	data    [pageSize]byte
	written [pageSize / 64]uint64
}

// segment is a run of memory between two addresses. A page nobody touched is
// nil.
type segment struct {
	base, limit uint64
	pages       []*page
	readonly    bool
}

// memory is everything a program can point at.
type memory struct {
	owner    *owner
	fill     byte
	segments []*segment
}

// clone shares all pages; either side copies a page before it writes to it.
func (m *memory) clone() memory {
	c := memory{owner: &owner{}, fill: m.fill, segments: make([]*segment, len(m.segments))}
	m.owner = &owner{}
	for i, s := range m.segments {
		d := *s
		d.pages = append([]*page(nil), s.pages...)
		c.segments[i] = &d
	}
	return c
}

// add makes a segment of size bytes.
func (m *memory) add(base uint64, size int) *segment {
	s := &segment{base: base, limit: base + uint64(size), pages: make([]*page, roundUp(size, pageSize)/pageSize)}
	m.segments = append(m.segments, s)
	return s
}

// find is the segment an address is in, or nil.
func (m *memory) find(at uint64) *segment {
	for _, s := range m.segments {
		if at >= s.base && at < s.limit {
			return s
		}
	}
	return nil
}

// room is how many bytes there are from an address to its segment's end; 0 when
// it is in none.
func (m *memory) room(at uint64) int {
	if s := m.find(at); s != nil {
		return int(s.limit - at)
	}
	return 0
}

// own gives a page for writing.
func (m *memory) own(s *segment, n int) *page {
	p := s.pages[n]
	switch {
	case p == nil:
		p = &page{owner: m.owner}
		fill(p.data[:], m.fill)
	case p.owner != m.owner:
		c := *p
		c.owner = m.owner
		p = &c
	default:
		return p
	}
	s.pages[n] = p
	return p
}

func fill(b []byte, with byte) {
	for i := range b {
		b[i] = with
	}
}

// each runs f over the pages of a range that lies in one segment.
func each(s *segment, at uint64, n int, f func(index, from, to, done int)) {
	off := int(at - s.base)
	for done := 0; done < n; {
		from := (off + done) % pageSize
		to := min(from+n-done, pageSize)
		f((off+done)/pageSize, from, to, done)
		done += to - from
	}
}

// read copies n bytes out and tells which of them were written (nil: all).
// What lies behind the segment's end is left out.
func (m *memory) read(at uint64, n int) (data []byte, written []bool) {
	s := m.find(at)
	if s == nil || n <= 0 {
		return nil, nil
	}
	n = min(n, int(s.limit-at))
	data, written = make([]byte, n), make([]bool, n)
	each(s, at, n, func(index, from, to, done int) {
		p := s.pages[index]
		if p == nil {
			fill(data[done:done+to-from], m.fill)
			return
		}
		copy(data[done:], p.data[from:to])
		for i := from; i < to; i++ {
			written[done+i-from] = p.written[i/64]&(1<<(i%64)) != 0
		}
	})
	return data, written
}

// write copies bytes in and marks them written or not, each by its mark; nil
// marks all as written. It reports whether the memory is there and writable.
func (m *memory) write(at uint64, data []byte, marks []bool) bool {
	if len(data) == 0 {
		return true
	}
	s := m.find(at)
	if s == nil || s.readonly || len(data) > int(s.limit-at) {
		return false
	}
	m.put(s, at, data, marks)
	return true
}

func (m *memory) put(s *segment, at uint64, data []byte, marks []bool) {
	each(s, at, len(data), func(index, from, to, done int) {
		p := m.own(s, index)
		copy(p.data[from:to], data[done:])
		if marks == nil {
			p.mark(from, to)
			return
		}
		for i := from; i < to; i++ {
			p.set(i, marks[done+i-from])
		}
	})
}

// mark marks bytes as written.
func (p *page) mark(from, to int) {
	for from < to {
		word, bit := from/64, from%64
		n := min(64-bit, to-from)
		p.written[word] |= (^uint64(0) >> (64 - n)) << bit
		from += n
	}
}

func (p *page) set(i int, written bool) {
	if written {
		p.written[i/64] |= 1 << (i % 64)
	} else {
		p.written[i/64] &^= 1 << (i % 64)
	}
}

// forget makes bytes not written; they hold the fill again.
func (m *memory) forget(at uint64, n int) {
	s := m.find(at)
	if s == nil {
		return
	}
	n = min(n, int(s.limit-at))
	each(s, at, n, func(index, from, to, _ int) {
		if s.pages[index] == nil {
			return
		}
		if from == 0 && to == pageSize {
			s.pages[index] = nil
			return
		}
		p := m.own(s, index)
		fill(p.data[from:to], m.fill)
		for i := from; i < to; i++ {
			p.set(i, false)
		}
	})
}

// load reads a scalar. written tells whether every byte of it was.
func (m *memory) load(at uint64, c class) (n uint64, written, ok bool) {
	size := c.size()
	s := m.find(at)
	if s == nil || uint64(size) > s.limit-at {
		return 0, false, false
	}
	var buf [8]byte
	off := int(at - s.base)
	from := off % pageSize
	if p := s.pages[off/pageSize]; p != nil && from+size <= pageSize {
		copy(buf[:size], p.data[from:])
		return c.trim(getBits(buf, size)), p.all(from, size), true
	}
	data, marks := m.read(at, size)
	copy(buf[:], data)
	written = true
	for _, w := range marks {
		written = written && w
	}
	return c.trim(getBits(buf, size)), written, true
}

// all tells whether size bytes were all written.
func (p *page) all(from, size int) bool {
	mask := uint64(1)<<size - 1
	word, bit := from/64, from%64
	have := p.written[word] >> bit
	if bit+size > 64 {
		have |= p.written[word+1] << (64 - bit)
	}
	return bits.OnesCount64(have&mask) == size
}

// store writes a scalar; one that was never written itself stays so.
func (m *memory) store(at uint64, c class, n uint64, written bool) bool {
	size := c.size()
	s := m.find(at)
	if s == nil || s.readonly || uint64(size) > s.limit-at {
		return false
	}
	var buf [8]byte
	putBits(buf[:], c, n)
	var marks []bool
	if !written {
		marks = unmarked[:size]
	}
	m.put(s, at, buf[:size], marks)
	return true
}

var unmarked [8]bool

func getBits(b [8]byte, size int) uint64 {
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.NativeEndian.Uint16(b[:]))
	case 4:
		return uint64(binary.NativeEndian.Uint32(b[:]))
	}
	return binary.NativeEndian.Uint64(b[:])
}

// putBits writes the low bytes of n in the machine's byte order.
func putBits(b []byte, c class, n uint64) {
	switch c.size() {
	case 1:
		b[0] = byte(n)
	case 2:
		binary.NativeEndian.PutUint16(b, uint16(n))
	case 4:
		binary.NativeEndian.PutUint32(b, uint32(n))
	default:
		binary.NativeEndian.PutUint64(b, n)
	}
}

// text reads a string up to its null byte. ok is false when it runs out of the
// memory; written when every byte of it was.
func (m *memory) text(at uint64, most int) (text []byte, written, ok bool) {
	written = true
	for len(text) < most {
		n, w, there := m.load(at+uint64(len(text)), c8u)
		if !there {
			return text, written, false
		}
		written = written && w
		if n == 0 {
			return text, written, true
		}
		text = append(text, byte(n))
	}
	return text, written, true
}
