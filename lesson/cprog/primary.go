package cprog

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// primary reads a name, a constant, a call or a parenthesis.
func (p *parser) primary() *expr {
	t := p.tok()
	switch t.kind {
	case tokNumber:
		p.i++
		return p.number(t)
	case tokChar:
		p.i++
		e := constant(p.character(t), tInt)
		e.off, e.end = t.off, t.end
		return e
	case tokString:
		return p.str()
	case tokName:
		return p.name()
	}
	if p.accept("(") {
		p.deeper(t.off)
		e := p.expression()
		p.nested--
		p.expect(")")
		c := *e
		c.parens = true
		return &c
	}
	if t.text == "{" {
		p.fail(t.off, "{ is not understood here", "write the type before it, (struct sockaddr_in){ ... }")
	}
	p.fail(t.off, "a value is missing before "+p.found(), "write a number, a variable or a call")
	return nil
}

// number is an integer constant with C's choice of type.
func (p *parser) number(t token) *expr {
	s := strings.ToLower(t.text)
	digits := strings.TrimRight(s, "ul")
	if strings.HasPrefix(s, "0x") {
		digits = s[:2] + strings.TrimRight(s[2:], "ul")
	}
	suffix := s[len(digits):]
	if strings.ContainsAny(digits, ".") || !strings.HasPrefix(digits, "0x") && strings.Contains(digits, "e") {
		p.fail(t.off, "there are no fractions in the course", "write a whole number")
	}
	n, err := strconv.ParseUint(cDigits(digits), 0, 64)
	unsigned, long := strings.Count(suffix, "u"), strings.Count(suffix, "l")
	if err != nil || strings.Contains(digits, "_") || strings.HasPrefix(digits, "0o") || unsigned > 1 || long > 2 || suffix == "lul" {
		p.fail(t.off, clip(t.text)+" is not a number", "write 7777 or 0x1e61")
	}
	e := constant(int64(n), numberType(n, unsigned > 0, long, digits[0] != '0'))
	e.off, e.end = t.off, t.end
	return e
}

// cDigits writes an octal number the way strconv wants it.
func cDigits(s string) string {
	if len(s) > 1 && s[0] == '0' && digit(s[1]) {
		return "0o" + s[1:]
	}
	return s
}

func numberType(n uint64, unsigned bool, long int, decimal bool) *ctype {
	for _, t := range [...]*ctype{tInt, tUInt, tLong, tULong, tLLong, tULLong} {
		if int(t.rank)-3 < long || unsigned && t.class.signed() || decimal && !unsigned && !t.class.signed() {
			continue
		}
		limit := uint64(1)<<(t.size()*8-1) - 1
		if !t.class.signed() {
			limit = limit*2 + 1
		}
		if n <= limit {
			return t
		}
	}
	return tULLong
}

// character is the value of a character constant.
func (p *parser) character(t token) int64 {
	s, problem := unescape(t.text[1 : len(t.text)-1])
	if problem != "" {
		p.fail(t.off, problem, `write \n, \0 or \x41, for example`)
	}
	if len(s) != 1 {
		p.fail(t.off, clip(t.text)+" is not one character", `write "..." for a string`)
	}
	return int64(tChar.class.trim(uint64(s[0])))
}

