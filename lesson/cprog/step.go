package cprog

// steps says what each instruction does. in is the instruction, the machine
// already stands behind it.
var steps [opTyped + 1]func(m *Machine, in *instr)

func init() {
	steps = [...]func(m *Machine, in *instr){
		opStmt: (*Machine).stand, opConst: (*Machine).constant, opLocal: (*Machine).local, opGlobal: (*Machine).global,
		opLiteral: (*Machine).literal, opLoad: (*Machine).load, opStore: (*Machine).store, opCopy: (*Machine).copy,
		opZero: (*Machine).zero, opUnwrite: (*Machine).unwrite, opDup: (*Machine).dup, opPop: (*Machine).drop,
		opBin: (*Machine).binary, opUnary: (*Machine).unary, opConv: (*Machine).convert, opBool: (*Machine).truth,
		opIndex: (*Machine).index, opDiff: (*Machine).diff, opStep: (*Machine).increment, opJump: (*Machine).jump,
		opZeroJump: (*Machine).zeroJump, opTrueJump: (*Machine).trueJump, opCall: (*Machine).callFunction,
		opLib: (*Machine).callLibrary, opSys: (*Machine).callSystem, opReturn: (*Machine).returnValue,
		opLeave: (*Machine).leave, opFallOff: (*Machine).fallOff, opTyped: (*Machine).leaveTyped,
	}
}

// stand stops before a statement, or before what was typed there.
func (m *Machine) stand(in *instr) {
	m.pc--
	if len(m.queue) > 0 {
		q := m.queue[0]
		a := Action{Kind: AtStatement, Text: q.text, Typed: true}
		a.Statement = m.standing(in)
		m.stop(a)
		return
	}
	f := m.top()
	f.stmt = int(in.a)
	m.stop(m.placed(Action{Kind: AtStatement}, in))
}

// standing is the index of the program's statement an instruction starts.
func (m *Machine) standing(in *instr) int {
	if in.a >= 0 {
		return int(in.a)
	}
	return m.statement()
}

func (m *Machine) constant(in *instr) { m.push(val{bits: uint64(in.a)}) }

func (m *Machine) local(in *instr) { m.push(val{bits: m.top().top + uint64(in.a)}) }

func (m *Machine) global(in *instr) { m.push(val{bits: dataBase + uint64(in.a)}) }

func (m *Machine) literal(in *instr) { m.push(val{bits: m.literals + uint64(in.a)}) }

// badAddress ends the program because of an address with nothing behind it.
func (m *Machine) badAddress(in *instr, at uint64, write bool) {
	message := "segmentation fault: this address belongs to nothing"
	instead := "let the pointer point at a variable"
	switch s := m.mem.find(at); {
	case at < pageSize:
		message = "segmentation fault: the pointer is null here"
		instead = "check it before, or let it point at a variable"
	case s != nil && s.readonly && write:
		message = "segmentation fault: a string literal cannot be written to"
		instead = `write char text[] = "..."; which is a copy of its own`
	}
	m.fault(in, "SIGSEGV", message, instead)
}

func (m *Machine) load(in *instr) {
	a := m.pop()
	m.check(a, in)
	n, written, ok := m.mem.load(a.bits, in.cls)
	if !ok {
		m.badAddress(in, a.bits, false)
		return
	}
	v := val{bits: n}
	if !written {
		v.from = a.bits
	}
	m.push(v)
}

func (m *Machine) store(in *instr) {
	v, a := m.pop(), m.pop()
	m.check(a, in)
	v.bits = in.cls.trim(v.bits)
	if !m.mem.store(a.bits, in.cls, v.bits, v.from == 0) {
		m.badAddress(in, a.bits, true)
		return
	}
	m.push(v)
}

func (m *Machine) copy(in *instr) {
	from, to := m.pop(), m.pop()
	m.check(from, in)
	m.check(to, in)
	if m.move(in, to.bits, from.bits, int(in.a)) {
		m.push(to)
	}
}

// move copies memory with its marks, as memmove does; false after a fault.
func (m *Machine) move(in *instr, to, from uint64, n int) bool {
	if n == 0 {
		return true
	}
	data, marks := m.mem.read(from, n)
	if len(data) < n {
		m.badAddress(in, from+uint64(len(data)), false)
		return false
	}
	if !m.mem.write(to, data, marks) {
		m.badAddress(in, to, true)
		return false
	}
	return true
}

func (m *Machine) zero(in *instr) {
	a := m.pop().bits
	if !m.mem.write(a, make([]byte, in.a), nil) {
		m.badAddress(in, a, true)
	}
}

func (m *Machine) unwrite(in *instr) { m.mem.forget(m.pop().bits, int(in.a)) }

func (m *Machine) dup(in *instr) { m.push(m.stack[len(m.stack)-1]) }

func (m *Machine) drop(in *instr) { m.pop() }

// either is the unwritten memory one of two values came from, or 0.
func either(a, b val) uint64 {
	if a.from != 0 {
		return a.from
	}
	return b.from
}

