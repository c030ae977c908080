package cprog

import "strings"

// expression reads an expression with commas.
func (p *parser) expression() *expr {
	e := p.assignment()
	for p.is(",") {
		off := p.take().off
		b := p.rvalue(p.assignment())
		e = &expr{op: eComma, typ: b.typ, a: p.rvalue(e), b: b, off: off, end: b.end}
	}
	return e
}

// precedence of the binary operators, 0 for none.
func precedence(t token) int {
	if t.kind != tokPunct {
		return 0
	}
	switch t.text {
	case "*", "/", "%":
		return 10
	case "+", "-":
		return 9
	case "<<", ">>":
		return 8
	case "<", ">", "<=", ">=":
		return 7
	case "==", "!=":
		return 6
	case "&":
		return 5
	case "^":
		return 4
	case "|":
		return 3
	case "&&":
		return 2
	case "||":
		return 1
	}
	return 0
}

// assignment reads a = b, or an expression without.
func (p *parser) assignment() *expr {
	p.deeper(p.tok().off)
	defer func() { p.nested-- }()
	e := p.conditional()
	t := p.tok()
	if t.kind != tokPunct {
		return e
	}
	switch t.text {
	case "=":
		p.i++
		return p.assign(e, p.assignment(), t)
	case "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=":
		p.i++
		return p.assignWith(e, p.rvalue(p.assignment()), t)
	}
	return e
}

// said is the expression as it is written, for messages.
func (p *parser) said(e *expr) string {
	if e.off >= e.end || int(e.end) > len(p.text) {
		return "this"
	}
	return clip(squeeze(p.text[e.off:e.end]))
}

// modifiable checks that an expression can be assigned to.
func (p *parser) modifiable(e *expr, off int32) bool {
	switch {
	case e.op == eBad || e.typ.kind == kErr:
	case !e.lvalue() || e.op == eString:
		p.errorf(off, p.said(e)+" cannot be assigned to", "write a variable left of the =")
	case e.typ.kind == kArray:
		p.errorf(off, p.said(e)+" is an array, which cannot be assigned to", "copy with strcpy() or memcpy()")
	case e.typ.konst:
		p.errorf(off, p.said(e)+" is const and cannot be assigned to", "take const out of its declaration")
	default:
		return true
	}
	return false
}

func bad(off, end int32) *expr { return &expr{op: eBad, typ: tErr, off: off, end: end} }

func (p *parser) assign(a, b *expr, t token) *expr {
	if !p.modifiable(a, a.off) {
		return bad(a.off, b.end)
	}
	b = p.assignable(b, a.typ, "assign")
	return &expr{op: eAssign, typ: plain(a.typ), a: a, b: b, off: a.off, end: b.end}
}

func (p *parser) assignWith(a, b *expr, t token) *expr {
	if !p.modifiable(a, a.off) || b.op == eBad {
		return bad(a.off, b.end)
	}
	tok := strings.TrimSuffix(t.text, "=")
	e := &expr{op: eOpAssign, typ: plain(a.typ), a: a, tok: tok, off: a.off, end: b.end}
	if a.typ.kind == kPtr && (tok == "+" || tok == "-") && b.typ.integer() {
		e.n = int64(a.typ.elem.size())
		if tok == "-" {
			e.n = -e.n
		}
		e.b = p.cast(b, tLong)
		return e
	}
	if !a.typ.integer() || !b.typ.integer() {
		p.errorf(t.off, t.text+" needs two numbers", "write the assignment out, with =")
		return bad(a.off, b.end)
	}
	e.wide = balanced(a.typ, b.typ)
	if tok == "<<" || tok == ">>" {
		e.wide = promoted(a.typ)
		e.b = b
		return e
	}
	e.b = p.cast(b, e.wide)
	return e
}

// conditional reads a ? b : c.
func (p *parser) conditional() *expr {
	e := p.binary(1)
	if !p.is("?") {
		return e
	}
	p.deeper(p.tok().off)
	defer func() { p.nested-- }()
	off := p.take().off
	a := p.truthOf(e)
	b := p.rvalue(p.expression())
	p.expect(":")
	c := p.rvalue(p.conditional())
	t := p.common(b, c, off)
	if t == tErr {
		return bad(e.off, c.end)
	}
	if t.scalar() {
		b, c = p.cast(b, t), p.cast(c, t)
	}
	return &expr{op: eCond, typ: t, a: a, b: b, c: c, off: e.off, end: c.end}
}

