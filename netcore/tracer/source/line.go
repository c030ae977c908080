package source

import (
	"path"
	"slices"
)

// lineProgram is what the line program of one unit says: which line each piece
// of code is of. DWARF 5 section 6.2; versions 2 to 5.
type lineProgram struct {
	dirs      []string
	files     []lineFile
	first     uint64 // the number of the first file: 0 from version 5 on, 1 before
	sequences []sequence
}

type lineFile struct {
	name string
	dir  uint64
}

// lineRow begins a piece of code of one line.
type lineRow struct {
	at   uint64
	file uint32
	line uint32
}

// sequence is a run of code without gaps.
type sequence struct {
	start, end uint64
	rows       []lineRow
}

// lineTables are the sections a line program refers to.
type lineTables struct{ line, lineStrings, strings []byte }

// lineHeader is the part of the header that the instructions depend on.
type lineHeader struct {
	version   uint16
	wide      bool
	step      uint64
	base      int8
	span      uint8
	opcodes   uint8
	arguments []byte
}

// readLineProgram reads the program at an offset, compiled in a directory, or
// returns nil.
func readLineProgram(t lineTables, offset uint64, dir string) *lineProgram {
	if offset >= uint64(len(t.line)) {
		return nil
	}
	r := reader{data: t.line[offset:]}
	n, wide := r.length()
	r = reader{data: r.take(n)}
	h := lineHeader{version: r.u16(), wide: wide}
	if h.version < 2 || h.version > 5 {
		return nil
	}
	if h.version == 5 {
		r.u16() // sizes of an address and of a segment
	}
	head := reader{data: r.take(r.offset(wide))}
	if r.bad {
		return nil
	}
	h.step = uint64(head.u8())
	if h.version >= 4 {
		head.u8()
	}
	head.u8()
	h.base, h.span, h.opcodes = int8(head.u8()), head.u8(), head.u8()
	h.arguments = head.take(uint64(max(h.opcodes, 1)) - 1)
	p := &lineProgram{}
	if h.version == 5 {
		p.newNames(&head, t, wide)
	} else {
		p.oldNames(&head, dir)
	}
	if head.bad || h.span == 0 {
		return nil
	}
	p.run(&r, h)
	return p
}

// oldNames reads the directories and files before version 5.
func (p *lineProgram) oldNames(r *reader, dir string) {
	p.first = 1
	p.dirs = []string{dir}
	for name := r.text(); name != ""; name = r.text() {
		p.dirs = append(p.dirs, name)
	}
	for name := r.text(); name != ""; name = r.text() {
		p.files = append(p.files, lineFile{name, r.uleb()})
		r.uleb()
		r.uleb()
	}
}

// newNames reads those of version 5.
func (p *lineProgram) newNames(r *reader, t lineTables, wide bool) {
	for _, d := range readEntries(r, t, wide) {
		p.dirs = append(p.dirs, d.name)
	}
	p.files = readEntries(r, t, wide)
}

// readEntries reads a list that says itself what its entries are made of.
func readEntries(r *reader, t lineTables, wide bool) (list []lineFile) {
	type part struct{ kind, form uint64 }
	var parts []part
	for n := r.u8(); n > 0 && !r.bad; n-- {
		parts = append(parts, part{r.uleb(), r.uleb()})
	}
	for n := r.uleb(); n > 0 && !r.bad; n-- {
		var f lineFile
		before := len(r.data)
		for _, p := range parts {
			text, number := lineForm(r, p.form, t, wide)
			switch p.kind {
			case 1: // DW_LNCT_path
				f.name = text
			case 2: // DW_LNCT_directory_index
				f.dir = number
			}
		}
		if len(r.data) == before {
			r.bad = true // entries of no size: there is no end to them
		}
		list = append(list, f)
	}
	return list
}

