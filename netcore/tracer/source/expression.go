package source

// Operations of a DWARF expression, DWARF 5 section 7.7.1, as far as unwind
// tables use them.
const (
	opAddr       = 0x03
	opDeref      = 0x06
	opConst1u    = 0x08
	opConst1s    = 0x09
	opConst2u    = 0x0a
	opConst2s    = 0x0b
	opConst4u    = 0x0c
	opConst4s    = 0x0d
	opConst8u    = 0x0e
	opConst8s    = 0x0f
	opConstu     = 0x10
	opConsts     = 0x11
	opDup        = 0x12
	opDrop       = 0x13
	opOver       = 0x14
	opPick       = 0x15
	opSwap       = 0x16
	opRot        = 0x17
	opAnd        = 0x1a
	opMinus      = 0x1c
	opMul        = 0x1e
	opNeg        = 0x1f
	opNot        = 0x20
	opOr         = 0x21
	opPlus       = 0x22
	opPlusUconst = 0x23
	opShl        = 0x24
	opShr        = 0x25
	opShra       = 0x26
	opXor        = 0x27
	opBra        = 0x28
	opEq         = 0x29
	opGe         = 0x2a
	opGt         = 0x2b
	opLe         = 0x2c
	opLt         = 0x2d
	opNe         = 0x2e
	opSkip       = 0x2f
	opLit0       = 0x30
	opReg0       = 0x50
	opBreg0      = 0x70
	opBregx      = 0x92
	opDerefSize  = 0x94
	opNop        = 0x96
)

// Limits of an expression: those of real tables take 10 operations.
const (
	maxOperations = 512
	maxValues     = 64
)

// values is the stack of values an expression works on.
type values struct {
	list []uint64
	bad  bool
}

func (v *values) push(x uint64) {
	if len(v.list) >= maxValues {
		v.bad = true
		return
	}
	v.list = append(v.list, x)
}

func (v *values) pop() uint64 {
	if len(v.list) == 0 {
		v.bad = true
		return 0
	}
	x := v.list[len(v.list)-1]
	v.list = v.list[:len(v.list)-1]
	return x
}

// pick pushes the value n below the top.
func (v *values) pick(n int) {
	if n >= len(v.list) {
		v.bad = true
		return
	}
	v.push(v.list[len(v.list)-1-n])
}

// evaluate works an expression out, beginning with cfa on its stack as the rules
// of registers do; the rule of the frame address itself begins with 0, which it
// does not look at.
func (fr *frame) evaluate(code []byte, cfa uint64, s *stack) (uint64, bool) {
	v := values{list: make([]uint64, 0, 8)}
	v.push(cfa)
	r := reader{data: code}
	for n := 0; len(r.data) > 0; n++ {
		if n >= maxOperations {
			return 0, false
		}
		op := r.u8()
		switch {
		case op == opBra || op == opSkip:
			by := int(int16(r.u16()))
			if op == opBra && v.pop() == 0 {
				break
			}
			to := len(code) - len(r.data) + by
			if to < 0 || to > len(code) {
				return 0, false
			}
			r.data = code[to:]
		case constant(op, &r, &v), arithmetic(op, &r, &v), fr.access(op, &r, &v, s):
		default:
			return 0, false
		}
		if v.bad || r.bad {
			return 0, false
		}
	}
	return v.pop(), !v.bad
}

// constant does the operations that push a constant.
func constant(op uint8, r *reader, v *values) bool {
	switch {
	case op >= opLit0 && op < opReg0:
		v.push(uint64(op - opLit0))
		return true
	}
	switch op {
	case opAddr, opConst8u, opConst8s:
		v.push(r.u64())
	case opConst1u:
		v.push(uint64(r.u8()))
	case opConst1s:
		v.push(uint64(int8(r.u8())))
	case opConst2u:
		v.push(uint64(r.u16()))
	case opConst2s:
		v.push(uint64(int16(r.u16())))
	case opConst4u:
		v.push(uint64(r.u32()))
	case opConst4s:
		v.push(uint64(int32(r.u32())))
	case opConstu:
		v.push(r.uleb())
	case opConsts:
		v.push(uint64(r.sleb()))
	default:
		return false
	}
	return true
}

// access does the operations that look at registers and memory.
func (fr *frame) access(op uint8, r *reader, v *values, s *stack) bool {
	var n int
	switch {
	case op >= opBreg0 && op < opBreg0+32:
		n = int(op - opBreg0)
	case op == opBregx:
		n = int(min(r.uleb(), columns))
	case op == opDeref, op == opDerefSize:
		size := uint8(8)
		if op == opDerefSize {
			size = r.u8()
		}
		x, ok := s.word(v.pop())
		if !ok || size == 0 || size > 8 {
			return false
		}
		v.push(x & (1<<(8*uint(size)) - 1)) // a shift by 64 gives 0, less 1 all bits
		return true
	default:
		return false
	}
	offset := r.sleb()
	x, ok := fr.get(n)
	if ok {
		v.push(x + uint64(offset))
	}
	return ok
}

// arithmetic does the operations on the stack of values alone.
func arithmetic(op uint8, r *reader, v *values) bool {
	switch op {
	case opNop:
	case opDup:
		v.pick(0)
	case opDrop:
		v.pop()
	case opOver:
		v.pick(1)
	case opPick:
		v.pick(int(r.u8()))
	case opRot:
		a, b, c := v.pop(), v.pop(), v.pop()
		v.push(a)
		v.push(c)
		v.push(b)
	case opSwap:
		a, b := v.pop(), v.pop()
		v.push(a)
		v.push(b)
	case opNeg:
		v.push(-v.pop())
	case opNot:
		v.push(^v.pop())
	case opPlusUconst:
		v.push(v.pop() + r.uleb())
	default:
		if op < opAnd || op > opNe {
			return false
		}
		b, a := v.pop(), v.pop()
		x, ok := binaryOperation(op, a, b)
		v.push(x)
		return ok
	}
	return true
}

func binaryOperation(op uint8, a, b uint64) (uint64, bool) {
	switch op {
	case opAnd:
		return a & b, true
	case opMinus:
		return a - b, true
	case opMul:
		return a * b, true
	case opOr:
		return a | b, true
	case opPlus:
		return a + b, true
	case opShl:
		return a << b, true
	case opShr:
		return a >> b, true
	case opShra:
		return uint64(int64(a) >> b), true
	case opXor:
		return a ^ b, true
	}
	return compareOperation(op, int64(a), int64(b))
}

func compareOperation(op uint8, a, b int64) (uint64, bool) {
	var is bool
	switch op {
	case opEq:
		is = a == b
	case opGe:
		is = a >= b
	case opGt:
		is = a > b
	case opLe:
		is = a <= b
	case opLt:
		is = a < b
	case opNe:
		is = a != b
	default:
		return 0, false
	}
	if is {
		return 1, true
	}
	return 0, true
}
