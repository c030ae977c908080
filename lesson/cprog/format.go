package cprog

import (
	"strconv"
	"strings"
)

// conversion is one %... of a format.
type conversion struct {
	text      string // as it is written
	minus     bool
	plus      bool
	space     bool
	alt       bool
	zero      bool
	width     int
	precision int // -1: none
	starWidth bool
	starPrec  bool
	length    string // "", "hh", "h", "l", "ll", "z", "j", "t"
	verb      byte
}

// maxWidth bounds what a width or precision makes, in bytes.
const maxWidth = 1 << 16

// cutFormat takes the text before the next % and the conversion there. done
// means that there is none.
func cutFormat(f string) (text string, c conversion, rest string, done bool) {
	i := strings.IndexByte(f, '%')
	if i < 0 {
		return f, c, "", true
	}
	s := f[i+1:]
	c.precision = -1
	s = c.flags(s)
	c.width, c.starWidth, s = amount(s)
	if strings.HasPrefix(s, ".") {
		c.precision, c.starPrec, s = amount(s[1:])
	}
	for _, l := range []string{"hh", "h", "ll", "l", "z", "j", "t", "L"} {
		if strings.HasPrefix(s, l) {
			c.length, s = l, s[len(l):]
			break
		}
	}
	if s != "" {
		c.verb, s = s[0], s[1:]
	}
	c.text = f[i : len(f)-len(s)]
	return f[:i], c, s, false
}

func (c *conversion) flags(s string) string {
	for s != "" {
		switch s[0] {
		case '-':
			c.minus = true
		case '+':
			c.plus = true
		case ' ':
			c.space = true
		case '#':
			c.alt = true
		case '0':
			c.zero = true
		default:
			return s
		}
		s = s[1:]
	}
	return s
}

// amount reads a number or *.
func amount(s string) (n int, star bool, rest string) {
	if strings.HasPrefix(s, "*") {
		return 0, true, s[1:]
	}
	i := 0
	for i < len(s) && digit(s[i]) {
		i++
	}
	n, _ = strconv.Atoi(s[:min(i, 7)])
	return min(n, maxWidth), false, s[i:]
}

// wants is the type an argument of a conversion must have, nil for none.
func (c conversion) wants() *ctype {
	switch c.verb {
	case 'd', 'i':
		switch c.length {
		case "l", "z", "t", "j":
			return tLong
		case "ll":
			return tLLong
		}
		return tInt
	case 'u', 'x', 'X', 'o':
		switch c.length {
		case "l", "z", "t", "j":
			return tULong
		case "ll":
			return tULLong
		}
		return tUInt
	case 'c':
		return tInt
	case 's':
		return tCCharP
	case 'p':
		return tVoidP
	}
	return nil
}

// checkFormat compares a literal format with the arguments.
func (p *parser) checkFormat(e *expr, want int) {
	f := e.args[want-1]
	for f.op == eConv {
		f = f.a
	}
	if f.op != eDecay || f.a.op != eString && f.a.text == "" {
		return
	}
	args := e.args[want:]
	for text := f.a.text; ; {
		_, c, rest, done := cutFormat(text)
		if done {
			break
		}
		text = rest
		stars := int(truth(c.starWidth) + truth(c.starPrec))
		for ; stars > 0 && len(args) > 0; stars-- {
			p.formatArg(tInt, "*", args[0])
			args = args[1:]
		}
		t := c.wants()
		if t == nil {
			p.noConversion(f, c)
			continue
		}
		if len(args) == 0 {
			p.errorf(f.off, "the value for "+c.text+" is missing", "write one argument for each % in the format")
			return
		}
		p.formatArg(t, c.text, args[0])
		args = args[1:]
	}
	if len(args) > 0 {
		p.errorf(args[0].off, "the format has no % for "+p.said(args[0]), "write %d, or take the argument out")
	}
}

