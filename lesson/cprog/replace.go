package cprog

import "fmt"

// Replace goes on with an edited program at the statement the machine stands
// before. That works when every statement that has run is still there, in the
// same place and with the same words, and every variable that is alive is the
// same; a statement may differ, be new or be gone where nothing has run yet.
// Otherwise the error is ErrRerun with what is in the way, and the machine is
// as it was. A line that was typed in must have run first (ErrBusy).
func (m *Machine) Replace(p *Program) error {
	if m.Next().Kind != AtStatement || len(m.queue) > 0 || len(m.typed) > 0 {
		return fmt.Errorf("edit the program: %w", ErrBusy)
	}
	e := edit{m: m, old: m.prog, new: p}
	if err := e.plan(); err != nil {
		return fmt.Errorf("edit the program: %w", err)
	}
	e.apply()
	return nil
}

// edit is the way from one program to another.
type edit struct {
	m        *Machine
	old, new *Program
	head     int // statements that are the same at the start
	tail     int // and at the end
	frames   []frame
	pc       int
	stmt     int
}

func rerun(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrRerun)...)
}

// plan finds where everything goes, without touching the machine.
func (e *edit) plan() error {
	e.compare()
	for i := range e.old.stmts {
		if e.m.visited[i/64]&(1<<(i%64)) != 0 && e.to(i) < 0 {
			return rerun("line %d has run and was changed", e.old.stmts[i].Line)
		}
	}
	if err := e.globals(); err != nil {
		return err
	}
	if err := e.current(); err != nil {
		return err
	}
	pc, oldPC := e.pc, e.m.pc
	e.frames = append([]frame(nil), e.m.frames...)
	for i := len(e.frames) - 1; i >= 0; i-- {
		back, oldBack, err := e.frame(i, pc, oldPC)
		if err != nil {
			return err
		}
		pc, oldPC = back-1, oldBack-1
	}
	return nil
}

// compare counts the statements that are the same at both ends.
func (e *edit) compare() {
	a, b := e.old.sigs, e.new.sigs
	n := min(len(a), len(b))
	for e.head < n && a[e.head] == b[e.head] {
		e.head++
	}
	for e.tail < n-e.head && a[len(a)-1-e.tail] == b[len(b)-1-e.tail] {
		e.tail++
	}
}

// to is the statement that an unchanged one has become, or -1.
func (e *edit) to(i int) int {
	switch {
	case i < e.head:
		return i
	case i >= len(e.old.stmts)-e.tail:
		return i - len(e.old.stmts) + len(e.new.stmts)
	}
	return -1
}

// globals checks that what stands outside of functions is the same, apart from
// what is new behind it.
func (e *edit) globals() error {
	a, b := e.old, e.new
	if len(b.globals) < len(a.globals) || len(b.data) < len(a.data) || len(b.relocs) < len(a.relocs) {
		return rerun("a variable outside of functions is gone")
	}
	for i, v := range a.globals {
		w := b.globals[i]
		if v.name != w.name || v.off != w.off || !alike(v.typ, w.typ) {
			return rerun("the variable %s outside of functions was changed", v.name)
		}
	}
	if string(a.data) != string(b.data[:len(a.data)]) {
		return rerun("the start of a variable outside of functions was changed")
	}
	for i, r := range a.relocs {
		s := b.relocs[i]
		if r.off != s.off || r.literal != s.literal || !r.literal && r.to != s.to || r.literal && a.literalAt(r.to) != b.literalAt(s.to) {
			return rerun("the start of a variable outside of functions was changed")
		}
	}
	return nil
}

