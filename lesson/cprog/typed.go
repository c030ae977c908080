package cprog

import (
	"fmt"
	"maps"
)

// typedSize is how much memory everything typed in has together, in bytes.
const typedSize = 1 << 20

// Inject puts a line the learner typed before the statement the machine stands
// at: a statement, a declaration or an expression, which sees the variables
// that are alive, the program's functions and macros, and every header. It runs
// as a line of the program does, through Next, Step and Resume; lines typed one
// after the other run in that order. A variable declared there lives until the
// function returns. The error is of type Errors, or ErrBusy where the machine
// does not stand before a statement; the machine is then as it was.
func (m *Machine) Inject(src string) error {
	if m.Next().Kind != AtStatement {
		return fmt.Errorf("type a line: %w", ErrBusy)
	}
	if len(src) > maxSource/64 {
		s := newSource("typed", "")
		return Errors{s.errorAt(0, "the line is too long", "type a shorter one")}
	}
	m.dropTyped()
	p := m.typedParser(src)
	p.typedLine()
	if len(p.errs) > 0 {
		return p.errs
	}
	if p.typed.next > typedBase+typedSize {
		return Errors{p.errorAt(0, "there is no more memory for what is typed", "start the program again")}
	}
	m.queueTyped(p, src)
	return nil
}

// dropTyped forgets the code of typed lines when all of them are done.
func (m *Machine) dropTyped() {
	if len(m.queue) == 0 && len(m.typed) == 0 {
		m.extra, m.lines = nil, nil
	}
}

// typedParser is a parser that knows what can be seen where the machine stands.
func (m *Machine) typedParser(src string) *parser {
	s := newSource("typed", src)
	lx := &lexer{source: s, macros: m.prog.macros, typed: true}
	lx.lex()
	f := m.prog.funcs[m.top().fn]
	p := &parser{
		source: s, toks: lx.toks, errs: lx.errs,
		names: map[string]*symbol{}, outer: m.visible(), tags: map[string]*structDef{}, outerTag: m.prog.tags,
		seen: map[string]bool{}, missing: map[string]bool{},
		prog: &Program{src: s}, fn: &function{name: f.name, ret: f.ret},
		path:  []uint64{0},
		typed: &typing{first: len(m.lines), next: m.typedAt},
	}
	p.base = len(m.prog.code) + len(m.extra)
	return p
}

// visible is what a name means where the machine stands.
func (m *Machine) visible() map[string]*symbol {
	names := maps.Clone(m.prog.names)
	f := *m.top()
	here := m.inFrame(f, m.reached(len(m.frames)-1, m.pc))
	for _, q := range m.queue {
		for _, v := range q.vars {
			here = append(here, place{v, v.address})
		}
	}
	for _, p := range here {
		if p.v.name != "" {
			names[p.v.name] = &symbol{kind: symVariable, name: p.v.name, typ: p.v.typ, v: p.v}
		}
	}
	return names
}

// typedLine parses everything that was typed.
func (p *parser) typedLine() {
	p.openBlock()
	if p.at(tokEnd) && len(p.errs) == 0 {
		p.errorf(0, "nothing was typed", "type a call, close(s) for example")
	}
	p.endLine()
	for !p.at(tokEnd) && len(p.errs) == 0 {
		p.try(p.typedItem)
	}
	if p.typed.value == nil {
		p.emit(opTyped, 0, 0, 0, p.lastEnd())
	}
}

// endLine adds the ; that a typed line may leave out.
func (p *parser) endLine() {
	if n := len(p.toks); n > 1 {
		last := p.toks[n-2]
		if last.text != ";" && last.text != "}" || p.typeNext(0) && last.text != ";" || last.text == "}" && p.toks[0].kind == tokName && p.toks[1].text == "=" {
			semi := token{kind: tokPunct, text: ";", off: last.end, end: last.end}
			p.toks = append(p.toks[:n-1:n-1], semi, p.toks[n-1])
		}
	}
}

// typedItem is a statement; the value of the last expression is kept.
func (p *parser) typedItem() {
	t := p.tok()
	if p.typeNext(0) || t.text == "{" || t.text == ";" || t.kind == tokName && keyword(t.text) && t.text != "sizeof" {
		p.item()
		return
	}
	from := p.i
	index := p.begin(from)
	e := p.expression()
	p.gen(e)
	p.expect(";")
	p.finish(index, from, p.i)
	if p.at(tokEnd) && e.op != eBad && e.typ.kind != kVoid {
		p.typed.value = e.typ
		p.emit(opTyped, 0, 1, 0, e.off)
		return
	}
	p.emit(opPop, 0, 0, 0, e.off)
}

// queueTyped takes over what a parser made of a typed line.
func (m *Machine) queueTyped(p *parser, src string) {
	if m.mem.find(typedBase) == nil {
		m.mem.add(typedBase, typedSize)
	}
	for _, t := range p.typed.texts {
		m.mem.write(t.at, []byte(t.text), nil)
	}
	line := typedLine{entry: p.base, text: squeeze(src), value: p.typed.value, vars: p.typed.vars}
	for _, s := range p.prog.stmts {
		m.lines = append(m.lines, typedStatement{s, p.source})
	}
	m.extra = append(m.extra[:len(m.extra):len(m.extra)], p.code...)
	m.typedAt = p.typed.next
	m.queue = append(m.queue[:len(m.queue):len(m.queue)], line)
	m.ready = false
}

// enterTyped starts the first line that was typed here.
func (m *Machine) enterTyped() {
	t := m.queue[0]
	m.queue = m.queue[1:]
	t.back = m.pc
	m.typed = append(m.typed, t)
	m.hasLast = false
	f := m.top()
	f.extra = append(f.extra[:len(f.extra):len(f.extra)], t.vars...)
	m.pc = t.entry
	if in := m.at(m.pc); in.op == opStmt {
		f.stmt = int(in.a)
		m.pc++
	}
}

// leaveTyped is the end of a typed line: the machine stands before the
// statement again.
func (m *Machine) leaveTyped(in *instr) {
	t := m.typed[len(m.typed)-1]
	if in.b != 0 {
		m.keepValue(t.value, m.pop())
	}
	m.typed = m.typed[:len(m.typed)-1]
	m.pc = t.back
}

// keepValue keeps the value of a typed expression in words.
func (m *Machine) keepValue(t *ctype, v val) {
	m.hasLast = true
	switch {
	case !t.scalar():
		m.last = m.text(t, v.bits)
	case v.from != 0:
		m.last = "not written"
	default:
		m.last = m.value(t, v.bits)
	}
}
