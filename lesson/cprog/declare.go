package cprog

import "sort"

func sortStrings(s []string) { sort.Strings(s) }

// specifiers is what stands before the names of a declaration.
type specifiers struct {
	typ     *ctype
	static  bool
	extern  bool
	typedef bool
	off     int32
}

// typeNext tells whether a declaration or a type name starts at token n.
func (p *parser) typeNext(n int) bool {
	t := p.peek(n)
	if t.kind != tokName {
		return false
	}
	switch t.text {
	case "void", "char", "short", "int", "long", "signed", "unsigned", "float", "double", "_Bool", "const", "static",
		"volatile", "register", "extern", "struct", "union", "enum", "typedef", "inline", "auto", "restrict":
		return true
	}
	if s := p.find(t.text); s != nil {
		return s.kind == symType
	}
	return typedefFor(t.text) != nil
}

// specify reads specifiers: static const unsigned int, struct sockaddr_in.
func (p *parser) specify() specifiers {
	s := specifiers{off: p.tok().off}
	var words wordCount
	konst := false
	for {
		t := p.tok()
		if t.kind != tokName {
			break
		}
		switch t.text {
		case "static":
			s.static = true
		case "extern":
			s.extern = true
		case "typedef":
			s.typedef = true
		case "const":
			konst = true
		case "volatile", "register", "inline", "auto", "restrict":
		case "void", "char", "short", "int", "long", "signed", "unsigned", "_Bool":
			words.add(t.text)
		case "float", "double":
			p.fail(t.off, t.text+" is not understood: there are no fractions in the course", "write int or long")
		case "union":
			p.fail(t.off, "a union is not understood", "write a struct, or copy the bytes with memcpy()")
		case "struct":
			s.typ = p.structSpecifier()
			continue
		case "enum":
			s.typ = p.enumSpecifier()
			continue
		default:
			if s.typ != nil || words.n > 0 || !p.typeNext(0) {
				return p.specified(s, words, konst)
			}
			s.typ = p.namedType(t)
		}
		p.i++
	}
	return p.specified(s, words, konst)
}

func (p *parser) namedType(t token) *ctype {
	if s := p.find(t.text); s != nil {
		return s.typ
	}
	p.use(t.text, t.off)
	return typedefFor(t.text)
}

func (p *parser) specified(s specifiers, words wordCount, konst bool) specifiers {
	if words.n > 0 {
		if s.typ != nil {
			p.fail(s.off, "this is two types at once", "write one of them")
		}
		s.typ = words.typ()
		if s.typ == nil {
			p.fail(s.off, "this is no type", "write unsigned long, for example")
		}
	}
	if s.typ == nil {
		p.fail(s.off, "a type is missing before "+p.found(), "write int before the name")
	}
	if konst {
		s.typ = constOf(s.typ)
	}
	return s
}

// wordCount counts the words an integer type is made of.
type wordCount struct {
	n, void, char, short, integer, long, signed, unsigned, boolean int
}

func (w *wordCount) add(word string) {
	w.n++
	switch word {
	case "void":
		w.void++
	case "char":
		w.char++
	case "short":
		w.short++
	case "int":
		w.integer++
	case "long":
		w.long++
	case "signed":
		w.signed++
	case "unsigned":
		w.unsigned++
	case "_Bool":
		w.boolean++
	}
}

// typ gives the type the words make, or nil.
func (w wordCount) typ() *ctype {
	if w.signed > 0 && w.unsigned > 0 || w.signed > 1 || w.unsigned > 1 || w.long > 2 || w.integer > 1 {
		return nil
	}
	kinds := int(truth(w.char > 0) + truth(w.short > 0) + truth(w.long > 0) + truth(w.void > 0) + truth(w.boolean > 0))
	if kinds > 1 || (w.void > 0 || w.boolean > 0) && w.n > 1 || w.char > 0 && w.integer > 0 || w.short > 1 || w.char > 1 {
		return nil
	}
	switch {
	case w.void > 0:
		return tVoid
	case w.boolean > 0:
		return tBool
	case w.char > 0:
		if w.signed > 0 {
			return tSChar
		}
		return pick(w.unsigned > 0, tUChar, tChar)
	case w.short > 0:
		return pick(w.unsigned > 0, tUShort, tShort)
	case w.long == 1:
		return pick(w.unsigned > 0, tULong, tLong)
	case w.long == 2:
		return pick(w.unsigned > 0, tULLong, tLLong)
	}
	return pick(w.unsigned > 0, tUInt, tInt)
}