// literalAt is the string literal at an offset.
func (p *Program) literalAt(at int64) string {
	b := p.literals[at:]
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// current finds the statement to stand before.
func (e *edit) current() error {
	at := int(e.m.at(e.m.pc).a)
	to := e.to(at)
	switch {
	case to < 0 && at == e.head && e.head < len(e.new.stmts):
		to = e.head // changed, or gone and the one behind it is next
	case to < 0 && len(e.old.stmts) == len(e.new.stmts):
		to = at
	case to < 0:
		return rerun("line %d, which is next, is gone", e.old.stmts[at].Line)
	case at == e.head && e.head < len(e.new.stmts)-e.tail && e.new.paths[e.head] == e.new.paths[to]:
		to = e.head // lines were added right before it
	}
	if e.new.stmts[to].Func != e.old.stmts[at].Func || e.new.paths[to] != e.old.paths[at] {
		return rerun("line %d, which is next, stands elsewhere now", e.old.stmts[at].Line)
	}
	e.stmt = to
	e.pc = e.new.spans[to].start
	if e.m.pc != e.old.spans[at].start { // the first round of a for
		for pc := e.new.spans[to].end - 1; pc > e.pc; pc-- {
			if in := e.new.code[pc]; in.op == opStmt && int(in.a) == to {
				e.pc = pc
			}
		}
	}
	return nil
}

// frame moves one frame, and gives the instruction its caller goes on with.
func (e *edit) frame(i, pc, oldPC int) (back, oldBack int, err error) {
	f := &e.frames[i]
	old := e.old.funcs[f.fn]
	fn := e.new.function(old.name)
	if fn == nil || fn.prototype() != old.prototype() {
		return 0, 0, rerun("%s() is running and was changed", old.name)
	}
	if i < len(e.frames)-1 && fn.frame != old.frame {
		return 0, 0, rerun("the variables of %s(), which is running, were changed", old.name)
	}
	if err := e.variables(*f, fn, pc, oldPC); err != nil {
		return 0, 0, err
	}
	f.fn = int32(fn.index)
	oldBack = f.back
	if i == len(e.frames)-1 {
		f.stmt = e.stmt
	} else if f.stmt = e.to(f.stmt); f.stmt < 0 {
		return 0, 0, rerun("a call in %s() that has not returned was changed", old.name)
	}
	if i == 0 {
		return 0, 0, nil
	}
	f.back, err = e.inside(e.m.frames[i-1].stmt, oldBack)
	return f.back, oldBack, err
}

func (p *Program) function(name string) *function {
	for _, f := range p.funcs {
		if f.name == name {
			return f
		}
	}
	return nil
}

// inside moves an instruction in the middle of an unchanged statement.
func (e *edit) inside(stmt, pc int) (int, error) {
	to := e.to(stmt)
	if to < 0 {
		return 0, rerun("line %d is running and was changed", e.old.stmts[stmt].Line)
	}
	start, other := e.old.spans[stmt].start, e.new.spans[to].start
	for i := start; i < pc; i++ {
		k := other + i - start
		if k >= len(e.new.code) || e.new.code[k].op != e.old.code[i].op || e.new.code[k].cls != e.old.code[i].cls {
			return 0, rerun("line %d is running and means something else now", e.old.stmts[stmt].Line)
		}
	}
	return other + pc - start, nil
}

// variables checks that what is alive in a frame is where it was.
func (e *edit) variables(f frame, fn *function, pc, oldPC int) error {
	for _, v := range e.old.funcs[f.fn].locals {
		if oldPC < v.start || oldPC >= v.end {
			continue
		}
		if !fn.has(v, pc) {
			return rerun("the variable %s is alive and was changed", v.name)
		}
	}
	return nil
}

// has tells whether a function has the same variable alive at an instruction.
func (f *function) has(v *variable, pc int) bool {
	for _, w := range f.locals {
		if w.name == v.name && w.off == v.off && w.global == v.global && alike(v.typ, w.typ) && pc >= w.start && pc < w.end {
			return true
		}
	}
	return false
}

// apply moves the machine over.
func (e *edit) apply() {
	m := e.m
	visited := make([]uint64, len(e.new.stmts)/64+1)
	for i := range e.old.stmts {
		if k := e.to(i); k >= 0 && m.visited[i/64]&(1<<(i%64)) != 0 {
			visited[k/64] |= 1 << (k % 64)
		}
	}
	from := len(e.old.data)
	m.prog, m.visited, m.frames, m.pc = e.new, visited, e.frames, e.pc
	m.extra, m.lines = nil, nil
	m.growGlobals(e.new.data, from)
	m.literals = m.loadLiterals(e.new, m.literals)
	m.relocate(e.new, from)
	m.ready = false
}

// growGlobals adds the bytes of new variables outside of functions.
func (m *Machine) growGlobals(data []byte, from int) {
	s := m.mem.find(dataBase)
	for int(s.limit-s.base) < len(data) {
		s.pages = append(s.pages, nil)
		m.mem.write(s.limit, nil, nil)
		s.limit += pageSize
		m.mem.put(s, s.limit-pageSize, make([]byte, pageSize), nil)
	}
	m.mem.write(dataBase+uint64(from), data[from:], nil)
}
