package cprog

import "sockstep/netcore"

// The machine's address space. The addresses lie where Go programs have nothing,
// so that one which reaches the kernel as it is earns EFAULT.
const (
	literalBase = 0x555555556000
	dataBase    = 0x555555600000
	typedBase   = 0x555557000000
	libraryBase = 0x555558000000
	stackTop    = 0x7ffff7fff000
	stackSize   = 8 << 20
	launchSize  = 4096 // above main(): what started the program left it there
)

// What the C library keeps at libraryBase.
const (
	errnoAt    = libraryBase
	anyAt      = libraryBase + 16
	loopbackAt = libraryBase + 32
	ntoaAt     = libraryBase + 512
	stdinAt    = libraryBase + 1024
	stdoutAt   = libraryBase + 1280
	stderrAt   = libraryBase + 1536
	errorAt    = libraryBase + pageSize // the sentences of strerror(), 64 bytes each
)

// Options are what a machine starts with.
type Options struct {
	// PID is what getpid() returns.
	PID int
	// Fill is what memory holds that was never written; 0 stands for 0xaa.
	Fill byte
	// StepLimit bounds how many instructions run from one system call to the
	// next; 0 stands for ten million.
	StepLimit int
}

// Kind says why a machine stands still.
type Kind int

const (
	// AtStatement stands before a statement: Step goes into it.
	AtStatement Kind = iota
	// Call wants a system call made: Resume goes on with its result.
	Call
	// Output wants bytes printed: Resume goes on.
	Output
	// Exited is the end, with a status.
	Exited
	// Fault is the end because of something no program survives.
	Fault
)

// Action is where a machine stands and what it wants.
type Action struct {
	Kind Kind
	// Line and Column are where in the source, from 1; of a typed line 0.
	Line, Column int
	// Text is the statement's text.
	Text string
	// Statement is the index of the program's statement that is next or under
	// way; of a typed line, of the one it was typed before.
	Statement int
	// Typed tells that a typed line is next or under way.
	Typed  bool
	Call   *netcore.Request // of a Call
	Output *OutputText      // of an Output
	Exit   int              // the status of Exited, 0 to 255
	Fault  *Error           // of a Fault
	Signal string           // of a Fault: what a real program would have died of
	// Warnings says which values were used that the program never wrote, since
	// the action before.
	Warnings []string
}

// OutputText is what the program prints.
type OutputText struct {
	FD    int // 1 or 2
	Bytes []byte
}

// Result is what came of a call.
type Result struct {
	Ret   int64
	Errno int // where Ret is -1
	// After holds, for each argument that was memory, its bytes at return.
	After [][]byte
}

// val is a value on the machine's stack; from is the address of the memory it
// was read from when that was never written, otherwise 0.
type val struct {
	bits uint64
	from uint64
}

// frame is one call of a function.
type frame struct {
	fn     int32
	back   int // the instruction after the call
	top    uint64
	values int // operands that belong to the frames outside
	stmt   int
	typed  int // typed lines that belong to the frames outside
	extra  []*variable
}

// typedLine is a line that was typed in and is not done.
type typedLine struct {
	entry int
	back  int
	text  string
	value *ctype
	vars  []*variable
}

// Machine runs one program. It is not safe for use by several goroutines at
// once.
type Machine struct {
	prog     *Program
	opt      Options
	mem      memory
	pc       int
	literals uint64 // where the program's string literals start
	stack    []val
	frames   []frame
	action   Action
	ready    bool // action says where the machine stands
	halted   bool // an instruction asked to stop
	over     bool // Exited or Fault
	fuel     int
	call     *pendingCall
	answer   val // what the pending output returns
	visited  []uint64
	warnings []string
	fresh    []string // warnings since the action before
	queue    []typedLine
	typed    []typedLine // under way, innermost last
	extra    []instr     // typed code, behind the program's
	lines    []typedStatement
	typedAt  uint64
	last     string
	hasLast  bool
}

// typedStatement is a statement of a typed line.
type typedStatement struct {
	Statement
	src *source
}

