package source

import (
	"debug/dwarf"
	"debug/elf"
	"slices"
)

// lineTable is the debug information of a file: which unit has which code. The
// units' line programs are read when code of theirs is asked for.
type lineTable struct {
	data  *dwarf.Data
	parts lineTables
	spans []span
	units []unit

	budget int // ranges that may still be read for one question
}

// span is a range of code of a unit.
type span struct {
	start, end uint64
	unit       int
}

// unit is a compilation.
type unit struct {
	entry   dwarf.Offset // of its first entry
	lines   uint64       // where its line program is
	dir     string
	program *lineProgram // nil until asked for
	read    bool
}

// Limits of the debug information of one file.
const (
	maxUnits   = 1 << 18
	maxSpans   = 1 << 20 // ranges read for one question
	maxEntry   = 1 << 20 // entries of a unit looked at for one inline call
	maxInlined = 64      // calls inline in one another
)

// readLineTable returns the table, or nil if the file has no lines. inCode tells
// code from what the linker threw away.
func readLineTable(f *elf.File, inCode func(uint64) bool) *lineTable {
	get := func(name string) []byte {
		data, _ := section(f, ".debug_"+name)
		return data
	}
	t := &lineTable{parts: lineTables{line: get("line"), lineStrings: get("line_str"), strings: get("str")}}
	info := get("info")
	if t.parts.line == nil || info == nil {
		return nil
	}
	data, err := dwarf.New(get("abbrev"), nil, nil, info, nil, nil, get("ranges"), t.parts.strings)
	if err != nil {
		return nil
	}
	for _, name := range []string{"addr", "str_offsets", "rnglists"} {
		if more := get(name); more != nil {
			if err := data.AddSection(".debug_"+name, more); err != nil {
				return nil
			}
		}
	}
	if t.parts.lineStrings != nil {
		if err := data.AddSection(".debug_line_str", t.parts.lineStrings); err != nil {
			return nil
		}
	}
	t.data, t.budget = data, maxSpans
	for _, at := range unitEntries(info) {
		t.add(at, inCode)
	}
	slices.SortFunc(t.spans, func(a, b span) int { return compare(a.start, b.start) })
	return t
}

// unitEntries returns where in .debug_info the first entry of each unit is.
func unitEntries(info []byte) (list []dwarf.Offset) {
	r := reader{data: info}
	for len(r.data) > 0 && len(list) < maxUnits {
		n, wide := r.length()
		body := reader{data: r.take(n)}
		if r.bad {
			break
		}
		switch version := body.u16(); {
		case version >= 2 && version <= 4:
			body.offset(wide)
			body.u8()
		case version == 5:
			kind := body.u8()
			body.u8()
			body.offset(wide)
			switch kind {
			case 0x02, 0x06: // DW_UT_type, DW_UT_split_type
				continue
			case 0x04, 0x05: // DW_UT_skeleton, DW_UT_split_compile
				body.u64()
			}
		default:
			continue
		}
		if body.bad || len(body.data) == 0 {
			continue
		}
		list = append(list, dwarf.Offset(len(info)-len(r.data)-len(body.data)))
	}
	return list
}

// add adds the unit whose first entry is at an offset.
func (t *lineTable) add(at dwarf.Offset, inCode func(uint64) bool) {
	r := t.data.Reader()
	r.Seek(at)
	e, err := r.Next()
	if err != nil || e == nil {
		return
	}
	lines, ok := e.Val(dwarf.AttrStmtList).(int64)
	if !ok || lines < 0 {
		return
	}
	for _, pc := range t.ranges(e) {
		if pc[0] < pc[1] && inCode(pc[0]) {
			t.spans = append(t.spans, span{pc[0], pc[1], len(t.units)})
		}
	}
	dir, _ := e.Val(dwarf.AttrCompDir).(string)
	t.units = append(t.units, unit{entry: at, lines: uint64(lines), dir: dir})
}

// ranges returns the ranges of an entry's code, none when the budget is spent.
func (t *lineTable) ranges(e *dwarf.Entry) [][2]uint64 {
	if t.budget <= 0 {
		return nil
	}
	list, err := t.data.Ranges(e)
	if err != nil {
		return nil
	}
	t.budget -= len(list)
	return list
}

// find returns the unit of an address, or nil.
func (t *lineTable) find(at uint64) *unit {
	i, ok := slices.BinarySearchFunc(t.spans, at, func(s span, at uint64) int { return compare(s.start, at) })
	if !ok {
		i--
	}
	if i < 0 || at >= t.spans[i].end {
		return nil
	}
	u := &t.units[t.spans[i].unit]
	if !u.read {
		u.read = true
		u.program = readLineProgram(t.parts, u.lines, u.dir)
	}
	return u
}

// place returns the place of an address, and whether there is one.
func (t *lineTable) place(at uint64) (Place, owner, bool) {
	if t == nil {
		return Place{}, 0, false
	}
	u := t.find(at)
	if u == nil || u.program == nil {
		return Place{}, 0, false
	}
	file, line := u.program.find(at)
	if file == "" {
		return Place{}, 0, false
	}
	best, whose := Place{File: file, Line: line}, ownerOf(file)
	if whose == ownerUser {
		return best, whose, true
	}
	for _, p := range t.callers(u, at) {
		if o := ownerOf(p.File); o > whose {
			best, whose = p, o
		}
	}
	return best, whose, true
}

// callers returns where the inline calls stand that an address is in, innermost
// first. Nothing here recurses, and no more than maxEntry entries are read.
func (t *lineTable) callers(u *unit, at uint64) (list []Place) {
	t.budget = maxSpans
	r := t.data.Reader()
	r.Seek(u.entry)
	depth, skip := 0, -1 // what is below skip is not of this address
	for range maxEntry {
		e, err := r.Next()
		if err != nil || e == nil {
			break
		}
		if e.Tag == 0 {
			if depth--; depth <= 0 {
				break
			}
			if depth == skip {
				skip = -1
			}
			continue
		}
		if skip < 0 {
			var within bool
			list, within = t.inline(e, u, at, list)
			if !within && e.Children {
				if next, ok := e.Val(dwarf.AttrSibling).(dwarf.Offset); ok && next > e.Offset {
					r.Seek(next)
					continue
				}
				skip = depth
			}
		}
		if e.Children {
			depth++
		}
	}
	slices.Reverse(list)
	return list
}

// inline adds the call of an inlined entry that an address is in, and tells
// whether the entries below may have to do with the address.
func (t *lineTable) inline(e *dwarf.Entry, u *unit, at uint64, list []Place) ([]Place, bool) {
	switch e.Tag {
	case dwarf.TagCompileUnit, dwarf.TagSkeletonUnit, dwarf.TagNamespace:
		return list, true
	case dwarf.TagSubprogram, dwarf.TagLexDwarfBlock, dwarf.TagInlinedSubroutine:
	default:
		return list, false
	}
	if !t.within(e, at) {
		return list, false
	}
	file, ok1 := e.Val(dwarf.AttrCallFile).(int64)
	line, ok2 := e.Val(dwarf.AttrCallLine).(int64)
	if ok1 && ok2 && line > 0 && len(list) < maxInlined {
		if name := u.program.file(uint64(file)); name != "" {
			list = append(list, Place{File: name, Line: int(line)})
		}
	}
	return list, true
}

// within tells whether an address is of an entry's code.
func (t *lineTable) within(e *dwarf.Entry, at uint64) bool {
	for _, pc := range t.ranges(e) {
		if at >= pc[0] && at < pc[1] {
			return true
		}
	}
	return false
}