func (p *parser) noConversion(f *expr, c conversion) {
	switch c.verb {
	case '%':
	case 'f', 'g', 'e', 'a', 'F', 'G', 'E', 'A':
		p.errorf(f.off, clip(c.text)+" prints fractions, which are not understood", "write %d")
	case 0:
		p.errorf(f.off, "the format ends inside a %", "write %% for a percent sign")
	default:
		p.errorf(f.off, printable(c.text)+" is not understood in a format", "write %d, %u, %x, %s, %c, %p, %zu or %zd")
	}
}

func printable(s string) string { return strings.Trim(strconv.Quote(clip(s)), `"`) }

// formatArg checks one argument against its conversion.
func (p *parser) formatArg(t *ctype, verb string, a *expr) {
	if a.op == eBad {
		return
	}
	instead := "write " + verbFor(a.typ)
	switch {
	case t.kind == kInt && a.typ.kind == kInt:
		if t.size() != promoted(a.typ).size() {
			p.warn(a.off, verb+" wants "+article(t)+", but "+p.said(a)+" is "+article(a.typ), instead)
		}
	case t == tVoidP && a.typ.kind == kPtr:
	case t.kind == kPtr && a.typ.kind == kPtr && (same(t, a.typ) || a.typ.elem.kind == kInt && a.typ.elem.size() == 1):
	default:
		p.errorf(a.off, verb+" wants "+article(t)+", but "+p.said(a)+" is "+article(a.typ), instead)
	}
}

// verbFor is the conversion for a type.
func verbFor(t *ctype) string {
	switch {
	case t.kind == kPtr && t.elem.kind == kInt && t.elem.size() == 1:
		return "%s"
	case t.kind == kPtr:
		return "%p"
	case t.kind != kInt:
		return "a member of it"
	}
	switch t.name {
	case "size_t":
		return "%zu"
	case "ssize_t":
		return "%zd"
	}
	verb := "u"
	if promoted(t).class.signed() {
		verb = "d"
	}
	switch promoted(t).rank {
	case 4:
		return "%l" + verb
	case 5:
		return "%ll" + verb
	}
	return "%" + verb
}

// format makes the text of a printf; ok is false after a fault.
func (m *Machine) format(in *instr, format string, args []val) (out []byte, ok bool) {
	next := func() val {
		if len(args) == 0 {
			return val{bits: uint64(m.opt.Fill) * 0x0101010101010101}
		}
		a := args[0]
		args = args[1:]
		m.check(a, in)
		return a
	}
	for {
		text, c, rest, done := cutFormat(format)
		out = append(out, text...)
		if done {
			return out, true
		}
		format = rest
		if c.verb == '%' {
			out = append(out, '%')
			continue
		}
		if c.starWidth {
			c.setWidth(int32(next().bits))
		}
		if c.starPrec {
			c.precision = max(-1, min(int(int32(next().bits)), maxWidth))
		}
		if c.wants() == nil {
			out = append(out, c.text...)
			continue
		}
		s, ok := m.convertArg(in, c, next())
		if !ok {
			return nil, false
		}
		out = append(out, s...)
		if len(out) > maxText {
			return out, true
		}
	}
}

func (c *conversion) setWidth(n int32) {
	c.width = int(n)
	if n < 0 {
		c.minus, c.width = true, -int(n)
	}
	c.width = min(c.width, maxWidth)
}

// convertArg makes the text of one conversion.
func (m *Machine) convertArg(in *instr, c conversion, v val) (string, bool) {
	switch c.verb {
	case 'c':
		c.zero = false
		return c.pad("", string([]byte{byte(v.bits)})), true
	case 's':
		return m.convertText(in, c, v)
	case 'p':
		if v.bits == 0 {
			return c.pad("", "(nil)"), true
		}
		return c.pad("", "0x"+strconv.FormatUint(v.bits, 16)), true
	}
	return c.integer(v.bits), true
}