// New gives a machine that stands before the program's first statement.
func New(p *Program, o Options) *Machine {
	if o.Fill == 0 {
		o.Fill = 0xaa
	}
	if o.StepLimit <= 0 {
		o.StepLimit = 10_000_000
	}
	m := &Machine{prog: p, opt: o, fuel: o.StepLimit, typedAt: typedBase, visited: make([]uint64, len(p.stmts)/64+1)}
	m.mem = memory{owner: &owner{}, fill: o.Fill}
	m.mem.add(stackTop-stackSize, stackSize)
	m.loadLibrary()
	m.loadGlobals(p)
	m.literals = m.loadLiterals(p, literalBase)
	m.relocate(p, 0)
	m.enterMain()
	return m
}

func (m *Machine) loadLibrary() {
	m.mem.add(libraryBase, 8*pageSize)
	zero := make([]byte, pageSize)
	zero[loopbackAt-libraryBase+15] = 1
	m.mem.write(libraryBase, zero, nil)
}

func (m *Machine) loadGlobals(p *Program) {
	m.mem.add(dataBase, roundUp(max(len(p.data), 1), pageSize))
	m.mem.write(dataBase, make([]byte, roundUp(max(len(p.data), 1), pageSize)), nil)
	m.mem.write(dataBase, p.data, nil)
}

// loadLiterals puts the string literals where no others are.
func (m *Machine) loadLiterals(p *Program, at uint64) uint64 {
	if len(p.literals) == 0 {
		return at
	}
	for m.mem.find(at) != nil || m.mem.find(at+uint64(roundUp(len(p.literals), pageSize))-1) != nil {
		at += pageSize
	}
	s := m.mem.add(at, roundUp(len(p.literals), pageSize))
	m.mem.put(s, at, make([]byte, s.limit-s.base), nil)
	m.mem.put(s, at, p.literals, nil)
	s.readonly = true
	return at
}

// relocate puts the addresses into the globals from an offset on.
func (m *Machine) relocate(p *Program, from int) {
	for _, r := range p.relocs {
		base := uint64(dataBase)
		if r.literal {
			base = m.literals
		}
		if r.off >= from {
			m.mem.store(dataBase+uint64(r.off), c64u, base+uint64(r.to), true)
		}
	}
}

// enterMain makes the first frame. main's parameters are the program's name.
func (m *Machine) enterMain() {
	f := m.prog.main
	name := "./" + trimC(m.prog.File())
	at := uint64(stackTop - 64 - roundUp(len(name)+1, 16))
	m.mem.write(at, append([]byte(name), 0), nil)
	argv := at - 16
	m.mem.store(argv, c64u, at, true)
	m.mem.store(argv+8, c64u, 0, true)
	for i := range f.params {
		arg := []uint64{1, argv, 0}[min(i, 2)]
		m.stack = append(m.stack, val{bits: arg})
	}
	m.enter(f, -1, stackTop-launchSize)
}

func trimC(file string) string {
	if n := len(file); n > 2 && file[n-2:] == ".c" {
		return file[:n-2]
	}
	return file
}

// Clone gives a copy that goes on by itself. The two share memory until one
// writes to it.
func (m *Machine) Clone() *Machine {
	c := *m
	c.mem = m.mem.clone()
	c.stack = append([]val(nil), m.stack...)
	c.frames = append([]frame(nil), m.frames...)
	for i := range c.frames {
		c.frames[i].extra = append([]*variable(nil), m.frames[i].extra...)
	}
	c.visited = append([]uint64(nil), m.visited...)
	c.warnings = append([]string(nil), m.warnings...)
	c.fresh = append([]string(nil), m.fresh...)
	c.queue = append([]typedLine(nil), m.queue...)
	c.typed = append([]typedLine(nil), m.typed...)
	c.extra = append([]instr(nil), m.extra...)
	c.lines = append([]typedStatement(nil), m.lines...)
	return &c
}

// Program is the program the machine runs.
func (m *Machine) Program() *Program { return m.prog }

// Warnings says which values the program used although it never wrote them, in
// the order in which that happened.
func (m *Machine) Warnings() []string { return append([]string(nil), m.warnings...) }

