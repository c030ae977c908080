package cprog

import (
	"strings"
)

// switchCase is a case of a switch and where it starts.
type switchCase struct {
	n    int64
	code int
}

// hashText is FNV-1a.
func hashText(s string) uint64 { return hashInto(14695981039346656037, s) }

func hashInto(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ 0x1f) * 1099511628211
}

// within marks that what follows is nested in a part of a statement.
func (p *parser) within(part string, rule func()) {
	h := p.path[len(p.path)-1]
	p.path = append(p.path, hashInto(h, part))
	rule()
	p.path = p.path[:len(p.path)-1]
}

// block reads { ... } in a scope of its own.
func (p *parser) block() {
	p.expect("{")
	p.openBlock()
	for !p.is("}") && !p.at(tokEnd) && len(p.errs) < maxErrors {
		from := p.i
		if !p.try(p.item) {
			p.skip(from, false)
		}
	}
	p.closeBlock()
	if p.at(tokEnd) && len(p.errs) == 0 {
		p.errorf(p.lastEnd(), "a } is missing: the block of "+p.fn.name+"() never ends", "write } at its end")
		return
	}
	p.accept("}")
}

// item is a declaration or a statement.
func (p *parser) item() {
	if p.typeNext(0) && p.peek(1).text != ":" {
		p.declaration()
		return
	}
	p.statement()
}

// begin makes the statement whose tokens start at from and writes the
// instruction that stands before it. finish must follow.
func (p *parser) begin(from int) int {
	index := len(p.prog.stmts)
	shown := index
	if p.typed != nil {
		shown = -1 - p.typed.first - index
	}
	p.prog.stmts = append(p.prog.stmts, Statement{Index: shown})
	p.prog.sigs = append(p.prog.sigs, 0)
	p.prog.paths = append(p.prog.paths, p.path[len(p.path)-1])
	p.prog.spans = append(p.prog.spans, span{start: p.here()})
	p.starts = append(p.starts, p.toks[from].off)
	p.emit(opStmt, 0, 0, int64(shown), p.toks[from].off)
	return index
}

// finish fills in what a statement says: the tokens from..to.
func (p *parser) finish(index, from, to int) {
	p.prog.spans[index].end = p.here()
	to = max(min(to, len(p.toks)), from+1)
	first, last := p.toks[from], p.toks[to-1]
	h := p.path[len(p.path)-1]
	for _, t := range p.toks[from:to] {
		h = hashInto(h, t.text)
	}
	p.prog.sigs[index] = h
	s := &p.prog.stmts[index]
	s.Line, s.Column = p.line(first.off), p.column(first.off)
	s.EndLine = p.line(max(last.end-1, 0))
	s.Func = p.fn.name
	s.Text = squeeze(p.text[first.off:max(last.end, first.off)])
}