func (m *Machine) convertText(in *instr, c conversion, v val) (string, bool) {
	c.zero = false
	if v.bits == 0 {
		if c.precision >= 0 && c.precision < 6 {
			return c.pad("", ""), true
		}
		return c.pad("", "(null)"), true
	}
	if c.precision < 0 {
		s, ok := m.cstring(in, v)
		return c.pad("", s), ok
	}
	text, written, ok := m.mem.text(v.bits, c.precision)
	if !ok {
		m.badAddress(in, v.bits+uint64(len(text)), false)
		return "", false
	}
	if !written {
		m.warnBytes(v.bits)
	}
	return c.pad("", string(text)), true
}

// narrow brings a number into the size the length says.
func (c conversion) narrow(n uint64, signed bool) uint64 {
	cls := c32u
	switch c.length {
	case "hh":
		cls = c8u
	case "h":
		cls = c16u
	case "l", "ll", "z", "j", "t":
		cls = c64u
	}
	if signed {
		cls--
	}
	return cls.trim(n)
}

func (c conversion) integer(n uint64) string {
	sign, digits := "", ""
	switch c.verb {
	case 'd', 'i':
		n = c.narrow(n, true)
		switch {
		case int64(n) < 0:
			sign, n = "-", -n
		case c.plus:
			sign = "+"
		case c.space:
			sign = " "
		}
		digits = strconv.FormatUint(n, 10)
	default:
		n = c.narrow(n, false)
		sign, digits = c.unsigned(n)
	}
	if c.precision == 0 && n == 0 && !(c.verb == 'o' && c.alt) {
		digits = ""
	}
	if len(digits) < c.precision {
		digits = strings.Repeat("0", c.precision-len(digits)) + digits
	}
	if c.precision >= 0 {
		c.zero = false
	}
	return c.pad(sign, digits)
}

func (c conversion) unsigned(n uint64) (prefix, digits string) {
	switch c.verb {
	case 'u':
		return "", strconv.FormatUint(n, 10)
	case 'o':
		digits = strconv.FormatUint(n, 8)
		if c.alt && digits[0] != '0' && c.precision <= len(digits) {
			digits = "0" + digits
		}
		return "", digits
	}
	digits = strconv.FormatUint(n, 16)
	if c.alt && n != 0 {
		prefix = "0x"
	}
	if c.verb == 'X' {
		return strings.ToUpper(prefix), strings.ToUpper(digits)
	}
	return prefix, digits
}

// pad brings a text to the width.
func (c conversion) pad(sign, s string) string {
	n := c.width - len(sign) - len(s)
	switch {
	case n <= 0:
		return sign + s
	case c.minus:
		return sign + s + strings.Repeat(" ", n)
	case c.zero:
		return sign + strings.Repeat("0", n) + s
	}
	return strings.Repeat(" ", n) + sign + s
}

func libPrintf(m *Machine, in *instr, a []val) uint64 { return m.printTo(in, 1, a[0], a[1:]) }

func libFprintf(m *Machine, in *instr, a []val) uint64 {
	fd, ok := m.stream(in, a[0])
	if !ok {
		return 0
	}
	return m.printTo(in, fd, a[1], a[2:])
}

func (m *Machine) printTo(in *instr, fd int, format val, args []val) uint64 {
	f, ok := m.cstring(in, format)
	if !ok {
		return 0
	}
	text, ok := m.format(in, f, args)
	if ok {
		m.print(in, fd, text)
	}
	return uint64(len(text))
}

func libSprintf(m *Machine, in *instr, a []val) uint64 {
	return m.formatInto(in, a[0].bits, maxText, a[1], a[2:])
}

func libSnprintf(m *Machine, in *instr, a []val) uint64 {
	return m.formatInto(in, a[0].bits, a[1].bits, a[2], a[3:])
}

// formatInto is snprintf: at most size bytes with the null byte, and the length
// it would have had.
func (m *Machine) formatInto(in *instr, to, size uint64, format val, args []val) uint64 {
	f, ok := m.cstring(in, format)
	if !ok {
		return 0
	}
	text, ok := m.format(in, f, args)
	if !ok || size == 0 {
		return uint64(len(text))
	}
	n := len(text)
	if uint64(n) > size-1 {
		text = text[:size-1]
	}
	m.put(in, to, append(text, 0))
	return uint64(n)
}