// lineForm reads a value in one of the forms that a list may use.
func lineForm(r *reader, form uint64, t lineTables, wide bool) (text string, number uint64) {
	switch form {
	case 0x08: // DW_FORM_string
		return r.text(), 0
	case 0x1f: // DW_FORM_line_strp
		return textAt(t.lineStrings, r.offset(wide)), 0
	case 0x0e: // DW_FORM_strp
		return textAt(t.strings, r.offset(wide)), 0
	case 0x0f: // DW_FORM_udata
		return "", r.uleb()
	case 0x0b:
		return "", uint64(r.u8())
	case 0x05:
		return "", uint64(r.u16())
	case 0x06:
		return "", uint64(r.u32())
	case 0x07:
		return "", r.u64()
	case 0x1e: // DW_FORM_data16, an MD5 sum
		r.take(16)
	case 0x09: // DW_FORM_block
		r.take(r.uleb())
	default:
		r.bad = true
	}
	return "", 0
}

// lineState is the registers of the line machine.
type lineState struct {
	at   uint64
	file uint64
	line int64
}

// run executes the program. Each instruction is a byte at least, and makes one
// row at most, so it ends and is no larger than the section.
func (p *lineProgram) run(r *reader, h lineHeader) {
	start := lineState{file: 1, line: 1}
	s := start
	var rows []lineRow
	emit := func() {
		if s.line >= 0 && s.line < 1<<31 && s.file < 1<<31 {
			rows = append(rows, lineRow{s.at, uint32(s.file), uint32(s.line)})
		}
	}
	for len(r.data) > 0 {
		op := r.u8()
		switch {
		case op >= h.opcodes:
			op -= h.opcodes
			s.at += uint64(op/h.span) * h.step
			s.line += int64(h.base) + int64(op%h.span)
			emit()
		case op == 0:
			if p.extended(r, &s) {
				p.close(rows, s.at)
				rows, s = nil, start
			}
		case op == 1: // DW_LNS_copy
			emit()
		case op == 2:
			s.at += r.uleb() * h.step
		case op == 3:
			s.line += r.sleb()
		case op == 4:
			s.file = r.uleb()
		case op == 8: // DW_LNS_const_add_pc
			s.at += uint64((255-h.opcodes)/h.span) * h.step
		case op == 9: // DW_LNS_fixed_advance_pc
			s.at += uint64(r.u16())
		default:
			for n := h.arguments[op-1]; n > 0; n-- {
				r.uleb()
			}
		}
	}
	slices.SortStableFunc(p.sequences, func(a, b sequence) int { return compare(a.start, b.start) })
}

// extended does an extended instruction, and reports whether it ends a sequence.
func (p *lineProgram) extended(r *reader, s *lineState) (end bool) {
	body := reader{data: r.take(r.uleb())}
	switch body.u8() {
	case 1: // DW_LNE_end_sequence
		return !body.bad
	case 2: // DW_LNE_set_address
		s.at = body.u64()
	case 3: // DW_LNE_define_file
		p.files = append(p.files, lineFile{body.text(), body.uleb()})
	}
	return false
}

// close adds a sequence that ends at an address.
func (p *lineProgram) close(rows []lineRow, end uint64) {
	if len(rows) > 0 && rows[0].at < end {
		p.sequences = append(p.sequences, sequence{rows[0].at, end, rows})
	}
}

// find returns the file and line of an address. Code that the compiler gives no
// line counts to the line before it.
func (p *lineProgram) find(at uint64) (file string, line int) {
	for i := range p.sequences {
		s := &p.sequences[i]
		if at < s.start || at >= s.end {
			continue
		}
		n, _ := slices.BinarySearchFunc(s.rows, at+1, func(r lineRow, at uint64) int { return compare(r.at, at) })
		for n--; n >= 0; n-- {
			if row := s.rows[n]; row.line > 0 {
				return p.file(uint64(row.file)), int(row.line)
			}
		}
	}
	return "", 0
}

// file returns the whole path of a file by its number, or "".
func (p *lineProgram) file(n uint64) string {
	n -= p.first
	if n >= uint64(len(p.files)) {
		return ""
	}
	f := p.files[n]
	if f.name == "" || path.IsAbs(f.name) {
		return f.name
	}
	if f.dir >= uint64(len(p.dirs)) {
		return f.name
	}
	dir := p.dirs[f.dir]
	if !path.IsAbs(dir) && f.dir > 0 {
		dir = path.Join(p.dirs[0], dir)
	}
	return path.Join(dir, f.name)
}
