package cprog

// opcode is one instruction of the machine. Its operands are on a stack of
// values.
type opcode uint8

const (
	opStmt    opcode = iota // stand before the statement a
	opConst                 // push a
	opLocal                 // push the frame's top plus a
	opGlobal                // push the data's start plus a
	opLiteral               // push the literals' start plus a
	opLoad                  // address -> value
	opStore                 // address, value -> value
	opCopy                  // to, from -> to; a bytes
	opZero                  // address ->; a bytes become zero
	opUnwrite               // address ->; a bytes become not written
	opDup
	opPop
	opBin   // x, y -> x b y
	opUnary // x -> b x
	opConv
	opBool  // x -> x != 0
	opIndex // pointer, index -> pointer plus index times a
	opDiff  // pointer, pointer -> elements of a bytes between them
	opStep  // address -> value; adds a, b tells that the old value counts
	opJump
	opZeroJump
	opTrueJump
	opCall    // function a
	opLib     // library function a with b arguments
	opSys     // system call a with b arguments
	opReturn  // value ->
	opLeave   // return without a value
	opFallOff // the end of a function that should have returned a value
	opTyped   // the end of what was typed; b tells that a value is left
)

// instr is one instruction; off is the byte of the source it stands for.
type instr struct {
	op  opcode
	cls class
	b   uint8
	off int32
	a   int64
}

// emitter collects instructions; base is the number of the first one.
type emitter struct {
	code []instr
	base int
}

func (g *emitter) here() int { return g.base + len(g.code) }

func (g *emitter) emit(op opcode, cls class, b uint8, a int64, off int32) int {
	g.code = append(g.code, instr{op, cls, b, off, a})
	return len(g.code) - 1
}

// patch lets the jumps at these places lead here.
func (g *emitter) patch(jumps ...int) {
	for _, j := range jumps {
		g.code[j].a = int64(g.here())
	}
}

// gen leaves the expression's value on the stack; of a struct, its address.
func (g *emitter) gen(e *expr) {
	switch e.op {
	case eConst:
		g.emit(opConst, 0, 0, e.n, e.off)
	case eLocal, eGlobal, eAbs, eString, eDeref, eMember, eCompound:
		g.address(e)
		if e.typ.scalar() {
			g.emit(opLoad, e.typ.class, 0, 0, e.off)
		}
	case eAddr, eDecay:
		g.address(e.a)
	case eConv:
		g.convert(e)
	case eBin, eIndex, eDiff:
		g.binary(e)
	case eNeg, eCom, eNot:
		g.gen(e.a)
		g.emit(opUnary, e.typ.class, uint8(e.op), 0, e.off)
	case eAnd, eOr:
		g.logical(e)
	case eCond:
		g.conditional(e)
	case eComma:
		g.gen(e.a)
		g.emit(opPop, 0, 0, 0, e.off)
		g.gen(e.b)
	case eAssign:
		g.assign(e)
	case eOpAssign:
		g.opAssign(e)
	case eStep:
		g.address(e.a)
		g.emit(opStep, e.typ.class, uint8(truth(e.post)), e.n, e.off)
	case eCall, eLib, eSys:
		g.call(e)
	}
}

// address leaves the address of the object on the stack.
func (g *emitter) address(e *expr) {
	switch e.op {
	case eLocal:
		g.emit(opLocal, 0, 0, e.n, e.off)
	case eGlobal:
		g.emit(opGlobal, 0, 0, e.n, e.off)
	case eAbs:
		g.emit(opConst, 0, 0, e.n, e.off)
	case eString:
		g.emit(opLiteral, 0, 0, e.n, e.off)
	case eDeref:
		g.gen(e.a)
	case eMember:
		g.address(e.a)
		if e.n != 0 {
			g.emit(opConst, 0, 0, e.n, e.off)
			g.emit(opBin, c64u, '+', 0, e.off)
		}
	case eCompound:
		g.initialise(e.a, e.items)
		g.address(e.a)
	default:
		g.gen(e) // a struct that is a value: its address is the value
	}
}