func pick(yes bool, a, b *ctype) *ctype {
	if yes {
		return a
	}
	return b
}

// structSpecifier reads struct tag, struct tag { ... } or struct { ... }.
func (p *parser) structSpecifier() *ctype {
	p.i++
	t := p.tok()
	tag := ""
	if t.kind == tokName && !keyword(t.text) {
		tag = t.text
		p.i++
	} else if !p.is("{") {
		p.fail(t.off, "the struct has no name", "write struct sockaddr_in, for example")
	}
	if p.is("{") {
		return p.structBody(tag, t.off)
	}
	if d := p.tag(tag); d != nil {
		return structOf(d)
	}
	if d := p.systemTag(tag, t.off); d != nil {
		return structOf(d)
	}
	d := &structDef{tag: tag}
	p.tags[tag] = d
	return structOf(d)
}

func structOf(d *structDef) *ctype { return &ctype{kind: kStruct, def: d, name: ""} }

func (p *parser) tag(name string) *structDef {
	if d := p.tags[name]; d != nil {
		return d
	}
	return p.outerTag[name]
}

// systemTag is a struct of the system's headers, which must be included.
func (p *parser) systemTag(tag string, off int32) *structDef {
	d := p.systemStruct(tag)
	if d != nil {
		p.use("struct "+tag, off)
		p.tags[tag] = d
	}
	return d
}

// structType is a struct of the system inside another one.
func (p *parser) structType(tag string) *ctype {
	d := p.tag(tag)
	if d == nil {
		d = p.systemStruct(tag)
		p.tags[tag] = d
	}
	return structOf(d)
}

func (p *parser) structBody(tag string, off int32) *ctype {
	p.deeper(off)
	d := p.tag(tag)
	if tag == "" || d == nil {
		d = &structDef{tag: tag}
		if tag != "" {
			p.tags[tag] = d
		}
	}
	if d.complete {
		p.fail(off, "struct "+tag+" is already defined", "give one of them another name")
	}
	p.expect("{")
	for !p.is("}") && !p.at(tokEnd) {
		p.members(d)
	}
	p.expect("}")
	if len(d.fields) == 0 {
		p.fail(off, "this struct has no members", "write at least one, int x; for example")
	}
	d.layout()
	if d.size > maxObject {
		p.fail(off, "this struct is too large", "keep it below four megabytes")
	}
	p.nested--
	return structOf(d)
}

func (p *parser) members(d *structDef) {
	s := p.specify()
	for {
		name, t, off := p.declarator(s.typ)
		if name == "" {
			p.fail(off, "a member without a name is not understood", "give it a name")
		}
		if !t.complete() {
			p.fail(off, name+" has a type whose size is not known", "define the type first")
		}
		if structOf(d).field(name) != nil {
			p.fail(off, "there are two members "+name, "give one of them another name")
		}
		d.fields = append(d.fields, field{name: name, typ: t})
		if len(d.fields) > 1000 {
			p.fail(off, "this struct has too many members", "take it apart")
		}
		if !p.accept(",") {
			break
		}
	}
	if p.is(":") {
		p.fail(p.tok().off, "a bit-field is not understood", "write a whole member")
	}
	p.expect(";")
}