// squeeze puts a statement on one line without its comments.
func squeeze(s string) string {
	if !strings.ContainsAny(s, "\n\t") && !strings.Contains(s, "/") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			b.WriteByte(c)
			if c == '\\' && i+1 < len(s) {
				i++
				b.WriteByte(s[i])
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
			b.WriteByte(c)
		case strings.HasPrefix(s[i:], "/*"):
			if j := strings.Index(s[i+2:], "*/"); j >= 0 {
				i += j + 3
			}
		case strings.HasPrefix(s[i:], "//"):
			if j := strings.IndexByte(s[i:], '\n'); j >= 0 {
				i += j
			}
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if t := b.String(); t != "" && t[len(t)-1] != ' ' {
				b.WriteByte(' ')
			}
		default:
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// simple writes the code of one whole statement.
func (p *parser) simple(rule func()) {
	from := p.i
	index := p.begin(from)
	rule()
	p.finish(index, from, p.i)
}

// declaration is int a, b = 1; inside a function.
func (p *parser) declaration() {
	from := p.i
	s := p.specify()
	if s.typedef || s.static || s.extern || p.is(";") {
		p.quiet(s)
		return
	}
	index := p.begin(from)
	for {
		p.declareLocal(s)
		if !p.accept(",") {
			break
		}
	}
	p.expect(";")
	p.finish(index, from, p.i)
}

// quiet is a declaration that does nothing when the program runs.
func (p *parser) quiet(s specifiers) {
	for !p.is(";") && !p.at(tokEnd) {
		name, t, off := p.declarator(s.typ)
		switch {
		case name == "":
			p.fail(off, "a name is missing before "+p.found(), "write a name behind the type")
		case s.typedef:
			p.declare(&symbol{kind: symType, name: name, typ: nameless(t, name)}, off)
		case p.typed != nil:
			p.fail(off, "static is not understood in a typed line", "take static out")
		default:
			p.global(s, name, t, off)
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(";")
}

// declareLocal declares one variable of a function and writes its start.
func (p *parser) declareLocal(s specifiers) {
	name, t, off := p.declarator(s.typ)
	if name == "" {
		p.fail(off, "a name is missing before "+p.found(), "write a name behind the type")
	}
	if p.is("(") {
		p.fail(off, "a function is declared inside a function", "declare it above")
	}
	v := &variable{name: name, typ: t}
	var items []initItem
	hasInit := p.is("=")
	if !hasInit {
		p.checkObject(name, t, off)
		p.newLocal(v, off)
	} else if t.kind == kArray && t.n < 0 {
		p.i++
		items, v.typ = p.initialiser(t)
		p.checkObject(name, v.typ, off)
		p.newLocal(v, off)
	} else {
		p.checkObject(name, t, off)
		p.newLocal(v, off)
		p.i++
		items, _ = p.initialiser(t)
	}
	obj := p.object(v, off)
	p.address(obj)
	p.emit(opUnwrite, 0, 0, int64(v.typ.size()), off)
	if hasInit {
		p.initialise(obj, items)
	}
}

// newLocal places a variable in the frame, or where typed lines keep theirs.
func (p *parser) newLocal(v *variable, off int32) {
	if p.typed == nil {
		p.local(v, off)
		return
	}
	v.fn = p.fn.name
	v.address = p.typed.room(v.typ.size(), v.typ.align())
	p.typed.vars = append(p.typed.vars, v)
	p.declare(&symbol{kind: symVariable, name: v.name, typ: v.typ, v: v}, off)
}

// room takes bytes for an object.
func (t *typing) room(size, align int) uint64 {
	at := uint64(roundUp(int(t.next), align))
	t.next = at + uint64(size)
	return at
}

// statement reads one statement.
func (p *parser) statement() {
	t := p.tok()
	p.deeper(t.off)
	defer func() { p.nested-- }()
	if t.kind == tokName && p.peek(1).text == ":" && t.text != "default" && t.text != "case" {
		p.fail(t.off, "a label for goto is not understood", "write a loop")
	}
	if t.kind != tokName && t.text != "{" && t.text != ";" {
		p.expressionStatement()
		return
	}
	switch t.text {
	case "{":
		p.block()
	case ";":
		p.i++
	case "if":
		p.ifStatement()
	case "while":
		p.whileStatement()
	case "do":
		p.doStatement()
	case "for":
		p.forStatement()
	case "switch":
		p.switchStatement()
	case "case", "default":
		p.caseLabel()
	case "return":
		p.simple(p.returnStatement)
	case "break", "continue":
		p.simple(p.leaveLoop)
	case "goto":
		p.fail(t.off, "goto is not understood", "write a loop, break or return")
	case "else":
		p.fail(t.off, "this else has no if", "write it right behind the block of the if")
	default:
		p.expressionStatement()
	}
}

func (p *parser) expressionStatement() {
	t := p.tok()
	if t.kind == tokName && p.peek(1).kind == tokName && p.find(t.text) == nil && !keyword(t.text) {
		p.unknownType(t)
	}
	p.simple(func() {
		e := p.expression()
		p.gen(e)
		p.emit(opPop, 0, 0, 0, e.off)
		p.expect(";")
	})
}

// condition reads ( e ) of a statement that starts at from, and leaves the
// truth of e on the stack.
func (p *parser) condition(from int) {
	index := p.begin(from)
	p.expect("(")
	p.gen(p.truthOf(p.expression()))
	p.expect(")")
	p.finish(index, from, p.i)
}

// truthOf checks that an expression can be a condition.
func (p *parser) truthOf(e *expr) *expr {
	e = p.rvalue(e)
	if !e.typ.scalar() {
		p.errorf(e.off, "a "+e.typ.String()+" is neither true nor false", "compare one of its members")
	}
	if e.op == eAssign && !e.parens {
		p.warn(e.off, "an assignment is used as a condition", "write == to compare, or put it into its own parentheses")
	}
	return e
}

func (p *parser) ifStatement() {
	from := p.i
	p.i++
	p.condition(from)
	other := p.emit(opZeroJump, 0, 0, 0, p.lastEnd())
	p.within("then", p.nestedStatement)
	if !p.accept("else") {
		p.patch(other)
		return
	}
	end := p.emit(opJump, 0, 0, 0, p.lastEnd())
	p.patch(other)
	p.within("else", p.nestedStatement)
	p.patch(end)
}

// nestedStatement is the statement of an if or a loop.
func (p *parser) nestedStatement() {
	if p.typeNext(0) && p.peek(1).text != ":" {
		p.fail(p.tok().off, "a declaration cannot stand here alone", "put it into a block, { ... }")
	}
	p.statement()
}

// inLoop runs a rule with somewhere for break and continue to go.
func (p *parser) inLoop(l *loop, rule func()) {
	p.breaks = append(p.breaks, l)
	rule()
	p.breaks = p.breaks[:len(p.breaks)-1]
}

func (p *parser) whileStatement() {
	from := p.i
	start := p.here()
	p.i++
	p.condition(from)
	out := p.emit(opZeroJump, 0, 0, 0, p.lastEnd())
	l := &loop{}
	p.inLoop(l, func() { p.within("while", p.nestedStatement) })
	p.patch(l.continues...)
	p.emit(opJump, 0, 0, int64(start), p.lastEnd())
	p.patch(out)
	p.patch(l.breaks...)
}

func (p *parser) doStatement() {
	p.i++
	start := p.here()
	l := &loop{}
	p.inLoop(l, func() { p.within("do", p.nestedStatement) })
	p.patch(l.continues...)
	from := p.i
	if !p.accept("while") {
		p.fail(p.tok().off, "a while is missing behind the block of do", "write while (...);")
	}
	p.condition(from)
	p.expect(";")
	p.emit(opTrueJump, 0, 0, int64(start), p.lastEnd())
	p.patch(l.breaks...)
}

// forStatement stands before the start once, and before the condition each
// time round; what the loop does at the end of a round belongs to that.
func (p *parser) forStatement() {
	from := p.i
	p.i++
	p.expect("(")
	p.openBlock()
	p.forStart()
	condFrom := p.i
	var cond, step *expr
	if !p.is(";") {
		cond = p.truthOf(p.expression())
	}
	p.expect(";")
	if !p.is(")") {
		step = p.expression()
	}
	condTo := p.i
	p.expect(")")
	first := p.emit(opJump, 0, 0, 0, p.lastEnd())
	again := p.here()
	stands := cond != nil || step != nil
	index := 0
	if stands {
		index = p.begin(condFrom)
	}
	if step != nil {
		p.gen(step)
		p.emit(opPop, 0, 0, 0, step.off)
	}
	out := p.forCondition(cond, step, first, again, index)
	if stands {
		p.finish(index, condFrom, condTo)
		p.starts[index] = p.toks[from].off
	}
	l := &loop{}
	p.inLoop(l, func() { p.within("for", p.nestedStatement) })
	p.patch(l.continues...)
	p.emit(opJump, 0, 0, int64(again), p.lastEnd())
	p.patch(out...)
	p.patch(l.breaks...)
	p.closeBlock()
}

// forCondition writes the condition of a for: the first time it stands before
// it without the step.
func (p *parser) forCondition(cond, step *expr, first, again, index int) []int {
	if step == nil {
		p.code[first].a = int64(again)
	} else {
		over := p.emit(opJump, 0, 0, 0, step.off)
		p.patch(first)
		if cond != nil {
			p.emit(opStmt, 0, 0, int64(p.prog.stmts[index].Index), cond.off)
		}
		p.patch(over)
	}
	if cond == nil {
		return nil
	}
	p.gen(cond)
	return []int{p.emit(opZeroJump, 0, 0, 0, cond.off)}
}

func (p *parser) forStart() {
	switch {
	case p.accept(";"):
	case p.typeNext(0):
		p.declaration()
	default:
		p.expressionStatement()
	}
}

func (p *parser) switchStatement() {
	from := p.i
	p.i++
	index := p.begin(from)
	p.expect("(")
	e := p.rvalue(p.expression())
	if !e.typ.integer() {
		p.fail(e.off, "a switch needs a number", "write if instead")
	}
	p.gen(p.cast(e, tLong))
	p.expect(")")
	p.finish(index, from, p.i)
	choose := p.emit(opJump, 0, 0, 0, e.off)
	l := &loop{isSwitch: true, fallback: -1}
	p.inLoop(l, func() { p.within("switch", p.nestedStatement) })
	l.breaks = append(l.breaks, p.emit(opJump, 0, 0, 0, e.off))
	p.patch(choose)
	p.chooseCase(l, e.off)
	p.patch(l.breaks...)
}

// chooseCase writes the jumps to the cases.
func (p *parser) chooseCase(l *loop, off int32) {
	for _, c := range l.cases {
		p.emit(opDup, 0, 0, 0, off)
		p.emit(opConst, 0, 0, c.n, off)
		p.emit(opBin, c64s, '=', 0, off)
		next := p.emit(opZeroJump, 0, 0, 0, off)
		p.emit(opPop, 0, 0, 0, off)
		p.emit(opJump, 0, 0, int64(c.code), off)
		p.patch(next)
	}
	p.emit(opPop, 0, 0, 0, off)
	if l.fallback >= 0 {
		p.emit(opJump, 0, 0, int64(l.fallback), off)
	}
}

func (p *parser) caseLabel() {
	t := p.take()
	if len(p.breaks) == 0 || !p.breaks[len(p.breaks)-1].isSwitch {
		p.fail(t.off, t.text+" stands outside of a switch", "write it into switch (...) { ... }")
	}
	l := p.breaks[len(p.breaks)-1]
	if t.text == "default" {
		l.fallback = p.here()
	} else {
		n := p.constantHere("the value of a case")
		for _, c := range l.cases {
			if c.n == n {
				p.fail(t.off, "there are two cases "+itoa(int(n)), "take one out")
			}
		}
		l.cases = append(l.cases, switchCase{n, p.here()})
	}
	p.expect(":")
	if !p.is("}") {
		p.statement()
	}
}

func (p *parser) returnStatement() {
	t := p.take()
	if p.typed != nil {
		p.fail(t.off, "return is not understood in a typed line", "step on, or type exit(0)")
	}
	if p.accept(";") {
		if p.fn.ret.kind != kVoid {
			p.errorf(t.off, p.fn.name+"() returns "+p.fn.ret.String()+", but nothing is returned", "write return 0;")
		}
		p.emit(opLeave, 0, 0, 0, t.off)
		return
	}
	e := p.expression()
	if p.fn.ret.kind == kVoid {
		p.fail(e.off, p.fn.name+"() returns nothing", "write return;")
	}
	p.gen(p.assignable(e, p.fn.ret, "return"))
	p.expect(";")
	p.emit(opReturn, 0, 0, 0, t.off)
}

func (p *parser) leaveLoop() {
	t := p.take()
	for i := len(p.breaks) - 1; i >= 0; i-- {
		l := p.breaks[i]
		if t.text == "break" {
			l.breaks = append(l.breaks, p.emit(opJump, 0, 0, 0, t.off))
			p.expect(";")
			return
		}
		if !l.isSwitch {
			l.continues = append(l.continues, p.emit(opJump, 0, 0, 0, t.off))
			p.expect(";")
			return
		}
	}
	p.fail(t.off, t.text+" stands outside of a loop", "put it into while or for")
}
