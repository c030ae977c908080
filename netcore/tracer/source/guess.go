package source

import "encoding/binary"

// guess replaces a frame for which no table exists by that of its caller: by the
// word on top of the stack if this is where the call was made and the word is a
// return address; by the frame pointer; or by the next word on the stack that is
// a return address into code with lines.
func (f *Finder) guess(fr *frame, s *stack, depth int) bool {
	m := fr.machine
	sp, _ := fr.get(m.sp)
	if depth == 0 {
		if lr, ok := fr.get(m.lr); ok && f.returns(unsigned(lr), s) {
			fr.set(m.pc, unsigned(lr))
			fr.forget(m.lr)
			return true
		}
		if top, ok := s.word(sp); ok && m.lr < 0 && f.returns(top, s) {
			fr.set(m.pc, top)
			fr.set(m.sp, sp+8)
			return true
		}
	}
	return f.framePointer(fr, s, sp) || f.scan(fr, s, sp)
}

// framePointer follows the frame pointer, if it is one: a word on the stack not
// far above, below a return address.
func (f *Finder) framePointer(fr *frame, s *stack, sp uint64) bool {
	m := fr.machine
	fp, ok := fr.get(m.fp)
	if !ok || fp%8 != 0 || fp < sp || fp-sp > 1<<20 {
		return false
	}
	older, ok1 := s.word(fp)
	pc, ok2 := s.word(fp + 8)
	if !ok1 || !ok2 {
		return false
	}
	if m.lr >= 0 {
		pc = unsigned(pc)
	}
	if !f.returns(pc, s) {
		return false
	}
	fr.set(m.fp, older)
	fr.set(m.sp, fp+16)
	fr.set(m.pc, pc)
	return true
}

// scan looks for the next return address into code with lines.
func (f *Finder) scan(fr *frame, s *stack, sp uint64) bool {
	for at := sp; at-sp < maxScan; at += 8 {
		pc, ok := s.word(at)
		if !ok {
			return false
		}
		m := f.find(pc - 1)
		if m == nil || !m.object.hasLines || !f.returns(pc, s) {
			continue
		}
		fr.set(fr.machine.sp, at+8)
		fr.set(fr.machine.pc, pc)
		return true
	}
	return false
}

// returns tells whether an address is one that a call returns to.
func (f *Finder) returns(at uint64, s *stack) bool {
	if f.find(at-1) == nil {
		return false
	}
	const longest = 7 // bytes of a call instruction
	before := s.memory.Read(at-longest, longest)
	return len(before) == longest && f.machine.isReturn(before)
}

// isReturnAMD64 knows the forms of CALL: E8 with 4 bytes, and FF /2 with its
// ways to address. Intel's manual, volume 2.
func isReturnAMD64(b []byte) bool {
	n := len(b)
	if n < 7 {
		return false
	}
	if b[n-5] == 0xe8 {
		return true
	}
	for size := 2; size <= 7; size++ {
		op, modrm := b[n-size], b[n-size+1]
		if op == 0xff && modrm&0x38 == 0x10 && size == callSize(modrm) {
			return true
		}
	}
	return false
}

// callSize is how long FF /2 is with an addressing byte, without prefixes.
func callSize(modrm uint8) int {
	size := 2
	mod, rm := modrm>>6, modrm&7
	if mod == 3 {
		return size
	}
	if rm == 4 {
		size++
	}
	switch {
	case mod == 1:
		size++
	case mod == 2, mod == 0 && rm == 5:
		size += 4
	}
	return size
}

// isReturnARM64 knows BL, BLR and BLR with a signed pointer.
func isReturnARM64(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	op := binary.LittleEndian.Uint32(b[len(b)-4:])
	return op&0xfc000000 == 0x94000000 || op&0xfffffc1f == 0xd63f0000 || op&0xfefff800 == 0xd63f0800
}