// common is the type of both ways of ?: together.
func (p *parser) common(b, c *expr, off int32) *ctype {
	switch {
	case b.op == eBad || c.op == eBad:
		return tErr
	case b.typ.integer() && c.typ.integer():
		return balanced(b.typ, c.typ)
	case b.typ.kind == c.typ.kind && b.typ.kind != kPtr && same(b.typ, c.typ):
		return b.typ
	case b.typ.kind == kPtr && isNull(c):
		return b.typ
	case c.typ.kind == kPtr && isNull(b):
		return c.typ
	case b.typ.kind == kPtr && c.typ.kind == kPtr:
		if c.typ.elem.kind == kVoid {
			return c.typ
		}
		return b.typ
	}
	p.errorf(off, "the two ways of ?: have different types", "make both numbers, or both pointers of one type")
	return tErr
}

// isNull tells whether an expression is 0 or NULL as a constant.
func isNull(e *expr) bool {
	n, ok := e.value()
	return ok && n == 0 && (e.typ.kind == kInt || e.typ.kind == kPtr && e.typ.elem.kind == kVoid)
}

// binary reads operators of at least this precedence.
func (p *parser) binary(least int) *expr {
	a := p.unary()
	for {
		t := p.tok()
		prec := precedence(t)
		if prec == 0 || prec < least {
			return a
		}
		p.i++
		p.deeper(t.off)
		b := p.binary(prec + 1)
		p.nested--
		a = p.operate(p.rvalue(a), p.rvalue(b), t)
	}
}

// operate makes a op b.
func (p *parser) operate(a, b *expr, t token) *expr {
	e := &expr{op: eBin, typ: tInt, a: a, b: b, tok: t.text, off: a.off, end: b.end}
	if a.op == eBad || b.op == eBad {
		return bad(a.off, b.end)
	}
	switch t.text {
	case "&&", "||":
		e.op = eAnd
		if t.text == "||" {
			e.op = eOr
		}
		e.a, e.b = p.truthOf(a), p.truthOf(b)
		return e
	case "+", "-":
		if a.typ.kind == kPtr || b.typ.kind == kPtr {
			return p.pointerSum(e, t)
		}
	case "==", "!=", "<", ">", "<=", ">=":
		return p.comparison(e, t)
	}
	if !a.typ.integer() || !b.typ.integer() {
		return p.noOperator(e, t)
	}
	if t.text == "<<" || t.text == ">>" {
		e.typ = promoted(a.typ)
		e.a, e.b = p.cast(a, e.typ), p.cast(b, promoted(b.typ))
		return e
	}
	if n, ok := b.value(); ok && n == 0 && (t.text == "/" || t.text == "%") {
		p.warn(t.off, "this divides by zero", "divide by something else")
	}
	e.typ = balanced(a.typ, b.typ)
	e.a, e.b = p.cast(a, e.typ), p.cast(b, e.typ)
	return e
}

func (p *parser) noOperator(e *expr, t token) *expr {
	p.errorf(t.off, t.text+" does not work on "+e.a.typ.String()+" and "+e.b.typ.String(), "use numbers, or members of the struct")
	return bad(e.off, e.end)
}

// pointerSum makes pointer + n, n + pointer, pointer - n, pointer - pointer.
func (p *parser) pointerSum(e *expr, t token) *expr {
	a, b := e.a, e.b
	if t.text == "+" && b.typ.kind == kPtr && a.typ.integer() {
		a, b = b, a
	}
	switch {
	case a.typ.kind != kPtr:
		return p.noOperator(e, t)
	case b.typ.integer():
		n := int64(a.typ.elem.size())
		if t.text == "-" {
			n = -n
		}
		e.op, e.typ, e.a, e.b, e.n = eIndex, plain(a.typ), a, p.cast(b, tLong), n
		return e
	case t.text == "-" && b.typ.kind == kPtr && same(a.typ.elem, b.typ.elem):
		e.op, e.typ, e.n = eDiff, renamed(tLong, "ptrdiff_t"), int64(max(a.typ.elem.size(), 1))
		return e
	}
	return p.noOperator(e, t)
}

