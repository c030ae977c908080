package source

import (
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// fileKey says which file, and which content of it.
type fileKey struct {
	file string
	size int64
	time int64
}

// object is a program or shared library. Its tables are read when they are first
// asked for; the file is open only meanwhile.
type object struct {
	name     string // its own, for telling a system library
	key      fileKey
	built    time.Time
	machine  *machine
	hasLines bool // for code that may be the user's own

	code []elf.ProgHeader // segments with code

	mu      sync.Mutex
	gotable *goTable // these are nil until asked for
	lines   *lineTable
	symbols []symbol
	unwind  *unwindTable
	read    [3]bool // which were, by the parts below
}

// object returns the object of a mapping, or nil if it cannot be read or is for
// a machine that is not known here.
func (c *Cache) object(m *mapping) *object {
	file, key := openFile(m, nil)
	if file == nil {
		return nil
	}
	defer file.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.objects[key]
	if !ok {
		o = readObject(file)
		if o != nil {
			o.name, o.key, o.built = m.names[0], key, time.Unix(0, key.time)
			o.hasLines = o.hasLines && !systemLibrary(o.name)
		}
		c.objects[key] = o
	}
	return o
}

// openFile opens the file of a mapping; with a key, only if it is that one.
func openFile(m *mapping, key *fileKey) (*os.File, fileKey) {
	for _, name := range m.names {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		got := fileKey{m.file, info.Size(), info.ModTime().UnixNano()}
		if key != nil && (got.size != key.size || got.time != key.time) {
			continue
		}
		if file, err := os.Open(name); err == nil {
			return file, got
		}
	}
	return nil, fileKey{}
}

// readObject reads an ELF file's headers, or returns nil.
func readObject(file io.ReaderAt) (o *object) {
	defer func() {
		if recover() != nil {
			o = nil
		}
	}()
	f, err := elf.NewFile(file)
	if err != nil || f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB || machines[f.Machine] == nil {
		return nil
	}
	o = &object{machine: machines[f.Machine]}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			o.code = append(o.code, p.ProgHeader)
		}
	}
	o.hasLines = f.Section(".debug_line") != nil || f.Section(".zdebug_line") != nil || goSection(f) != nil
	return o
}

// bias returns what the addresses of a mapping are larger by than the file's.
func (o *object) bias(m *mapping) (uint64, bool) {
	for _, p := range o.code {
		if m.offset < p.Off+p.Filesz && m.offset+(m.end-m.start) > p.Off {
			return m.start - (p.Vaddr + m.offset - p.Off), true
		}
	}
	return 0, false
}

// inCode tells whether an address of the file is in a segment of code.
func (o *object) inCode(at uint64) bool {
	for _, p := range o.code {
		if at >= p.Vaddr && at-p.Vaddr < p.Memsz {
			return true
		}
	}
	return false
}

// step returns what is known of an address of the file.
func (o *object) step(at uint64, m *mapping) *step {
	o.mu.Lock()
	defer o.mu.Unlock()
	st := &step{}
	if o.hasLines {
		st.place, st.owner = o.place(at, m)
		st.row = o.gotable.row(at, o.machine)
	}
	if st.row == nil {
		o.load(partUnwind, m)
		st.row = o.unwind.row(at, o.machine)
	}
	return st
}

// place returns the place of an address of the file and whose it is. Go's table
// comes first: it is quick, where the debug information of a Go program, which
// is large and compressed, takes a good part of a second.
func (o *object) place(at uint64, m *mapping) (Place, owner) {
	o.load(partGo, m)
	p, whose, ok := o.gotable.place(at)
	if !ok && !o.gotable.has(at) {
		o.load(partLines, m)
		p, whose, ok = o.lines.place(at)
		p.Function = symbolName(o.symbols, at)
	}
	if !ok {
		return Place{}, ownerLibrary
	}
	if whose != ownerLibrary {
		p.text = sourceLine(p.File, p.Line, o.built)
	}
	return p, whose
}

