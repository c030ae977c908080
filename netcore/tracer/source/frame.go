package source

import (
	"debug/elf"
	"encoding/binary"
)

// machine is how the unwind tables of a processor number its registers.
type machine struct {
	sp, fp int
	pc     int // amd64's column of the return address; on arm64 a number of our own
	lr     int // -1 for none
	// isReturn tells whether the code that ends here is a call.
	isReturn func(before []byte) bool
}

// columns is how many registers a frame keeps; vector registers are none of them.
const columns = 33

// machines are those known here, by the System V ABI of each.
var machines = map[elf.Machine]*machine{
	elf.EM_X86_64:  {sp: 7, fp: 6, pc: 16, lr: -1, isReturn: isReturnAMD64},
	elf.EM_AARCH64: {sp: 31, fp: 29, pc: 32, lr: 30, isReturn: isReturnARM64},
}

// frame is the registers in one frame of a stack, as far as they are known.
type frame struct {
	machine *machine
	reg     [columns]uint64
	known   uint64 // a bit a register
}

func newFrame(m *machine, r Registers) frame {
	fr := frame{machine: m}
	fr.set(m.pc, r.PC)
	fr.set(m.sp, r.SP)
	fr.set(m.fp, r.FP)
	if m.lr >= 0 {
		fr.set(m.lr, r.LR)
	}
	return fr
}

func (fr *frame) set(n int, v uint64) {
	fr.reg[n] = v
	fr.known |= 1 << n
}

func (fr *frame) forget(n int) { fr.known &^= 1 << n }

// get returns a register, and whether it is known.
func (fr *frame) get(n int) (uint64, bool) {
	if n < 0 || n >= columns || fr.known&(1<<n) == 0 {
		return 0, false
	}
	return fr.reg[n], true
}

func (fr *frame) pc() uint64 { return fr.reg[fr.machine.pc] }

// row says how to get from a frame to its caller, for one address.
type row struct {
	cfa    rule // of the canonical frame address: a register and an offset, or an expression
	rules  []rule
	ra     int  // the column of the return address
	signal bool // a frame the kernel made to deliver a signal
}

// rule is how a register of the caller is found.
type rule struct {
	reg        int // which
	kind       ruleKind
	from       int // for ruleRegister
	offset     int64
	expression []byte
}

type ruleKind uint8

const (
	ruleSame            ruleKind = iota // as it is
	ruleUndefined                       // lost
	ruleOffset                          // in memory, at the frame address and an offset
	ruleValue                           // the frame address and an offset
	ruleRegister                        // another register and an offset
	ruleExpression                      // in memory, where an expression says
	ruleValueExpression                 // what an expression says
)

// unwind replaces a frame by its caller's. It reports false at the end of the
// stack and where something needed is not known.
func (fr *frame) unwind(r *row, s *stack) bool {
	cfa, ok := fr.value(r.cfa, 0, s)
	if !ok {
		return false
	}
	next := *fr
	next.set(fr.machine.sp, cfa)
	for _, rule := range r.rules {
		if v, ok := fr.value(rule, cfa, s); ok {
			next.set(rule.reg, v)
		} else {
			next.forget(rule.reg)
		}
	}
	pc, ok := next.get(r.ra)
	if !ok {
		return false
	}
	if lr := fr.machine.lr; lr >= 0 {
		pc = unsigned(pc)
		if !r.signal {
			next.forget(lr) // the caller has saved its own, or its table says so
		}
	}
	next.set(fr.machine.pc, pc)
	*fr = next
	return true
}

// unsigned takes the signature of arm64's pointer authentication off an address.
func unsigned(at uint64) uint64 { return at & (1<<48 - 1) }

// value is what a rule gives for a frame.
func (fr *frame) value(r rule, cfa uint64, s *stack) (uint64, bool) {
	switch r.kind {
	case ruleSame:
		return fr.get(r.reg)
	case ruleOffset:
		return s.word(cfa + uint64(r.offset))
	case ruleValue:
		return cfa + uint64(r.offset), true
	case ruleRegister:
		v, ok := fr.get(r.from)
		return v + uint64(r.offset), ok
	case ruleExpression:
		at, ok := fr.evaluate(r.expression, cfa, s)
		if !ok {
			return 0, false
		}
		return s.word(at)
	case ruleValueExpression:
		return fr.evaluate(r.expression, cfa, s)
	}
	return 0, false
}

// stack is the memory of a thread, read in pieces.
type stack struct {
	memory Memory
	base   uint64
	bytes  []byte
}

// piece is how much is read at once: most calls are found within one piece.
const piece = 512

// word returns the 8 bytes at an address, and whether they can be read.
func (s *stack) word(at uint64) (uint64, bool) {
	if off := at - s.base; off < uint64(len(s.bytes)) && uint64(len(s.bytes))-off >= 8 {
		return binary.LittleEndian.Uint64(s.bytes[off:]), true
	}
	s.base, s.bytes = at, s.memory.Read(at, piece)
	if len(s.bytes) < 8 {
		s.bytes = nil
		return 0, false
	}
	return binary.LittleEndian.Uint64(s.bytes), true
}