func (p *parser) comparison(e *expr, t token) *expr {
	a, b := e.a, e.b
	switch {
	case a.typ.integer() && b.typ.integer():
		wide := balanced(a.typ, b.typ)
		e.a, e.b = p.cast(a, wide), p.cast(b, wide)
		p.signs(a, b, wide, t)
		return e
	case a.typ.kind == kPtr && b.typ.kind == kPtr:
		if a.typ.elem.kind != kVoid && b.typ.elem.kind != kVoid && !same(a.typ.elem, b.typ.elem) {
			p.warn(t.off, "two different types of pointers are compared", "cast one of them")
		}
		return e
	case a.typ.kind == kPtr && isNull(b), a.typ.kind == kHandler && b.typ.kind == kHandler:
		e.b = p.cast(b, a.typ)
		return e
	case b.typ.kind == kPtr && isNull(a):
		e.a = p.cast(a, b.typ)
		return e
	case a.typ.kind == kPtr && b.typ.integer():
		p.errorf(t.off, "the pointer "+p.said(a)+" is compared with a number", "write NULL, or compare *"+p.said(a))
		return bad(e.off, e.end)
	}
	return p.noOperator(e, t)
}

// signs warns of a signed number that is compared as unsigned.
func (p *parser) signs(a, b *expr, wide *ctype, t token) {
	if wide.kind != kInt || wide.class.signed() {
		return
	}
	for _, x := range []*expr{a, b} {
		if x.typ.kind == kInt && promoted(x.typ).class.signed() && x.typ.class.signed() {
			if n, ok := x.value(); !ok || n < 0 {
				p.warn(t.off, p.said(x)+" can be negative, but is compared as an unsigned number", "cast the other side: (ssize_t)")
				return
			}
		}
	}
}

// rvalue is the value of an expression: arrays become pointers.
func (p *parser) rvalue(e *expr) *expr {
	if e.typ.kind == kArray {
		elem := e.typ.elem
		if e.typ.konst {
			elem = constOf(elem)
		}
		return &expr{op: eDecay, typ: pointerTo(elem), a: e, off: e.off, end: e.end, text: e.text}
	}
	return e
}

// cast converts a value to a type.
func (p *parser) cast(e *expr, t *ctype) *expr {
	if e.op == eBad || e.typ == t {
		return e
	}
	return &expr{op: eConv, typ: plain(t), a: e, off: e.off, end: e.end}
}

// unary reads prefix operators and casts.
func (p *parser) unary() *expr {
	t := p.tok()
	if t.kind == tokName {
		if t.text == "sizeof" {
			return p.sizeofExpr()
		}
		return p.postfix(p.primary())
	}
	if t.kind != tokPunct {
		return p.postfix(p.primary())
	}
	p.deeper(t.off)
	defer func() { p.nested-- }()
	switch t.text {
	case "-", "+", "~", "!":
		p.i++
		return p.sign(t, p.rvalue(p.unary()))
	case "&":
		p.i++
		return p.addressOf(t, p.unary())
	case "*":
		p.i++
		return p.dereference(t, p.rvalue(p.unary()))
	case "++", "--":
		p.i++
		return p.step(t, p.unary(), false)
	case "&&":
		p.fail(t.off, "&& has nothing on its left", "write & for an address")
	case "(":
		if p.typeNext(1) {
			return p.castOrCompound()
		}
	}
	return p.postfix(p.primary())
}

