package cprog

// initialiser reads what stands behind the = of a declaration. It gives the
// type back, with its length when that was left to count.
func (p *parser) initialiser(t *ctype) ([]initItem, *ctype) {
	var items []initItem
	if p.is("{") && !(t.kind == kArray && t.elem.size() == 1 && p.peek(1).kind == tokString) {
		n := p.braced(t, 0, &items)
		return items, counted(t, n)
	}
	if t.kind == kArray {
		if !p.textNext(t) {
			p.fail(p.tok().off, "an array starts with values in braces", "write { 1, 2, 3 }, or a string for characters")
		}
		n := p.stringInto(t, 0, &items)
		return items, counted(t, n)
	}
	e := p.assignment()
	items = append(items, initItem{0, t, p.assignable(e, plain(t), "assign")})
	return items, t
}

// counted gives an array of unknown length the length of its values.
func counted(t *ctype, n int) *ctype {
	if t.kind != kArray || t.n >= 0 {
		return t
	}
	c := *t
	c.n = n
	return &c
}

// textNext tells whether a string for a character array comes next.
func (p *parser) textNext(t *ctype) bool {
	if t.kind != kArray || t.elem.kind != kInt || t.elem.size() != 1 {
		return false
	}
	return p.at(tokString) || p.is("{") && p.peek(1).kind == tokString
}

// stringInto reads the string for a character array and gives its length with the
// null byte.
func (p *parser) stringInto(t *ctype, off int, items *[]initItem) int {
	brace := p.accept("{")
	s := p.str()
	if brace {
		p.accept(",")
		p.expect("}")
	}
	n := len(s.text) + 1
	if t.n >= 0 && n-1 > t.n {
		p.errorf(s.off, "the string is longer than the array", "write ["+itoa(n)+"]")
	}
	*items = append(*items, initItem{off, arrayOf(t.elem, max(t.n, counted(t, n).n)), s})
	return n
}

// braced reads { ... } for an object off bytes in, and gives the number of an
// array's elements.
func (p *parser) braced(t *ctype, off int, items *[]initItem) int {
	open := p.tok().off
	p.deeper(open)
	defer func() { p.nested-- }()
	p.expect("{")
	if t.scalar() {
		p.element(t, off, items)
		p.accept(",")
		p.expect("}")
		return 1
	}
	if t.kind == kVoid || t.kind == kStruct && !t.def.complete {
		p.fail(open, t.String()+" has no members here", "define it first")
	}
	at, most := 0, 0
	for !p.is("}") && !p.at(tokEnd) {
		from := p.tok().off
		typ, place := p.designated(t, off, &at)
		if typ == nil {
			p.fail(from, "there are more values than "+t.String()+" has room for", "take some out")
		}
		p.element(typ, place, items)
		most = max(most, at)
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return most
}

// designated finds which element comes next, by .name or [n] or the order, and
// moves at behind it.
func (p *parser) designated(t *ctype, off int, at *int) (*ctype, int) {
	switch {
	case p.is(".") && t.kind == kStruct:
		p.i++
		name := p.take()
		for i, f := range t.def.fields {
			if f.name == name.text {
				*at = i + 1
				return p.further(f.typ, off+f.off)
			}
		}
		p.noMember(&expr{typ: t}, name)
		panic(giveUp{})
	case p.is("[") && t.kind == kArray:
		open := p.take().off
		n := p.constantHere("the index of an element")
		p.expect("]")
		if n < 0 || t.n >= 0 && n >= int64(t.n) || n*int64(t.elem.size()) > maxObject {
			p.fail(open, "the array has no element "+itoa(int(n)), "write a smaller index")
		}
		*at = int(n) + 1
		return p.further(t.elem, off+int(n)*t.elem.size())
	}
	return p.inOrder(t, off, at)
}

// inOrder is the element behind the last one.
func (p *parser) inOrder(t *ctype, off int, at *int) (*ctype, int) {
	n := *at
	*at++
	if t.kind == kArray {
		if t.n >= 0 && n >= t.n || n*t.elem.size() > maxObject {
			return nil, 0
		}
		return t.elem, off + n*t.elem.size()
	}
	if n >= len(t.def.fields) || n > 0 && t.def.fields[n].off == 0 {
		return nil, 0
	}
	return t.def.fields[n].typ, off + t.def.fields[n].off
}

// further follows .a.b[2] and takes the =.
func (p *parser) further(t *ctype, off int) (*ctype, int) {
	if (p.is(".") && t.kind == kStruct) || (p.is("[") && t.kind == kArray) {
		at := 0
		return p.designated(t, off, &at)
	}
	if p.is(".") || p.is("[") {
		p.fail(p.tok().off, t.String()+" has no members", "write = behind it")
	}
	p.expect("=")
	return t, off
}

// element reads the value of one element.
func (p *parser) element(t *ctype, off int, items *[]initItem) {
	switch {
	case p.textNext(t):
		p.stringInto(t, off, items)
	case p.is("{"):
		p.braced(t, off, items)
	case t.kind == kStruct && t.def.tag == "in6_addr" && p.addressConstant(off, items):
	default:
		p.flat(t, off, p.assignment(), items)
	}
}

// addressConstant takes IN6ADDR_ANY_INIT and IN6ADDR_LOOPBACK_INIT.
func (p *parser) addressConstant(off int, items *[]initItem) bool {
	t := p.tok()
	if t.text != "IN6ADDR_ANY_INIT" && t.text != "IN6ADDR_LOOPBACK_INIT" {
		return false
	}
	p.use(t.text, t.off)
	p.i++
	last := constant(int64(truth(t.text == "IN6ADDR_LOOPBACK_INIT")), tInt)
	*items = append(*items, initItem{off + 15, tUChar, last})
	return true
}

// flat stores a value; where the object is made of others, they take the
// values that follow without braces of their own.
func (p *parser) flat(t *ctype, off int, e *expr, items *[]initItem) {
	if t.scalar() || t.kind == kStruct && (e.op == eBad || same(t, e.typ)) {
		*items = append(*items, initItem{off, t, p.assignable(e, plain(t), "assign")})
		return
	}
	p.deeper(e.off)
	defer func() { p.nested-- }()
	for at := 0; ; {
		typ, place := p.inOrder(t, off, &at)
		if typ == nil {
			return
		}
		if at == 1 {
			p.flat(typ, place, e, items)
		} else {
			p.element(typ, place, items)
		}
		next := p.peek(1)
		if !p.is(",") || next.text == "}" || next.text == "." || next.text == "[" {
			return
		}
		probe := at
		if more, _ := p.inOrder(t, off, &probe); more == nil {
			return
		}
		p.i++
	}
}