// unescape carries out the backslashes of a string or character constant.
func unescape(s string) (out, problem string) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, ""
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i >= len(s) {
			return "", "a character is missing behind the backslash"
		}
		n := 1
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			continue
		case c == 'x':
			var ok bool
			if n, ok = hexEscape(&b, s[i:]); !ok {
				return "", `\x needs one or two hexadecimal digits behind it`
			}
		case c >= '0' && c <= '7':
			n = octalEscape(&b, s[i:])
		default:
			at := strings.IndexByte(`ntr\'"?abfve`, c)
			if at < 0 {
				r, _ := utf8.DecodeRuneInString(s[i:])
				return "", `\` + string(r) + " is not an escape of C"
			}
			b.WriteByte("\n\t\r\\'\"?\a\b\f\v\x1b"[at])
		}
		i += n - 1
	}
	return b.String(), ""
}

func hexEscape(b *strings.Builder, s string) (n int, ok bool) {
	n = 1
	for n < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[n]) >= 0 {
		n++
	}
	v, err := strconv.ParseUint(s[1:n], 16, 8)
	b.WriteByte(byte(v))
	return n, err == nil
}

func octalEscape(b *strings.Builder, s string) int {
	n, v := 0, 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '7' {
		v = v*8 + int(s[n]-'0')
		n++
	}
	b.WriteByte(byte(v))
	return n
}

// str reads one or more string literals that belong together.
func (p *parser) str() *expr {
	first := p.tok()
	text := ""
	var b strings.Builder
	for p.at(tokString) {
		t := p.take()
		s, problem := unescape(t.text[1 : len(t.text)-1])
		if problem != "" {
			p.fail(t.off, problem, `write \n, \0 or \x41, for example`)
		}
		b.WriteString(s)
	}
	text = b.String()
	e := &expr{op: eString, typ: arrayOf(tChar, len(text)+1), text: text, off: first.off, end: p.lastEnd()}
	if p.typed != nil {
		e.op, e.n = eAbs, int64(p.typed.room(len(text)+1, 1))
		p.typed.texts = append(p.typed.texts, typedText{uint64(e.n), text + "\x00"})
		return e
	}
	e.n = int64(len(p.prog.literals))
	p.prog.literals = append(append(p.prog.literals, text...), 0)
	return e
}

// name is a variable, a constant, or a call.
func (p *parser) name() *expr {
	t := p.take()
	if keyword(t.text) {
		p.i--
		p.fail(t.off, clip(t.text)+" is not understood inside an expression", "write a value")
	}
	if p.is("(") {
		return p.call(t)
	}
	if s := p.find(t.text); s != nil {
		return p.symbolValue(s, t)
	}
	if e := p.systemValue(t.text); e != nil {
		p.use(t.text, t.off)
		e.off, e.end, e.text = t.off, t.end, t.text
		return e
	}
	p.undeclared(t)
	return bad(t.off, t.end)
}

func (p *parser) symbolValue(s *symbol, t token) *expr {
	e := &expr{typ: s.typ, off: t.off, end: t.end, text: s.name}
	switch s.kind {
	case symConstant:
		e.op, e.n = eConst, s.n
	case symVariable:
		o := p.object(s.v, t.off)
		o.end, o.text = t.end, s.name
		return o
	case symFunction:
		return p.handler(s.fn, e)
	default:
		p.fail(t.off, s.name+" is a type, not a value", "write a variable")
	}
	return e
}

// handlersAt is where the addresses of functions begin, as far as there are any: no
// memory of the program is there.
const handlersAt = 0x401000

// handler is a function as a value, which is understood of a signal's handler that
// does nothing: its lines would have to run in the middle of a system call.
func (p *parser) handler(f *function, e *expr) *expr {
	if len(f.params) != 1 || f.params[0].typ.kind != kInt || f.ret.kind != kVoid {
		p.fail(e.off, "the function "+f.name+" is not understood as a value", "call it, "+f.name+"(); a signal's handler is void "+f.name+"(int sig)")
	}
	if !f.idle {
		p.fail(e.off, "the lines of "+f.name+" would not be run by a signal", "write a handler whose body is empty or (void)sig;")
	}
	e.op, e.typ, e.n = eConst, tHandler, handlersAt+16*int64(f.index)
	return e
}

// object is the expression that stands for a variable.
func (p *parser) object(v *variable, off int32) *expr {
	switch {
	case v.address != 0:
		return &expr{op: eAbs, typ: v.typ, n: int64(v.address), off: off, end: off}
	case v.global:
		return &expr{op: eGlobal, typ: v.typ, n: v.off, off: off, end: off}
	}
	return &expr{op: eLocal, typ: v.typ, n: v.off, off: off, end: off}
}

func (p *parser) undeclared(t token) {
	instead := "declare it first: int " + clip(t.text) + ";"
	if p.fn == nil {
		instead = "declare it above"
	}
	if near := nearest(t.text, p.candidates()); near != "" {
		instead = "write " + near
	} else if near := nearest(t.text, systemNames()); near != "" {
		instead = "write " + near
	}
	p.errorf(t.off, clip(t.text)+" is not declared", instead)
}