func (p *parser) sign(t token, a *expr) *expr {
	if a.op == eBad {
		return a
	}
	e := &expr{a: a, off: t.off, end: a.end, typ: tInt}
	if t.text == "!" {
		e.op = eNot
		if !a.typ.scalar() {
			p.errorf(t.off, "a "+a.typ.String()+" is neither true nor false", "compare one of its members")
		}
		return e
	}
	if !a.typ.integer() {
		p.errorf(t.off, t.text+" does not work on "+a.typ.String(), "use a number")
		return bad(t.off, a.end)
	}
	e.typ = promoted(a.typ)
	e.a = p.cast(a, e.typ)
	switch t.text {
	case "+":
		return e.a
	case "-":
		e.op = eNeg
	default:
		e.op = eCom
	}
	return e
}

func (p *parser) addressOf(t token, a *expr) *expr {
	if a.op == eBad {
		return a
	}
	if !a.lvalue() {
		p.errorf(t.off, p.said(a)+" has no address", "put it into a variable, or write &(int){"+p.said(a)+"}")
		return bad(t.off, a.end)
	}
	return &expr{op: eAddr, typ: pointerTo(a.typ), a: a, off: t.off, end: a.end}
}

func (p *parser) dereference(t token, a *expr) *expr {
	if a.op == eBad {
		return a
	}
	if a.typ.kind != kPtr || !a.typ.elem.complete() {
		p.errorf(t.off, p.said(a)+" is "+article(a.typ)+", nothing * can follow", "take the * out")
		return bad(t.off, a.end)
	}
	return &expr{op: eDeref, typ: a.typ.elem, a: a, off: t.off, end: a.end}
}

// article is the type with a or an before it.
func article(t *ctype) string {
	s := t.String()
	if strings.IndexByte("aeiou", s[0]) >= 0 && !strings.HasPrefix(s, "unsigned") && !strings.HasPrefix(s, "uint") {
		return "an " + s
	}
	return "a " + s
}

func (p *parser) step(t token, a *expr, post bool) *expr {
	if !p.modifiable(a, a.off) {
		return bad(a.off, a.end)
	}
	e := &expr{op: eStep, typ: plain(a.typ), a: a, n: 1, post: post, off: min(t.off, a.off), end: max(t.end, a.end)}
	switch {
	case a.typ.kind == kPtr:
		e.n = int64(a.typ.elem.size())
	case !a.typ.integer():
		p.errorf(t.off, t.text+" does not work on "+a.typ.String(), "use a number")
		return bad(a.off, a.end)
	}
	if t.text == "--" {
		e.n = -e.n
	}
	return e
}

// sizeofExpr reads sizeof x, sizeof(x) and sizeof(type). The operand is not
// evaluated.
func (p *parser) sizeofExpr() *expr {
	t := p.take()
	var typ *ctype
	if p.is("(") && p.typeNext(1) {
		p.i++
		typ = p.typeName()
		p.expect(")")
		if p.is("{") {
			p.fail(p.tok().off, "sizeof of a compound literal is not understood", "write sizeof(type)")
		}
	} else {
		p.deeper(t.off)
		typ = p.unary().typ
		p.nested--
	}
	if typ.kind == kErr {
		return bad(t.off, p.lastEnd())
	}
	if !typ.complete() {
		p.errorf(t.off, typ.String()+" has no size here", "define it first")
	}
	e := constant(int64(typ.size()), tSize)
	e.off, e.end = t.off, p.lastEnd()
	return e
}

// castOrCompound reads (type)e and (type){...}.
func (p *parser) castOrCompound() *expr {
	off := p.take().off
	t := p.typeName()
	p.expect(")")
	if p.is("{") {
		return p.postfix(p.compound(t, off))
	}
	a := p.rvalue(p.unary())
	if a.op == eBad {
		return a
	}
	switch {
	case t.kind == kVoid:
	case !t.scalar():
		p.errorf(off, "nothing can be cast to "+t.String(), "cast a pointer: ("+t.String()+" *)&x")
		return bad(off, a.end)
	case !a.typ.scalar():
		instead := "write one of its members"
		if t.kind == kPtr && a.lvalue() {
			instead = "write (" + t.String() + ")&" + p.said(a)
		}
		p.errorf(a.off, p.said(a)+" is "+article(a.typ)+", which cannot be cast", instead)
		return bad(off, a.end)
	}
	return &expr{op: eConv, typ: plain(t), a: a, off: off, end: a.end, parens: true}
}