// The parts of a file that are read separately.
const (
	partGo = iota
	partLines
	partUnwind
)

// load reads a part of the file, once.
func (o *object) load(part int, m *mapping) {
	if o.read[part] {
		return
	}
	o.read[part] = true
	o.open(m, func(f *elf.File) { o.loadPart(part, f) })
}

func (o *object) loadPart(part int, f *elf.File) {
	switch part {
	case partGo:
		o.gotable = readGoTable(f)
	case partLines:
		if o.lines = readLineTable(f, o.inCode); o.lines != nil {
			o.symbols = readSymbols(f)
		}
	case partUnwind:
		o.unwind = readUnwindTable(f)
	}
}

// open gives the file to a function, unless it is not there any more. What
// panics in a damaged file is left unread.
func (o *object) open(m *mapping, use func(*elf.File)) {
	defer func() { _ = recover() }()
	file, _ := openFile(m, &o.key)
	if file == nil {
		return
	}
	defer file.Close()
	if f, err := elf.NewFile(file); err == nil {
		use(f)
	}
}

// section returns the content of a section, decompressed, and its address; nil
// if there is none or it is too large. ".debug_line" also finds ".zdebug_line",
// an older way to say that it is compressed.
func section(f *elf.File, name string) ([]byte, uint64) {
	s := f.Section(name)
	if s == nil {
		s = f.Section(".z" + strings.TrimPrefix(name, "."))
	}
	if s == nil || s.Size > maxSection || s.Type == elf.SHT_NOBITS {
		return nil, 0
	}
	data, err := s.Data()
	if err != nil {
		return nil, 0
	}
	return data, s.Addr
}

// symbol is a function of the symbol table.
type symbol struct {
	at, size uint64
	name     string
}

// readSymbols returns the functions in order of address.
func readSymbols(f *elf.File) (list []symbol) {
	table, _ := section(f, ".symtab")
	names, _ := section(f, ".strtab")
	for ; len(table) >= elf.Sym64Size; table = table[elf.Sym64Size:] {
		if elf.ST_TYPE(table[4]) != elf.STT_FUNC {
			continue
		}
		list = append(list, symbol{
			at:   binary.LittleEndian.Uint64(table[8:]),
			size: binary.LittleEndian.Uint64(table[16:]),
			name: textAt(names, uint64(binary.LittleEndian.Uint32(table))),
		})
	}
	slices.SortFunc(list, func(a, b symbol) int { return compare(a.at, b.at) })
	return list
}

// symbolName returns the name of the function at an address, or "".
func symbolName(list []symbol, at uint64) string {
	i, ok := slices.BinarySearchFunc(list, at, func(s symbol, at uint64) int { return compare(s.at, at) })
	if !ok {
		i--
	}
	if i < 0 || at-list[i].at >= list[i].size {
		return ""
	}
	return plainName(list[i].name)
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// plainName undoes the simple cases of C++'s and Rust's mangling: names, nested
// names and none of their parameters. Others stay as they are.
func plainName(name string) string {
	name, _, _ = strings.Cut(name, ".") // what a compiler adds to a part or copy of a function
	rest, ok := strings.CutPrefix(name, "_Z")
	if !ok {
		return name
	}
	rest, nested := strings.CutPrefix(rest, "N")
	rest = strings.TrimPrefix(rest, "K")
	var parts []string
	for {
		n, digits := 0, 0
		for digits < len(rest) && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9' {
			n = n*10 + int(rest[digits]-'0')
			digits++
		}
		if digits == 0 || n == 0 || digits+n > len(rest) {
			break
		}
		parts = append(parts, rest[digits:digits+n])
		rest = rest[digits+n:]
		if !nested {
			break
		}
	}
	if last := len(parts) - 1; last > 0 && len(parts[last]) == 17 && parts[last][0] == 'h' && rest == "E" {
		parts = parts[:last] // Rust's hash
	}
	if len(parts) == 0 || nested && !strings.HasPrefix(rest, "E") {
		return name
	}
	return strings.Join(parts, "::")
}