func (g *emitter) convert(e *expr) {
	if n, ok := e.value(); ok {
		g.emit(opConst, 0, 0, n, e.off)
		return
	}
	g.gen(e.a)
	if !e.typ.scalar() || !e.a.typ.scalar() || e.typ.class == e.a.typ.class {
		return
	}
	g.emit(opConv, e.typ.class, 0, 0, e.off)
}

func (g *emitter) binary(e *expr) {
	g.gen(e.a)
	g.gen(e.b)
	switch e.op {
	case eIndex:
		g.emit(opIndex, 0, 0, e.n, e.off)
	case eDiff:
		g.emit(opDiff, 0, 0, e.n, e.off)
	default:
		g.emit(opBin, e.a.typ.class, operator(e.tok), 0, e.off)
	}
}

func (g *emitter) logical(e *expr) {
	op, short := opZeroJump, int64(0)
	if e.op == eOr {
		op, short = opTrueJump, 1
	}
	g.gen(e.a)
	out := g.emit(op, 0, 0, 0, e.off)
	g.gen(e.b)
	g.emit(opBool, 0, 0, 0, e.off)
	end := g.emit(opJump, 0, 0, 0, e.off)
	g.patch(out)
	g.emit(opConst, 0, 0, short, e.off)
	g.patch(end)
}

func (g *emitter) conditional(e *expr) {
	g.gen(e.a)
	other := g.emit(opZeroJump, 0, 0, 0, e.off)
	g.gen(e.b)
	end := g.emit(opJump, 0, 0, 0, e.off)
	g.patch(other)
	g.gen(e.c)
	g.patch(end)
}

func (g *emitter) assign(e *expr) {
	g.address(e.a)
	g.gen(e.b)
	if e.typ.kind == kStruct {
		g.emit(opCopy, 0, 0, int64(e.typ.size()), e.off)
		return
	}
	g.emit(opStore, e.a.typ.class, 0, 0, e.off)
}

func (g *emitter) opAssign(e *expr) {
	cls := e.a.typ.class
	g.address(e.a)
	g.emit(opDup, 0, 0, 0, e.off)
	g.emit(opLoad, cls, 0, 0, e.off)
	if e.typ.kind == kPtr {
		g.gen(e.b)
		g.emit(opIndex, 0, 0, e.n, e.off)
	} else {
		g.emit(opConv, e.wide.class, 0, 0, e.off)
		g.gen(e.b)
		g.emit(opBin, e.wide.class, operator(e.tok), 0, e.off)
		g.emit(opConv, cls, 0, 0, e.off)
	}
	g.emit(opStore, cls, 0, 0, e.off)
}

func (g *emitter) call(e *expr) {
	for _, a := range e.args {
		g.gen(a)
	}
	switch e.op {
	case eCall:
		g.emit(opCall, 0, uint8(len(e.args)), int64(e.fn.index), e.off)
	case eLib:
		g.emit(opLib, e.typ.class, uint8(len(e.args)), int64(e.lib.index()), e.off)
	default:
		g.emit(opSys, e.typ.class, uint8(len(e.args)), int64(e.lib.index()), e.off)
	}
}

// initItem is one value of an initialiser, n bytes into the object.
type initItem struct {
	off   int
	typ   *ctype
	value *expr
}

// initialise zeroes an object and stores the values. Text goes in as bytes.
func (g *emitter) initialise(obj *expr, items []initItem) {
	scalar := obj.typ.scalar()
	if !scalar {
		g.address(obj)
		g.emit(opZero, 0, 0, int64(obj.typ.size()), obj.off)
	}
	for _, it := range items {
		g.address(obj)
		if it.off != 0 {
			g.emit(opConst, 0, 0, int64(it.off), obj.off)
			g.emit(opBin, c64u, '+', 0, obj.off)
		}
		if it.typ.kind == kArray { // text
			g.address(it.value)
			g.emit(opCopy, 0, 0, int64(min(it.typ.size(), len(it.value.text)+1)), it.value.off)
		} else {
			g.gen(it.value)
			if it.typ.kind == kStruct {
				g.emit(opCopy, 0, 0, int64(it.typ.size()), it.value.off)
			} else {
				g.emit(opStore, it.typ.class, 0, 0, it.value.off)
			}
		}
		g.emit(opPop, 0, 0, 0, obj.off)
	}
}