func (m *Machine) binary(in *instr) {
	b, a := m.pop(), m.pop()
	n, fault := arith(in.b, in.cls, a.bits, b.bits)
	if fault != "" {
		m.fault(in, "SIGFPE", "arithmetic fault: "+fault, "check the divisor before")
		return
	}
	m.push(val{n, either(a, b)})
}

func (m *Machine) unary(in *instr) {
	a := m.pop()
	m.push(val{unary(exprOp(in.b), in.cls, a.bits), a.from})
}

func (m *Machine) convert(in *instr) {
	a := m.pop()
	m.push(val{in.cls.trim(a.bits), a.from})
}

func (m *Machine) truth(in *instr) {
	a := m.pop()
	m.push(val{truth(a.bits != 0), a.from})
}

func (m *Machine) index(in *instr) {
	b, a := m.pop(), m.pop()
	m.push(val{a.bits + b.bits*uint64(in.a), either(a, b)})
}

func (m *Machine) diff(in *instr) {
	b, a := m.pop(), m.pop()
	m.push(val{uint64(int64(a.bits-b.bits) / in.a), either(a, b)})
}

func (m *Machine) increment(in *instr) {
	a := m.pop()
	m.check(a, in)
	old, written, ok := m.mem.load(a.bits, in.cls)
	now := in.cls.trim(old + uint64(in.a))
	if !ok || !m.mem.store(a.bits, in.cls, now, written) {
		m.badAddress(in, a.bits, ok)
		return
	}
	v := val{bits: now}
	if in.b != 0 {
		v.bits = old
	}
	if !written {
		v.from = a.bits
	}
	m.push(v)
}

func (m *Machine) jump(in *instr) { m.pc = int(in.a) }

func (m *Machine) zeroJump(in *instr) {
	v := m.pop()
	m.check(v, in)
	if v.bits == 0 {
		m.pc = int(in.a)
	}
}

func (m *Machine) trueJump(in *instr) {
	v := m.pop()
	m.check(v, in)
	if v.bits != 0 {
		m.pc = int(in.a)
	}
}

// maxFrames bounds how deep functions call each other.
const maxFrames = 10_000

// callFunction makes a frame below the caller's.
func (m *Machine) callFunction(in *instr) {
	f := m.prog.funcs[in.a]
	caller := m.top()
	below := caller.top - uint64(m.prog.funcs[caller.fn].frame) - 16
	if below-uint64(f.frame) < stackTop-stackSize+pageSize || len(m.frames) > maxFrames {
		m.fault(in, "SIGSEGV", "the stack is full: "+f.name+"() was called inside itself too often", "end the recursion")
		return
	}
	m.enter(f, m.pc, below)
}

// enter starts a function: its arguments move from the stack into its frame.
func (m *Machine) enter(f *function, back int, top uint64) {
	m.mem.forget(top-uint64(f.frame), f.frame)
	args := m.stack[len(m.stack)-len(f.params):]
	for i, p := range f.params {
		at := top + uint64(p.off)
		if p.typ.kind == kStruct {
			data, marks := m.mem.read(args[i].bits, p.typ.size())
			m.mem.write(at, data, marks)
			continue
		}
		m.mem.store(at, p.typ.class, args[i].bits, args[i].from == 0)
	}
	m.stack = m.stack[:len(m.stack)-len(f.params)]
	m.frames = append(m.frames, frame{fn: int32(f.index), back: back, top: top, values: len(m.stack), typed: len(m.typed)})
	m.pc = f.entry
}

func (m *Machine) returnValue(in *instr) { m.leaveWith(in, m.pop()) }

func (m *Machine) leave(in *instr) { m.leaveWith(in, val{}) }

// fallOff is the end of a function without return; main returns 0 there.
func (m *Machine) fallOff(in *instr) {
	v := val{}
	if in.b == 0 {
		v = val{bits: uint64(m.opt.Fill) * 0x0101010101010101, from: 1}
	}
	m.leaveWith(in, v)
}

func (m *Machine) leaveWith(in *instr, v val) {
	f := *m.top()
	if f.back < 0 {
		m.exit(in, v.bits)
		return
	}
	m.stack = append(m.stack[:f.values], v)
	m.typed = m.typed[:f.typed]
	m.frames = m.frames[:len(m.frames)-1]
	m.pc = f.back
}

// check notes that a value that was never written is used in earnest.
func (m *Machine) check(v val, in *instr) {
	if v.from == 0 {
		return
	}
	name := m.nameAt(v.from)
	if name == "" {
		name = "a value"
	}
	m.warnOnce(name + " was never written")
}

// warnOnce records a warning, once for each action.
func (m *Machine) warnOnce(text string) {
	if contains(m.fresh, text) {
		return
	}
	m.fresh = append(m.fresh, text)
	if len(m.warnings) < 100 && !contains(m.warnings, text) {
		m.warnings = append(m.warnings, text)
	}
}
