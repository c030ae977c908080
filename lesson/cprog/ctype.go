package cprog

import (
	"runtime"
	"strconv"
)

// kind is the shape of a C type.
type kind uint8

const (
	kVoid kind = iota
	kInt
	kPtr
	kArray
	kStruct
	kHandler // a signal handler: SIG_IGN, SIG_DFL, SIG_ERR
	kErr     // the type of something already reported
)

// class is how a scalar is loaded, stored and computed with.
type class uint8

const (
	c8s class = iota
	c8u
	c16s
	c16u
	c32s
	c32u
	c64s
	c64u
	cBool
)

// size is the class's size in bytes.
func (c class) size() int {
	if c == cBool {
		return 1
	}
	return 1 << (c >> 1)
}

func (c class) signed() bool { return c != cBool && c&1 == 0 }

// trim brings bits into the one form a value of this class has on the stack:
// sign-extended where signed, zero-extended where not.
func (c class) trim(bits uint64) uint64 {
	switch c {
	case c8s:
		return uint64(int64(int8(bits)))
	case c8u:
		return uint64(uint8(bits))
	case c16s:
		return uint64(int64(int16(bits)))
	case c16u:
		return uint64(uint16(bits))
	case c32s:
		return uint64(int64(int32(bits)))
	case c32u:
		return uint64(uint32(bits))
	case cBool:
		return truth(bits != 0)
	}
	return bits
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// ctype is a C type. Qualified and renamed types are shallow copies.
type ctype struct {
	kind  kind
	class class
	rank  uint8 // of an integer: bool 0, char 1, short 2, int 3, long 4, long long 5
	name  string
	konst bool
	elem  *ctype // of a pointer or an array
	n     int    // elements of an array, -1 unknown
	def   *structDef
}

// structDef is what structs of one tag have in common.
type structDef struct {
	tag         string
	fields      []field
	size, align int
	complete    bool
	system      bool // of the headers: every parse makes its own
}

// field is a member of a struct; off in bytes.
type field struct {
	name string
	typ  *ctype
	off  int
}

var (
	tVoid    = &ctype{kind: kVoid, name: "void"}
	tBool    = integer("bool", cBool, 0)
	tChar    = integer("char", charClass(), 1)
	tSChar   = integer("signed char", c8s, 1)
	tUChar   = integer("unsigned char", c8u, 1)
	tShort   = integer("short", c16s, 2)
	tUShort  = integer("unsigned short", c16u, 2)
	tInt     = integer("int", c32s, 3)
	tUInt    = integer("unsigned int", c32u, 3)
	tLong    = integer("long", c64s, 4)
	tULong   = integer("unsigned long", c64u, 4)
	tLLong   = integer("long long", c64s, 5)
	tULLong  = integer("unsigned long long", c64u, 5)
	tErr     = &ctype{kind: kErr, name: "?"}
	tHandler = &ctype{kind: kHandler, class: c64u, name: "sighandler_t"}
	tCharP   = pointerTo(tChar)
	tCCharP  = pointerTo(constOf(tChar))
	tVoidP   = pointerTo(tVoid)
	tCVoidP  = pointerTo(constOf(tVoid))
	tSize    = renamed(tULong, "size_t")
	tFile    = &ctype{kind: kStruct, name: "FILE", def: &structDef{tag: "_IO_FILE"}}
)

func charClass() class {
	if runtime.GOARCH == "amd64" || runtime.GOOS == "darwin" {
		return c8s
	}
	return c8u
}

func integer(name string, c class, rank uint8) *ctype {
	return &ctype{kind: kInt, class: c, rank: rank, name: name}
}

func renamed(t *ctype, name string) *ctype {
	c := *t
	c.name = name
	return &c
}

func constOf(t *ctype) *ctype {
	if t.konst {
		return t
	}
	c := *t
	c.konst = true
	return &c
}

func plain(t *ctype) *ctype {
	if !t.konst {
		return t
	}
	c := *t
	c.konst = false
	return &c
}

func pointerTo(t *ctype) *ctype { return &ctype{kind: kPtr, class: c64u, elem: t} }

func arrayOf(t *ctype, n int) *ctype { return &ctype{kind: kArray, elem: t, n: n} }

// typedefFor gives the integer types that headers name, or nil.
func typedefFor(name string) *ctype {
	switch name {
	case "size_t":
		return tSize
	case "ssize_t", "off_t", "intptr_t", "ptrdiff_t", "time_t":
		return renamed(tLong, name)
	case "socklen_t", "uint32_t", "in_addr_t", "mode_t", "uid_t", "gid_t":
		return renamed(tUInt, name)
	case "in_port_t", "uint16_t":
		return renamed(tUShort, name)
	case "sa_family_t":
		if bsd {
			return renamed(tUChar, name)
		}
		return renamed(tUShort, name)
	case "uint8_t":
		return renamed(tUChar, name)
	case "int8_t":
		return renamed(tSChar, name)
	case "int16_t":
		return renamed(tShort, name)
	case "int32_t", "pid_t":
		return renamed(tInt, name)
	case "int64_t":
		return renamed(wide(tLong, tLLong), name)
	case "uint64_t":
		return renamed(wide(tULong, tULLong), name)
	case "uintptr_t", "rlim_t":
		return renamed(tULong, name)
	case "intmax_t":
		return renamed(tLong, name)
	case "uintmax_t":
		return renamed(tULong, name)
	case "nfds_t":
		if bsd {
			return renamed(tUInt, name)
		}
		return renamed(tULong, name)
	case "bool":
		return tBool
	case "sighandler_t":
		return tHandler
	case "FILE":
		return tFile
	}
	return nil
}

// wide picks what 64-bit integers are made of: long, but long long on macOS.
func wide(long, longlong *ctype) *ctype {
	if runtime.GOOS == "darwin" {
		return longlong
	}
	return long
}

// size is the type's size in bytes; 1 for void, as gcc has it in arithmetic.
func (t *ctype) size() int {
	switch t.kind {
	case kInt:
		return t.class.size()
	case kPtr, kHandler:
		return 8
	case kArray:
		if t.n < 0 {
			return 0
		}
		return t.n * t.elem.size()
	case kStruct:
		return t.def.size
	}
	return 1
}

func (t *ctype) align() int {
	switch t.kind {
	case kArray:
		return t.elem.align()
	case kStruct:
		return max(t.def.align, 1)
	}
	return t.size()
}

func (t *ctype) scalar() bool {
	return t.kind == kInt || t.kind == kPtr || t.kind == kHandler || t.kind == kErr
}

func (t *ctype) integer() bool { return t.kind == kInt || t.kind == kErr }

func (t *ctype) complete() bool {
	switch t.kind {
	case kVoid:
		return false
	case kArray:
		return t.n >= 0 && t.elem.complete()
	case kStruct:
		return t.def.complete
	}
	return true
}

// field finds a member by name.
func (t *ctype) field(name string) *field {
	if t.kind != kStruct {
		return nil
	}
	for i := range t.def.fields {
		if t.def.fields[i].name == name {
			return &t.def.fields[i]
		}
	}
	return nil
}

// String writes the type as C does: "const char *", "char [64]".
func (t *ctype) String() string {
	s := t.name
	switch t.kind {
	case kPtr:
		s = t.elem.String() + " *"
		if t.elem.kind == kPtr {
			s = t.elem.String() + "*"
		}
		if t.konst {
			s += "const"
		}
		return s
	case kArray:
		dims := ""
		for t.kind == kArray {
			n := ""
			if t.n >= 0 {
				n = strconv.Itoa(t.n)
			}
			dims += "[" + n + "]"
			t = t.elem
		}
		return t.String() + " " + dims
	case kStruct:
		if s == "" {
			s = "struct " + t.def.tag
		}
	}
	if t.konst {
		s = "const " + s
	}
	return s
}

// same tells whether two types are one, qualifiers and names aside.
func same(a, b *ctype) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case kInt:
		return a.class == b.class && a.rank == b.rank
	case kPtr:
		return same(a.elem, b.elem)
	case kArray:
		return a.n == b.n && same(a.elem, b.elem)
	case kStruct:
		return a.def == b.def || a.def.system && b.def.system && a.def.tag == b.def.tag
	}
	return true
}