// enumSpecifier reads enum { A, B = 5 }.
func (p *parser) enumSpecifier() *ctype {
	p.i++
	name := "enum"
	if p.at(tokName) && !keyword(p.tok().text) {
		name = "enum " + p.take().text
	}
	if !p.accept("{") {
		return renamed(tUInt, name)
	}
	next := int64(0)
	for !p.is("}") && !p.at(tokEnd) {
		t := p.take()
		if t.kind != tokName || keyword(t.text) {
			p.fail(t.off, "a name is missing in the enum", "write enum { A, B }")
		}
		if p.accept("=") {
			next = p.constantHere("the value of " + t.text)
		}
		p.declare(&symbol{kind: symConstant, name: t.text, typ: tInt, n: int64(int32(next))}, t.off)
		next++
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return renamed(tUInt, name)
}

// constantHere reads an expression that must be a constant.
func (p *parser) constantHere(what string) int64 {
	off := p.tok().off
	e := p.conditional()
	n, ok := e.value()
	if !ok && e.op != eBad {
		p.fail(off, what+" must be a constant", "write a number or a #define")
	}
	return n
}

// declarator reads *name[10].
func (p *parser) declarator(t *ctype) (name string, typ *ctype, off int32) {
	for depth := 0; p.is("*"); depth++ {
		if depth > 20 {
			p.fail(p.tok().off, "these are too many stars", "write one or two")
		}
		p.i++
		t = pointerTo(t)
		for p.is("const") || p.is("volatile") || p.is("restrict") {
			if p.take().text == "const" {
				t = constOf(t)
			}
		}
	}
	off = p.tok().off
	if p.is("(") && p.peek(1).text == "*" {
		p.fail(off, "a pointer to a function or an array is not understood", "call the function by its name")
	}
	if p.at(tokName) {
		if keyword(p.tok().text) {
			p.fail(off, p.tok().text+" is a word of the language, not a name", "choose another name")
		}
		name = p.take().text
	}
	return name, p.dimensions(t, off), off
}

// dimensions reads [2][10]; [] is an array of unknown length.
func (p *parser) dimensions(t *ctype, off int32) *ctype {
	if !p.is("[") {
		return t
	}
	p.deeper(off)
	p.i++
	n := int64(-1)
	if !p.is("]") {
		at := p.tok().off
		n = p.constantHere("the length of an array")
		if n < 0 || n > maxObject {
			p.fail(at, "an array of "+itoa(int(n))+" elements is not understood", "write a length from 1 to "+itoa(maxObject))
		}
	}
	p.expect("]")
	inner := p.dimensions(t, off)
	p.nested--
	if !inner.complete() {
		p.fail(off, "this array has elements whose size is not known", "define their type first")
	}
	if n > 0 && int64(inner.size())*n > maxObject {
		p.fail(off, "this array is too large", "keep it below four megabytes")
	}
	return arrayOf(inner, int(n))
}

// typeName reads a type in a cast or sizeof.
func (p *parser) typeName() *ctype {
	s := p.specify()
	name, t, off := p.declarator(s.typ)
	if name != "" {
		p.fail(off, name+" is not understood in a type", "take the name out")
	}
	return t
}

// external is a declaration outside of functions.
func (p *parser) external() {
	if p.accept(";") {
		return
	}
	if !p.typeNext(0) {
		p.outside()
	}
	s := p.specify()
	if p.accept(";") {
		return
	}
	for {
		name, t, off := p.declarator(s.typ)
		if name == "" {
			p.fail(off, "a name is missing before "+p.found(), "write a name behind the type")
		}
		if p.is("(") {
			if p.function(s, name, t, off) {
				return
			}
		} else if s.typedef {
			p.declare(&symbol{kind: symType, name: name, typ: nameless(t, name)}, off)
		} else {
			p.global(s, name, t, off)
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(";")
}

// nameless gives a type its typedef's name, where it is shown by one.
func nameless(t *ctype, name string) *ctype {
	if t.kind == kInt || t.kind == kStruct {
		return renamed(t, name)
	}
	return t
}

// outside reports what cannot stand outside of functions.
func (p *parser) outside() {
	t := p.tok()
	switch {
	case t.text == "}":
		p.fail(t.off, "this } closes nothing", "take it out, or open a block before it")
	case t.kind == tokName && p.peek(1).kind == tokName:
		p.unknownType(t)
	case t.kind == tokName:
		p.fail(t.off, "a statement stands outside of every function", "put it into main()")
	}
	p.fail(t.off, p.found()+" is not understood outside of a function", "write a function or a variable")
}

func (p *parser) unknownType(t token) {
	near := nearest(t.text, []string{"int", "char", "struct", "unsigned", "void", "long", "short", "const", "static",
		"return", "socklen_t", "ssize_t", "size_t", "uint16_t", "uint32_t", "uint8_t", "in_addr_t", "while", "if", "else"})
	instead := "write int, char, struct sockaddr_in, or another type"
	if p.systemStruct(t.text) != nil || p.tag(t.text) != nil {
		instead = "write struct " + t.text
	} else if near != "" {
		instead = "write " + near
	}
	p.fail(t.off, clip(t.text)+" is not understood as a type", instead)
}

// global is a variable outside of functions, or a static one inside.
func (p *parser) global(s specifiers, name string, t *ctype, off int32) {
	if s.extern {
		p.fail(s.off, "extern is not understood: a program of the course is one file", "take extern out")
	}
	v := &variable{name: name, typ: t, global: true}
	var items []initItem
	if p.accept("=") {
		items, t = p.initialiser(t)
		v.typ = t
	}
	p.checkObject(name, t, off)
	p.place(v)
	for _, it := range items {
		p.fix(int(v.off)+it.off, it)
	}
	if p.fn != nil {
		v.fn = p.fn.name
		v.start = p.here()
		p.fn.locals = append(p.fn.locals, v)
	} else {
		p.prog.globals = append(p.prog.globals, v)
	}
	p.declare(&symbol{kind: symVariable, name: name, typ: t, v: v}, off)
}

// place gives a global its bytes.
func (p *parser) place(v *variable) {
	at := roundUp(len(p.prog.data), v.typ.align())
	size := at + v.typ.size()
	if size > 2*maxObject {
		p.fail(p.lastEnd(), "the variables outside of functions are too large", "keep them below eight megabytes")
	}
	v.off = int64(at)
	p.prog.data = append(p.prog.data, make([]byte, size-len(p.prog.data))...)
}

// checkObject reports a variable that cannot exist.
func (p *parser) checkObject(name string, t *ctype, off int32) {
	switch {
	case t.kind == kVoid:
		p.fail(off, name+" cannot be void", "write int "+name)
	case t.kind == kArray && t.n < 0:
		p.fail(off, name+" has no length", "write a number between the brackets")
	case !t.complete():
		p.fail(off, t.String()+" is not defined", p.structAdvice(t))
	}
}

func (p *parser) structAdvice(t *ctype) string {
	if t.kind != kStruct {
		return "define it first"
	}
	var tags []string
	for _, r := range headerRows {
		if len(r.name) > 7 && r.name[:7] == "struct " {
			tags = append(tags, r.name[7:])
		}
	}
	for tag := range p.tags {
		if tag != t.def.tag {
			tags = append(tags, tag)
		}
	}
	sortStrings(tags)
	if near := nearest(t.def.tag, tags); near != "" {
		return "write struct " + near
	}
	return "define it first"
}

// fix puts a constant into the globals' first content.
func (p *parser) fix(at int, it initItem) {
	data := p.prog.data[at:]
	if it.typ.kind == kArray {
		copy(data[:it.typ.size()], it.value.text)
		return
	}
	if n, ok := it.value.value(); ok {
		putBits(data, it.typ.class, uint64(n))
		return
	}
	literal, to, ok := it.value.place()
	if !ok {
		if it.value.op != eBad {
			p.fail(it.value.off, "a variable outside of functions starts with a constant", "assign it in main()")
		}
		return
	}
	p.prog.relocs = append(p.prog.relocs, reloc{off: at, literal: literal, to: to})
}

// place gives the address an expression stands for before the program runs.
func (e *expr) place() (literal bool, to int64, ok bool) {
	switch e.op {
	case eConv, eDecay, eAddr:
		return e.a.place()
	case eString:
		return true, e.n, true
	case eGlobal:
		return false, e.n, true
	case eMember:
		literal, to, ok = e.a.place()
		return literal, to + e.n, ok
	}
	return false, 0, false
}

// function reads a prototype or a definition; true for a definition.
func (p *parser) function(s specifiers, name string, ret *ctype, off int32) bool {
	if ret.kind == kStruct || ret.kind == kArray {
		p.fail(off, name+"() returns a whole struct, which is not understood", "pass a pointer to the struct and fill it")
	}
	f := &function{name: name, ret: plain(ret), off: off, index: len(p.prog.funcs)}
	p.parameters(f)
	f = p.known(f, off)
	if !p.is("{") {
		return false
	}
	if f.defined {
		p.fail(off, name+"() is already defined", "give one of them another name")
	}
	f.idle = p.idleBody()
	p.body(f)
	return true
}

// idleBody reports whether the body that comes next does nothing: it has no statement
// but (void)name, which is how one says that a parameter is not used.
func (p *parser) idleBody() bool {
	i := 1
	for p.peek(i).text == "(" && p.peek(i+1).text == "void" && p.peek(i+2).text == ")" && p.peek(i+3).kind == tokName && p.peek(i+4).text == ";" {
		i += 5
	}
	return p.peek(i).text == "}"
}

// known finds the function of an earlier prototype, or enters the new one.
func (p *parser) known(f *function, off int32) *function {
	if old := p.names[f.name]; old != nil && old.kind == symFunction {
		if !f.like(old.fn) {
			p.fail(off, f.name+"() is declared in two ways", "write the same types both times")
		}
		old.fn.params = f.params
		return old.fn
	}
	if libraryFor(f.name) != nil && headersGiving(f.name)&p.included != 0 {
		p.fail(off, f.name+"() is already a function of the system", "give yours another name")
	}
	p.declare(&symbol{kind: symFunction, name: f.name, fn: f}, off)
	p.prog.funcs = append(p.prog.funcs, f)
	return f
}

func (f *function) like(g *function) bool {
	if !same(f.ret, g.ret) || len(f.params) != len(g.params) {
		return false
	}
	for i := range f.params {
		if !same(f.params[i].typ, g.params[i].typ) {
			return false
		}
	}
	return true
}

// parameters reads (int a, char *b).
func (p *parser) parameters(f *function) {
	p.expect("(")
	if p.accept(")") {
		return
	}
	if p.is("void") && p.peek(1).text == ")" {
		p.i += 2
		return
	}
	for {
		if p.is("...") {
			p.fail(p.tok().off, "a function of yours with ... is not understood", "name its parameters")
		}
		if !p.typeNext(0) {
			p.unknownType(p.tok())
		}
		s := p.specify()
		name, t, off := p.declarator(s.typ)
		if t.kind == kArray {
			t = pointerTo(t.elem)
		}
		if !t.complete() {
			p.fail(off, "this parameter has no size", "write a pointer, struct sockaddr *a for example")
		}
		f.params = append(f.params, &variable{name: name, typ: t, fn: f.name})
		if len(f.params) > 50 {
			p.fail(off, "these are too many parameters", "pass a pointer to a struct")
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
}

// body reads a function's block and writes its code.
func (p *parser) body(f *function) {
	f.defined = true
	f.entry = p.here()
	p.fn = f
	p.path = append(p.path[:0], hashText(f.name))
	p.openBlock()
	for _, v := range f.params {
		if v.name == "" {
			p.fail(f.off, "a parameter of "+f.name+"() has no name", "write its name behind its type")
		}
		p.local(v, f.off)
	}
	p.block()
	p.closeBlock()
	op := opFallOff
	if f.ret.kind == kVoid {
		op = opLeave
	}
	p.emit(op, 0, uint8(truth(f.name == "main")), 0, p.lastEnd())
	f.frame = roundUp(f.frame, 16)
	p.fn = nil
}

// local gives a variable its place in the frame, below those before it, and
// makes its name known.
func (p *parser) local(v *variable, off int32) {
	p.reserve(v, off)
	v.start = p.here()
	p.fn.locals = append(p.fn.locals, v)
	p.declare(&symbol{kind: symVariable, name: v.name, typ: v.typ, v: v}, off)
}

func (p *parser) reserve(v *variable, off int32) {
	p.fn.frame = roundUp(p.fn.frame+v.typ.size(), v.typ.align())
	v.off = -int64(p.fn.frame)
	v.fn = p.fn.name
	if p.fn.frame > 2*maxObject {
		p.fail(off, "the variables of "+p.fn.name+"() are too large for the stack", "make them smaller")
	}
}