// compound reads (int){1}: an object without a name.
func (p *parser) compound(t *ctype, off int32) *expr {
	items, t := p.initialiser(t)
	p.checkObject("this object", t, off)
	if p.fn == nil {
		p.fail(off, "a compound literal outside of functions is not understood", "declare a variable")
	}
	obj := &expr{op: eLocal, typ: t, off: off}
	if p.typed != nil {
		obj.op, obj.n = eAbs, int64(p.typed.room(t.size(), t.align()))
	} else {
		v := &variable{typ: t}
		p.reserve(v, off)
		obj.n = v.off
	}
	return &expr{op: eCompound, typ: t, a: obj, items: items, off: off, end: p.lastEnd()}
}

// postfix reads what follows a primary: [i], .x, ->x, ++.
func (p *parser) postfix(e *expr) *expr {
	for {
		t := p.tok()
		if t.kind != tokPunct {
			return e
		}
		switch t.text {
		case "[":
			p.i++
			b := p.rvalue(p.expression())
			p.expect("]")
			e = p.index(p.rvalue(e), b, t)
		case ".", "->":
			p.i++
			e = p.member(e, t)
		case "++", "--":
			p.i++
			e = p.step(t, e, true)
		case "(":
			p.fail(t.off, p.said(e)+" is not a function", "write an operator before the parenthesis")
		default:
			return e
		}
	}
}

func (p *parser) index(a, b *expr, t token) *expr {
	if a.op == eBad || b.op == eBad {
		return bad(a.off, p.lastEnd())
	}
	if a.typ.integer() && b.typ.kind == kPtr {
		a, b = b, a
	}
	if a.typ.kind != kPtr || !b.typ.integer() || !a.typ.elem.complete() {
		p.errorf(t.off, p.said(a)+" is no array", "take the [ ] out")
		return bad(a.off, p.lastEnd())
	}
	sum := &expr{op: eIndex, typ: a.typ, a: a, b: p.cast(b, tLong), n: int64(a.typ.elem.size()), off: a.off, end: p.lastEnd()}
	return &expr{op: eDeref, typ: a.typ.elem, a: sum, off: a.off, end: p.lastEnd()}
}

// member makes a.b and a->b.
func (p *parser) member(e *expr, t token) *expr {
	name := p.take()
	if name.kind != tokName {
		p.fail(name.off, "the name of a member is missing", "write it behind "+t.text)
	}
	if e.op == eBad {
		return bad(e.off, name.end)
	}
	if t.text == "->" {
		e = p.rvalue(e)
		if e.typ.kind != kPtr {
			instead := "take the -> out"
			if e.typ.kind == kStruct {
				instead = "write ." + name.text
			}
			p.errorf(t.off, p.said(e)+" is no pointer", instead)
			return bad(e.off, name.end)
		}
		e = &expr{op: eDeref, typ: e.typ.elem, a: e, off: e.off, end: e.end}
	}
	if e.typ.kind != kStruct {
		instead := "use a struct"
		if e.typ.kind == kPtr && e.typ.elem.kind == kStruct {
			instead = "write ->" + name.text
		}
		p.errorf(t.off, p.said(e)+" is "+article(e.typ)+", not a struct", instead)
		return bad(e.off, name.end)
	}
	f := e.typ.field(name.text)
	if f == nil {
		p.noMember(e, name)
		return bad(e.off, name.end)
	}
	typ := f.typ
	if e.typ.konst {
		typ = constOf(typ)
	}
	return &expr{op: eMember, typ: typ, a: e, n: int64(f.off), off: e.off, end: name.end}
}

func (p *parser) noMember(e *expr, name token) {
	if !e.typ.def.complete {
		p.errorf(name.off, e.typ.String()+" is not defined", p.structAdvice(e.typ))
		return
	}
	var names []string
	for _, f := range e.typ.def.fields {
		names = append(names, f.name)
	}
	instead := "its members are " + strings.Join(names, ", ")
	if near := nearest(name.text, names); near != "" {
		instead = "write " + near
	}
	p.errorf(name.off, e.typ.String()+" has no member "+clip(name.text), instead)
}