// LastValue is the value of the last typed expression; ok is false when it had
// none.
func (m *Machine) LastValue() (text string, ok bool) { return m.last, m.hasLast }

// Next runs up to the next thing that is not the machine's to do and says what
// it is. It gives the same answer until Step or Resume is called.
func (m *Machine) Next() Action {
	if !m.ready {
		m.run()
		m.action.Warnings, m.fresh = m.fresh, nil
		m.ready = true
	}
	return m.action
}

// Step goes into the statement the machine stands before. Elsewhere it does
// nothing.
func (m *Machine) Step() {
	if m.Next().Kind != AtStatement {
		return
	}
	m.ready = false
	if len(m.queue) > 0 {
		m.enterTyped()
		return
	}
	in := m.at(m.pc)
	m.pc++
	m.top().stmt = int(in.a)
	if in.a >= 0 {
		m.visited[in.a/64] |= 1 << (in.a % 64)
	}
}

// Resume goes on after a Call with its result, or after an Output. Elsewhere it
// does nothing.
func (m *Machine) Resume(r Result) {
	switch m.Next().Kind {
	case Call:
		m.finishCall(r)
		m.fuel = m.opt.StepLimit
	case Output:
		m.push(m.answer)
	default:
		return
	}
	m.ready = false
}

// at is an instruction of the program, or behind it one of a typed line.
func (m *Machine) at(pc int) *instr {
	if n := len(m.prog.code); pc >= n {
		return &m.extra[pc-n]
	}
	return &m.prog.code[pc]
}

func (m *Machine) top() *frame { return &m.frames[len(m.frames)-1] }

func (m *Machine) push(v val) { m.stack = append(m.stack, v) }

func (m *Machine) pop() val {
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// stop makes the machine stand still with an action.
func (m *Machine) stop(a Action) {
	m.action = a
	m.halted = true
}

// placed gives an action the place of an instruction.
func (m *Machine) placed(a Action, in *instr) Action {
	a.Statement = m.statement()
	a.Typed = len(m.typed) > 0
	if k := m.lineOf(in); k >= 0 {
		l := m.lines[k]
		a.Text, a.Typed = l.Text, true
		return a
	}
	src := m.prog.src
	a.Line, a.Column = src.line(in.off), src.column(in.off)
	if a.Statement >= 0 && a.Statement < len(m.prog.stmts) {
		a.Text = m.prog.stmts[a.Statement].Text
	}
	return a
}

// lineOf is the number of the typed statement an instruction belongs to, or -1.
func (m *Machine) lineOf(in *instr) int {
	if s := m.top().stmt; s < 0 && m.frames[len(m.frames)-1].typed < len(m.typed) {
		return -1 - s
	}
	return -1
}

// statement is the index of the program's statement that is next or under way
// in the innermost function.
func (m *Machine) statement() int {
	f := m.top()
	if f.stmt >= 0 {
		return f.stmt
	}
	if f.typed < len(m.typed) {
		if in := m.at(m.typed[f.typed].back); in.op == opStmt {
			return int(in.a)
		}
	}
	return 0
}

// fault ends the program at an instruction.
func (m *Machine) fault(in *instr, signal, message, instead string) {
	a := m.placed(Action{Kind: Fault, Signal: signal}, in)
	src := m.prog.src
	if k := m.lineOf(in); k >= 0 {
		src = m.lines[k].src
	}
	a.Fault = src.errorAt(in.off, message, instead)
	m.over = true
	m.stop(a)
}

// exit ends the program with a status.
func (m *Machine) exit(in *instr, status uint64) {
	m.over = true
	m.stop(m.placed(Action{Kind: Exited, Exit: int(status & 0xff)}, in))
}

// run runs instructions until one stops the machine.
func (m *Machine) run() {
	if m.over {
		return
	}
	m.halted = false
	for !m.halted {
		in := m.at(m.pc)
		if m.fuel--; m.fuel < 0 {
			m.fault(in, "", "this computes without end: no system call was made for a very long time", "check the loop's condition")
			return
		}
		m.pc++
		steps[in.op](m, in)
	}
}