// alike is same across two parses of a program: structs by tag and members.
func alike(a, b *ctype) bool {
	if a.kind != b.kind || a.konst != b.konst || a.size() != b.size() {
		return false
	}
	switch a.kind {
	case kInt:
		return a.class == b.class && a.rank == b.rank
	case kPtr:
		if a.elem.kind == kStruct && b.elem.kind == kStruct {
			return a.elem.def.tag == b.elem.def.tag
		}
		return alike(a.elem, b.elem)
	case kArray:
		return a.n == b.n && alike(a.elem, b.elem)
	case kStruct:
		return a.def.like(b.def)
	}
	return true
}

func (d *structDef) like(e *structDef) bool {
	if d == e {
		return true
	}
	if d.tag != e.tag || len(d.fields) != len(e.fields) {
		return false
	}
	for i, f := range d.fields {
		g := e.fields[i]
		if f.name != g.name || f.off != g.off || !alike(f.typ, g.typ) {
			return false
		}
	}
	return true
}

// promoted is the type after the integer promotions.
func promoted(t *ctype) *ctype {
	if t.kind == kInt && t.rank < tInt.rank {
		return tInt
	}
	return t
}

// balanced is the type of the usual arithmetic conversions.
func balanced(a, b *ctype) *ctype {
	a, b = promoted(a), promoted(b)
	switch {
	case a.kind != kInt:
		return a
	case b.kind != kInt:
		return b
	case a.class.signed() == b.class.signed():
		if a.rank >= b.rank {
			return a
		}
		return b
	}
	if a.class.signed() {
		a, b = b, a
	}
	switch { // a is unsigned, b signed
	case a.rank >= b.rank:
		return a
	case b.size() > a.size():
		return b
	}
	return unsignedOf(b)
}

func unsignedOf(t *ctype) *ctype {
	switch t.rank {
	case 3:
		return tUInt
	case 4:
		return tULong
	}
	return tULLong
}

// layout places the fields and closes the struct.
func (d *structDef) layout() {
	off := 0
	d.align = 1
	for i := range d.fields {
		f := &d.fields[i]
		a := f.typ.align()
		off = roundUp(off, a)
		f.off = off
		off += f.typ.size()
		d.align = max(d.align, a)
	}
	d.size = roundUp(off, d.align)
	d.complete = true
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }
