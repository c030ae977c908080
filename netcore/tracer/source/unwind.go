package source

import (
	"debug/elf"
	"slices"
	"strings"
)

// unwindTable is what .eh_frame and .debug_frame of a file say, in order of
// address. Linux Standard Base, "Exception Frames"; DWARF 5 section 6.4.
type unwindTable struct {
	entries []frameEntry
}

// frameEntry is how frames of a range of code look (an FDE).
type frameEntry struct {
	start, end uint64
	common     *commonEntry
	code       []byte
}

// commonEntry is what several frame entries share (a CIE).
type commonEntry struct {
	codeAlign uint64
	dataAlign int64
	ra        int
	encoding  uint8 // of addresses
	augmented bool
	signal    bool
	code      []byte
}

// maxEntries is how many frame entries of a file are kept.
const maxEntries = 1 << 20

// readUnwindTable reads both sections.
func readUnwindTable(f *elf.File) *unwindTable {
	t := &unwindTable{}
	if data, at := section(f, ".eh_frame"); data != nil {
		t.read(data, at, true)
	}
	if data, at := section(f, ".debug_frame"); data != nil {
		t.read(data, at, false)
	}
	slices.SortStableFunc(t.entries, func(a, b frameEntry) int { return compare(a.start, b.start) })
	return t
}

// read adds the entries of a section at an address. eh tells .eh_frame from
// .debug_frame, which differ in how an entry names its common one.
func (t *unwindTable) read(data []byte, at uint64, eh bool) {
	commons := map[uint64]*commonEntry{}
	r := reader{data: data}
	for len(r.data) > 4 && len(t.entries) < maxEntries {
		n, wide := r.length()
		if n == 0 {
			if eh {
				return
			}
			continue
		}
		place := uint64(len(data) - len(r.data))
		body := reader{data: r.take(n)}
		if r.bad {
			return
		}
		id := body.offset(wide && !eh)
		switch {
		case eh && id == 0, !eh && (id == 0xffffffff && !wide || id == 1<<64-1):
			continue // a common entry, read when an entry names it
		case eh:
			id = place - id
		}
		common, ok := commons[id]
		if !ok {
			common = readCommon(data, id, eh)
			commons[id] = common
		}
		if common != nil {
			t.add(&body, common, at+uint64(len(data)-len(r.data)-len(body.data)))
		}
	}
}

// add adds a frame entry, whose range of code begins at an address.
func (t *unwindTable) add(body *reader, c *commonEntry, at uint64) {
	before := len(body.data)
	start := body.address(c.encoding, at)
	size := body.address(c.encoding&0x0f, at+uint64(before-len(body.data)))
	if c.augmented {
		body.take(body.uleb())
	}
	if body.bad || size == 0 || start+size < start {
		return
	}
	t.entries = append(t.entries, frameEntry{start, start + size, c, body.data})
}

// readCommon reads the common entry at an offset of a section, or returns nil.
func readCommon(data []byte, offset uint64, eh bool) *commonEntry {
	if offset >= uint64(len(data)) {
		return nil
	}
	r := reader{data: data[offset:]}
	n, wide := r.length()
	r = reader{data: r.take(n)}
	id := r.offset(wide && !eh)
	if eh != (id == 0) {
		return nil
	}
	c := &commonEntry{}
	version := r.u8()
	augmentation := r.text()
	if version >= 4 {
		r.u16() // sizes of an address and of a segment
	}
	c.codeAlign, c.dataAlign = r.uleb(), r.sleb()
	if version == 1 {
		c.ra = int(r.u8())
	} else {
		c.ra = int(min(r.uleb(), columns))
	}
	if strings.HasPrefix(augmentation, "z") {
		c.augmented = true
		extra := reader{data: r.take(r.uleb())}
		c.augment(&extra, augmentation[1:])
	} else if augmentation != "" {
		return nil
	}
	c.code = r.data
	if r.bad || c.ra >= columns {
		return nil
	}
	return c
}

// augment reads what the letters of an augmentation announce.
func (c *commonEntry) augment(r *reader, letters string) {
	for _, letter := range letters {
		switch letter {
		case 'R':
			c.encoding = r.u8()
		case 'P':
			r.address(r.u8(), 0)
		case 'L':
			r.u8()
		case 'S':
			c.signal = true
		}
	}
}

// address reads an encoded address that stands at an address itself.
func (r *reader) address(encoding uint8, at uint64) uint64 {
	var v uint64
	switch encoding & 0x0f {
	case 0x00, 0x04, 0x0c: // pointer, 8 bytes
		v = r.u64()
	case 0x01:
		v = r.uleb()
	case 0x02:
		v = uint64(r.u16())
	case 0x03:
		v = uint64(r.u32())
	case 0x09:
		v = uint64(r.sleb())
	case 0x0a:
		v = uint64(int16(r.u16()))
	case 0x0b:
		v = uint64(int32(r.u32()))
	default:
		r.bad = true
	}
	switch encoding & 0x70 {
	case 0:
	case 0x10: // relative to where it stands
		v += at
	default:
		r.bad = true
	}
	return v
}

// row returns how to leave the frame of code at an address, or nil.
func (t *unwindTable) row(at uint64, m *machine) *row {
	if t == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(t.entries, at, func(e frameEntry, at uint64) int { return compare(e.start, at) })
	if !ok {
		i--
	}
	if i < 0 || at >= t.entries[i].end {
		return nil
	}
	return t.entries[i].row(at, m)
}

