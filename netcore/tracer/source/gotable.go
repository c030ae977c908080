package source

import (
	"debug/elf"
	"encoding/binary"
	"path"
	"slices"
	"sort"
	"strings"
)

// goTable is the table that the Go runtime itself uses for its stacks, from Go
// 1.18 on. It is there in stripped programs too, not compressed, and says of an
// address the function, the file, the line and how large the frame is.
// $GOROOT/src/runtime/symtab.go.
type goTable struct {
	text  uint64 // the address that those of the table are relative to
	step  uint64 // the least size of an instruction
	count int    // of functions
	funcs []byte // pairs of an address and an offset, then the functions
	names []byte
	units []byte
	files []byte
	steps []byte // the encoded changes of a value along a function
	root  string // the directory of the standard library, "" where paths were trimmed
}

// goSection returns the section that holds the table, or nil.
func goSection(f *elf.File) *elf.Section {
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} {
		if s := f.Section(name); s != nil {
			return s
		}
	}
	return nil
}

// readGoTable returns the table, or nil for a program that is none of Go's, or
// of a version that lays it out otherwise.
func readGoTable(f *elf.File) *goTable {
	s := goSection(f)
	if s == nil {
		return nil
	}
	data, _ := section(f, s.Name)
	if len(data) < 72 || data[7] != 8 {
		return nil
	}
	switch binary.LittleEndian.Uint32(data) {
	case 0xfffffff0, 0xfffffff1:
	default:
		return nil
	}
	word := func(n int) uint64 { return binary.LittleEndian.Uint64(data[8*n:]) }
	part := func(n int) []byte { return data[min(word(n), uint64(len(data))):] }
	t := &goTable{
		step: uint64(data[6]), text: goText(f, word(3)),
		names: part(4), units: part(5), files: part(6), steps: part(7), funcs: part(8),
	}
	if n := word(1); n < uint64(len(t.funcs))/8 {
		t.count = int(n)
	}
	t.findRoot()
	return t
}

// goText returns the address the table counts from: before Go 1.26 the table
// says it; after, a symbol does, or else it is that of the section.
func goText(f *elf.File, said uint64) uint64 {
	if said != 0 {
		return said
	}
	table, _ := section(f, ".symtab")
	names, _ := section(f, ".strtab")
	for ; len(table) >= elf.Sym64Size; table = table[elf.Sym64Size:] {
		name := uint64(binary.LittleEndian.Uint32(table))
		if name < uint64(len(names)) && strings.HasPrefix(peek(names[name:], 13), "runtime.text\x00") {
			return binary.LittleEndian.Uint64(table[8:])
		}
	}
	if s := f.Section(".text"); s != nil {
		return s.Addr
	}
	return 0
}

func peek(b []byte, n int) string { return string(b[:min(n, len(b))]) }

// findRoot looks where the runtime's own source is.
func (t *goTable) findRoot() {
	for i := range t.count {
		fn, ok := t.function(i)
		if !ok || !strings.HasPrefix(fn.name, "runtime.") {
			continue
		}
		file := t.file(fn, fn.entry)
		if at := strings.Index(file, "/src/runtime/"); at > 0 {
			t.root = file[:at] + "/src/"
		}
		return
	}
}

// goFunction is one function of the table.
type goFunction struct {
	entry uint64
	name  string
	body  []byte
}

// The offsets of a function's fields.
const (
	goName  = 4
	goFrame = 16
	goFile  = 20
	goLine  = 24
	goUnit  = 32
	goBody  = 44
)

func (t *goTable) pair(i int) (address, offset uint32) {
	return binary.LittleEndian.Uint32(t.funcs[8*i:]), binary.LittleEndian.Uint32(t.funcs[8*i+4:])
}

func (t *goTable) function(i int) (goFunction, bool) {
	address, offset := t.pair(i)
	if uint64(offset)+goBody > uint64(len(t.funcs)) {
		return goFunction{}, false
	}
	fn := goFunction{entry: t.text + uint64(address), body: t.funcs[offset:]}
	fn.name = textAt(t.names, uint64(fn.field(goName)))
	return fn, true
}

func (fn goFunction) field(at int) uint32 { return binary.LittleEndian.Uint32(fn.body[at:]) }

// find returns the function of an address.
func (t *goTable) find(at uint64) (goFunction, bool) {
	if t == nil || t.count == 0 || at < t.text {
		return goFunction{}, false
	}
	offset := at - t.text
	i := sort.Search(t.count, func(i int) bool {
		start, _ := t.pair(i)
		return uint64(start) > offset
	}) - 1
	if i < 0 {
		return goFunction{}, false
	}
	if i == t.count-1 {
		if end, _ := t.pair(t.count); offset >= uint64(end) {
			return goFunction{}, false
		}
	}
	return t.function(i)
}

// has tells whether an address is of Go code.
func (t *goTable) has(at uint64) bool {
	fn, ok := t.find(at)
	return ok && fn.field(goFile) != 0
}

// values calls f for each range of a function in which a value does not change,
// with the end of the range, until f returns false.
func (t *goTable) values(fn goFunction, field int, f func(end uint64, v int32) bool) {
	from := uint64(fn.field(field))
	if from == 0 || from >= uint64(len(t.steps)) {
		return
	}
	r := reader{data: t.steps[from:]}
	v, at := int32(-1), fn.entry
	for first := true; ; first = false {
		change := uint32(r.uleb())
		if change == 0 && !first || r.bad {
			return
		}
		v += int32(change>>1) ^ -int32(change&1)
		at += r.uleb() * t.step
		if r.bad || !f(at, v) {
			return
		}
	}
}

