package cprog

import (
	"strconv"
	"strings"
)

// maxShown bounds how many bytes of a variable are copied out for showing.
const maxShown = 1 << 16

// Variable is an object of the program that is alive.
type Variable struct {
	Name, Type, Func string
	Address          uint64
	Size             int // in bytes
	// Bytes is its memory, at most the first 65536 bytes of it; Written tells
	// which of them the program ever set.
	Bytes   []byte
	Written []bool
	// Value is short text: 7777, "hello", {...}, not written.
	Value string
	typ   *ctype
}

// Member is a part of a structure.
type Member struct {
	Name         string
	Offset, Size int // in bytes
	Type, Value  string
	Bytes        []byte
	Written      []bool
}

// place is a variable and where it is.
type place struct {
	v  *variable
	at uint64
}

// live gives the variables that are alive, those of the innermost function
// first, then those outside of functions.
func (m *Machine) live() []place {
	var out []place
	pc := m.pc
	for i := len(m.frames) - 1; i >= 0; i-- {
		f := m.frames[i]
		out = append(out, m.inFrame(f, m.reached(i, pc))...)
		pc = f.back - 1
	}
	for _, v := range m.prog.globals {
		out = append(out, place{v, dataBase + uint64(v.off)})
	}
	return out
}

// reached is the program's instruction that decides which variables of a frame
// are alive; inside a typed line the one it was typed before.
func (m *Machine) reached(frame, pc int) int {
	if pc < len(m.prog.code) {
		return pc
	}
	first := m.frames[frame].typed
	if first < len(m.typed) {
		return m.typed[first].back
	}
	return m.frames[frame].back
}

func (m *Machine) inFrame(f frame, pc int) []place {
	var out []place
	for _, v := range m.prog.funcs[f.fn].locals {
		if pc < v.start || pc >= v.end {
			continue
		}
		at := f.top + uint64(v.off)
		if v.global {
			at = dataBase + uint64(v.off)
		}
		out = append(out, place{v, at})
	}
	for _, v := range f.extra {
		out = append(out, place{v, v.address})
	}
	return out
}

// Variables gives the variables that are alive, those of the innermost
// function first, then those outside of functions.
func (m *Machine) Variables() []Variable {
	live := m.live()
	out := make([]Variable, len(live))
	for i, p := range live {
		out[i] = m.show(p.v.name, p.v.fn, p.v.typ, p.at)
	}
	return out
}

// show copies a variable's memory out.
func (m *Machine) show(name, fn string, t *ctype, at uint64) Variable {
	v := Variable{Name: name, Type: t.String(), Func: fn, Address: at, Size: t.size(), typ: t}
	v.Bytes, v.Written = m.mem.read(at, min(t.size(), maxShown))
	v.Value = m.text(t, at)
	return v
}

// Lookup finds a variable that is alive by its name, innermost first, or a part
// of one: "a.sin_port", "p->fd", "buf[2]". "errno" is always there.
func (m *Machine) Lookup(path string) (Variable, bool) {
	if path == "errno" {
		return m.show(path, "", tInt, errnoAt), true
	}
	name := path
	if i := strings.IndexAny(path, ".[-"); i >= 0 {
		name = path[:i]
	}
	for _, p := range m.nearestFirst() {
		if p.v.name != name {
			continue
		}
		t, at, ok := m.follow(p.v.typ, p.at, path[len(name):])
		if !ok {
			return Variable{}, false
		}
		return m.show(path, p.v.fn, t, at), true
	}
	return Variable{}, false
}

// nearestFirst is live with the innermost block's variables of each function
// first.
func (m *Machine) nearestFirst() []place {
	live := m.live()
	for i := 0; i < len(live); {
		j := i
		for j < len(live) && live[j].v.fn == live[i].v.fn {
			j++
		}
		for a, b := i, j-1; a < b; a, b = a+1, b-1 {
			live[a], live[b] = live[b], live[a]
		}
		i = j
	}
	return live
}

// follow walks .name, ->name and [n] from an object.
func (m *Machine) follow(t *ctype, at uint64, path string) (*ctype, uint64, bool) {
	for path != "" {
		var step string
		switch {
		case strings.HasPrefix(path, "["):
			i := strings.IndexByte(path, ']')
			if i < 0 {
				return nil, 0, false
			}
			step, path = path[1:i], path[i+1:]
			n, err := strconv.Atoi(step)
			if err != nil || t.kind != kArray || n < 0 || n >= t.n {
				return nil, 0, false
			}
			t, at = t.elem, at+uint64(n*t.elem.size())
			continue
		case strings.HasPrefix(path, "->"):
			to, written, ok := m.mem.load(at, c64u)
			if t.kind != kPtr || !ok || !written {
				return nil, 0, false
			}
			t, at, path = t.elem, to, path[2:]
		case strings.HasPrefix(path, "."):
			path = path[1:]
		default:
			return nil, 0, false
		}
		step = path
		if i := strings.IndexAny(path, ".[-"); i >= 0 {
			step = path[:i]
		}
		f := t.field(step)
		if f == nil {
			return nil, 0, false
		}
		t, at, path = f.typ, at+uint64(f.off), path[len(step):]
	}
	return t, at, true
}

// Members gives the parts of a structure; nil for anything else. A member that
// is a structure of one member, such as sin_addr, is followed by its part.
func (m *Machine) Members(v Variable) []Member {
	if v.typ == nil || v.typ.kind != kStruct {
		return nil
	}
	return m.members("", v.typ, v.Address, 0)
}

func (m *Machine) members(prefix string, t *ctype, base uint64, off int) []Member {
	var out []Member
	for i, f := range t.def.fields {
		if i > 0 && f.off == 0 {
			continue // another name for the same bytes
		}
		if f.typ.kind == kStruct && f.typ.def.tag != "__sigset_t" {
			out = append(out, m.members(prefix+f.name+".", f.typ, base, off+f.off)...)
			continue
		}
		at := base + uint64(off+f.off)
		one := Member{Name: prefix + f.name, Offset: off + f.off, Size: f.typ.size(), Type: f.typ.String(), Value: m.text(f.typ, at)}
		one.Bytes, one.Written = m.mem.read(at, min(one.Size, maxShown))
		out = append(out, one)
	}
	return out
}

// Memory copies n bytes out and tells which of them were ever written; what
// lies behind the end of the memory there is left out.
func (m *Machine) Memory(at uint64, n int) (data []byte, written []bool) {
	return m.mem.read(at, n)
}

// text is an object's value in few words.
func (m *Machine) text(t *ctype, at uint64) string {
	const unset = "not written"
	switch t.kind {
	case kStruct:
		if m.untouched(at, t.size()) {
			return unset
		}
		return "{...}"
	case kArray:
		if m.untouched(at, t.size()) {
			return unset
		}
		if t.elem.kind == kInt && t.elem.size() == 1 && t.elem.rank == tChar.rank {
			return m.quote(at, t.n)
		}
		return "{...}"
	case kInt, kPtr, kHandler:
		n, written, ok := m.mem.load(at, t.class)
		if !ok {
			return "no memory"
		}
		if !written {
			return unset
		}
		return m.value(t, n)
	}
	return ""
}

// untouched tells that no byte of an object was ever written.
func (m *Machine) untouched(at uint64, n int) bool {
	_, written := m.mem.read(at, min(n, maxShown))
	for _, w := range written {
		if w {
			return false
		}
	}
	return true
}

// value is a scalar in few words.
func (m *Machine) value(t *ctype, n uint64) string {
	switch {
	case t.kind == kHandler:
		switch int64(n) {
		case 0:
			return "SIG_DFL"
		case 1:
			return "SIG_IGN"
		case -1:
			return "SIG_ERR"
		}
		if i := (n - handlersAt) / 16; i < uint64(len(m.prog.funcs)) {
			return m.prog.funcs[i].name
		}
	case t.kind == kPtr && n == 0:
		return "NULL"
	case t.kind == kPtr:
		return m.pointerText(t, n)
	case t.class == cBool:
		return []string{"false", "true"}[n&1]
	case t.name == "char" && n >= ' ' && n < 0x7f:
		return strconv.FormatInt(int64(n), 10) + " " + strconv.QuoteRune(rune(n))
	case t.class.signed():
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatUint(n, 10)
}

func (m *Machine) pointerText(t *ctype, n uint64) string {
	switch {
	case n == stdoutAt:
		return "stdout"
	case n == stderrAt:
		return "stderr"
	case m.mem.room(n) == 0:
		return "0x" + strconv.FormatUint(n, 16)
	case t.elem.kind == kInt && t.elem.size() == 1 && t.elem.rank == tChar.rank:
		return m.quote(n, m.mem.room(n))
	}
	if name := m.nameAt(n); name != "" {
		return "&" + name
	}
	return "0x" + strconv.FormatUint(n, 16)
}

// quote shows a string up to its null byte, at most 40 bytes of it.
func (m *Machine) quote(at uint64, n int) string {
	const most = 40
	data, written := m.mem.read(at, min(n, most+1))
	end := 0
	for end < len(data) && data[end] != 0 && written[end] {
		end++
	}
	if end == 0 && len(data) > 0 && !written[0] {
		return "not written at its start"
	}
	s := quoteC(data[:min(end, most)])
	if end < len(data) && !written[end] || end > most || end == len(data) && n > end {
		s += "..."
	}
	return s
}

// quoteC writes bytes as a C string, without a byte that is not plain ASCII.
func quoteC(b []byte) string {
	const hex = "0123456789abcdef"
	out := []byte{'"'}
	for _, c := range b {
		switch {
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ' || c >= 0x7f:
			out = append(out, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

// nameAt names the object that an address lies in: "len", "a.sin_port".
func (m *Machine) nameAt(at uint64) string {
	for _, p := range m.live() {
		if at < p.at || at >= p.at+uint64(max(p.v.typ.size(), 1)) || p.v.name == "" {
			continue
		}
		return p.v.name + partName(p.v.typ, int(at-p.at))
	}
	return ""
}

// partName is the member or element that starts at an offset, "" for the whole.
func partName(t *ctype, off int) string {
	switch t.kind {
	case kStruct:
		for _, f := range t.def.fields {
			if off >= f.off && off < f.off+f.typ.size() {
				if off == 0 && f.typ.kind == kArray {
					return ""
				}
				return "." + f.name + partName(f.typ, off-f.off)
			}
		}
	case kArray:
		if off > 0 {
			n := off / t.elem.size()
			return "[" + itoa(n) + "]" + partName(t.elem, off%t.elem.size())
		}
	}
	return ""
}