// rowState is the row being built.
type rowState struct {
	cfa   rule
	rules [columns]rule
	set   [columns]bool
}

// rowProgram runs the instructions of a frame entry.
type rowProgram struct {
	common  *commonEntry
	now     rowState
	initial rowState
	saved   []rowState
	at      uint64 // the address reached
}

// Limits of the instructions of one entry.
const (
	maxInstructions = 1 << 16
	maxSaved        = 16
)

// row runs the instructions up to an address.
func (e *frameEntry) row(at uint64, m *machine) *row {
	p := rowProgram{common: e.common}
	if !p.run(e.common.code, 1<<64-1) {
		return nil
	}
	p.initial, p.at = p.now, e.start
	if !p.run(e.code, at) {
		return nil
	}
	r := &row{cfa: p.now.cfa, ra: e.common.ra, signal: e.common.signal}
	for n, is := range p.now.set {
		if is {
			r.rules = append(r.rules, p.now.rules[n])
		}
	}
	if !p.now.set[r.ra] && r.ra != m.lr {
		return nil
	}
	return r
}

// run executes instructions until the next row begins behind an address. It
// reports false for what it does not know.
func (p *rowProgram) run(code []byte, until uint64) bool {
	r := reader{data: code}
	for n := 0; len(r.data) > 0 && n < maxInstructions; n++ {
		op := r.u8()
		var advance uint64
		low := op & 0x3f
		switch op >> 6 {
		case 1:
			advance = uint64(low)
		case 2:
			p.offset(uint64(low), int64(r.uleb()))
		case 3:
			p.restore(uint64(low))
		default:
			switch op {
			case 0x01: // DW_CFA_set_loc
				p.at = r.address(p.common.encoding&0x0f, 0)
				if p.common.encoding&0x70 != 0 {
					return false
				}
			case 0x02:
				advance = uint64(r.u8())
			case 0x03:
				advance = uint64(r.u16())
			case 0x04:
				advance = uint64(r.u32())
			default:
				if !p.frame(op, &r) && !p.register(op, &r) {
					return false
				}
			}
		}
		p.at += advance * p.common.codeAlign
		if r.bad {
			return false
		}
		if p.at > until {
			return true
		}
	}
	return true
}

// frame does the instructions on the frame address and on whole rows.
func (p *rowProgram) frame(op uint8, r *reader) bool {
	switch op {
	case 0x00, 0x2d: // nop; on arm64: the return address is signed from here on
	case 0x2e: // DW_CFA_GNU_args_size
		r.uleb()
	case 0x0a:
		if len(p.saved) >= maxSaved {
			return false
		}
		p.saved = append(p.saved, p.now)
	case 0x0b:
		if len(p.saved) == 0 {
			return false
		}
		p.now = p.saved[len(p.saved)-1]
		p.saved = p.saved[:len(p.saved)-1]
	case 0x0c:
		p.now.cfa = rule{kind: ruleRegister, from: column(r.uleb()), offset: int64(r.uleb())}
	case 0x12:
		p.now.cfa = rule{kind: ruleRegister, from: column(r.uleb()), offset: r.sleb() * p.common.dataAlign}
	case 0x0d:
		p.now.cfa = rule{kind: ruleRegister, from: column(r.uleb()), offset: p.now.cfa.offset}
	case 0x0e:
		p.now.cfa.offset = int64(r.uleb())
	case 0x13:
		p.now.cfa.offset = r.sleb() * p.common.dataAlign
	case 0x0f:
		p.now.cfa = rule{kind: ruleValueExpression, expression: r.take(r.uleb())}
	default:
		return false
	}
	return true
}

// register does the instructions on one register.
func (p *rowProgram) register(op uint8, r *reader) bool {
	n := r.uleb()
	switch op {
	case 0x05:
		p.offset(n, int64(r.uleb()))
	case 0x11:
		p.offset(n, r.sleb())
	case 0x2f: // DW_CFA_GNU_negative_offset_extended
		p.offset(n, -int64(r.uleb()))
	case 0x06:
		p.restore(n)
	case 0x07:
		p.put(n, rule{kind: ruleUndefined})
	case 0x08:
		p.put(n, rule{kind: ruleSame})
	case 0x09:
		p.put(n, rule{kind: ruleRegister, from: column(r.uleb())})
	case 0x10:
		p.put(n, rule{kind: ruleExpression, expression: r.take(r.uleb())})
	case 0x16:
		p.put(n, rule{kind: ruleValueExpression, expression: r.take(r.uleb())})
	case 0x14:
		p.put(n, rule{kind: ruleValue, offset: int64(r.uleb()) * p.common.dataAlign})
	case 0x15:
		p.put(n, rule{kind: ruleValue, offset: r.sleb() * p.common.dataAlign})
	default:
		return false
	}
	return true
}

// column makes a register's number small; one beyond the end is never known.
func column(n uint64) int { return int(min(n, columns)) }

func (p *rowProgram) put(n uint64, r rule) {
	if n < columns {
		r.reg = int(n)
		p.now.rules[n], p.now.set[n] = r, true
	}
}

func (p *rowProgram) offset(n uint64, factored int64) {
	p.put(n, rule{kind: ruleOffset, offset: factored * p.common.dataAlign})
}

func (p *rowProgram) restore(n uint64) {
	if n < columns {
		p.now.rules[n], p.now.set[n] = p.initial.rules[n], p.initial.set[n]
	}
}