// value is the one of them at an address.
func (t *goTable) value(fn goFunction, field int, at uint64) (value int32, ok bool) {
	t.values(fn, field, func(end uint64, v int32) bool {
		value, ok = v, at < end
		return !ok
	})
	return value, ok
}

// file returns the name of the file at an address.
func (t *goTable) file(fn goFunction, at uint64) string {
	n, ok := t.value(fn, goFile, at)
	if !ok || n < 0 {
		return ""
	}
	return t.fileName(fn, n)
}

func (t *goTable) fileName(fn goFunction, n int32) string {
	entry := (uint64(fn.field(goUnit)) + uint64(n)) * 4
	if n < 0 || entry+4 > uint64(len(t.units)) {
		return ""
	}
	offset := binary.LittleEndian.Uint32(t.units[entry:])
	return textAt(t.files, uint64(offset))
}

// place returns the place of an address, and whether the address is of Go code.
func (t *goTable) place(at uint64) (Place, owner, bool) {
	fn, ok := t.find(at)
	if !ok {
		return Place{}, 0, false
	}
	file := t.file(fn, at)
	line, _ := t.value(fn, goLine, at)
	if file == "" || line <= 0 {
		return Place{}, 0, false
	}
	whose := t.owner(fn.name, file)
	if whose == ownerUser || t.packageOwner(fn.name) != ownerUser {
		return Place{File: path.Clean(file), Line: int(line), Function: fn.name}, whose, true
	}
	// Somebody else's function, inline in the user's own: the compiler leaves an
	// instruction with the line of the call in front of it.
	if p, ok := t.before(fn, at); ok {
		return p, ownerUser, true
	}
	return Place{File: path.Clean(file), Line: int(line), Function: fn.name}, whose, true
}

// before returns the last place of the user's own in front of an address.
func (t *goTable) before(fn goFunction, at uint64) (p Place, ok bool) {
	last := uint64(0)
	start := fn.entry
	t.values(fn, goFile, func(end uint64, v int32) bool {
		if start > at {
			return false
		}
		if file := t.fileName(fn, v); file != "" && t.owner(fn.name, file) == ownerUser {
			p.File, last, ok = path.Clean(file), min(end, at+1)-1, true
		}
		start = end
		return true
	})
	line, found := t.value(fn, goLine, last)
	p.Line, p.Function = int(line), fn.name
	return p, ok && found && line > 0
}

// owner judges a file of a function.
func (t *goTable) owner(function, file string) owner {
	if file == "<autogenerated>" {
		return ownerLibrary
	}
	if t.root != "" {
		if strings.HasPrefix(file, t.root) {
			return ownerLibrary
		}
	} else if !path.IsAbs(file) && standardPackage(file) {
		return ownerLibrary
	}
	if contains(file, packageFiles) || strings.Contains(file, "@v") {
		return ownerPackage
	}
	if t.packageOwner(function) == ownerLibrary && t.root == "" {
		return ownerLibrary
	}
	return ownerUser
}

// packageOwner judges by the name of a function, whose package it begins with.
func (t *goTable) packageOwner(function string) owner {
	if strings.HasPrefix(function, "main.") {
		return ownerUser
	}
	if standardPackage(function) {
		return ownerLibrary
	}
	return ownerUser
}

// standardPackages are the first elements of the paths of the standard library.
var standardPackages = []string{
	"archive", "arena", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug",
	"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io",
	"iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices",
	"sort", "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "type:", "unicode",
	"unique", "unsafe", "vendor", "weak", "_cgo", "cgo",
}

// standardPackage tells whether a function or file of Go is of the standard
// library, by the first element of its path.
func standardPackage(name string) bool {
	first := name
	if i := strings.IndexAny(name, "/."); i >= 0 {
		first = name[:i]
	}
	_, ok := slices.BinarySearch(standardPackages, first)
	return ok
}

// row returns how to leave the frame of Go code at an address, or nil: the table
// says how far the stack pointer has moved since the function was entered.
func (t *goTable) row(at uint64, m *machine) *row {
	fn, ok := t.find(at)
	if !ok {
		return nil
	}
	if strings.HasPrefix(fn.name, "runtime.asmcgocall") {
		return framePointerRow(m) // C was called, on another stack
	}
	delta, ok := t.value(fn, goFrame, at)
	if !ok || delta < 0 {
		return nil
	}
	size := int64(delta)
	if m.lr >= 0 {
		r := &row{cfa: rule{kind: ruleRegister, from: m.sp, offset: size}, ra: m.lr}
		if size > 0 {
			r.rules = []rule{{reg: m.lr, kind: ruleOffset, offset: -size}, {reg: m.fp, kind: ruleOffset, offset: -size - 8}}
		}
		return r
	}
	r := &row{cfa: rule{kind: ruleRegister, from: m.sp, offset: size + 8}, ra: m.pc}
	r.rules = []rule{{reg: m.pc, kind: ruleOffset, offset: -8}}
	if size > 0 {
		r.rules = append(r.rules, rule{reg: m.fp, kind: ruleOffset, offset: -16})
	}
	return r
}

// framePointerRow leaves a frame by the frame pointer alone.
func framePointerRow(m *machine) *row {
	ra := m.pc
	if m.lr >= 0 {
		ra = m.lr
	}
	return &row{
		cfa:   rule{kind: ruleRegister, from: m.fp, offset: 16},
		ra:    ra,
		rules: []rule{{reg: m.fp, kind: ruleOffset, offset: -16}, {reg: ra, kind: ruleOffset, offset: -8}},
	}
}
