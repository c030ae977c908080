package ui

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// bytesPane is the memory a step is about, byte by byte, with both byte orders.
func (m Model) bytesPane(r rect) []line {
	v := m.stage.seen()
	if s := m.cardShown(); s != nil {
		return m.blockedPane(r, s)
	}
	if st := v.Shown(); st != nil && st.Show == "headers" && m.stage.large != paneBytes {
		return m.headersPane(v, r)
	}
	if v.Traced != nil {
		return m.callBytes(r)
	}
	side, vars := m.variables(v)
	if len(vars) == 0 {
		return []line{titleBar("bytes", "", r.w, false), ln(roleMuted, " no variable in sight yet")}
	}
	name := "bytes of the " + side
	if x := &vars[0]; isAddress(x) {
		name = side + ": " + x.Type + " " + x.Name
	}
	var rows []line
	for i := range vars {
		rows = append(rows, m.variableRows(v, side, &vars[i], r.w, i == 0)...)
	}
	remark := ""
	if !allWritten(&vars[0], 0, vars[0].Size) {
		remark = "--: not written"
	}
	out := []line{titleBar(name, remark, r.w, m.stage.large == paneBytes)}
	return append(out, window(rows, m.stage.scroll[paneBytes], r.h-1, m.moreOf(paneBytes))...)
}

// headersPane says what each header gives the program in focus.
func (m Model) headersPane(v *lesson.View, r rect) []line {
	out := []line{titleBar("what each header gives", "", r.w, false)}
	s := m.stage.current()
	if s == nil || s.Program == nil {
		return out
	}
	fewest := givers(s.Program)
	for _, h := range s.Program.Includes() {
		gives := strings.Join(ownNames(s.Program, h.Header, fewest), ", ")
		lead := sp(roleDirective, padded(" <"+h.Header+">", 16)+" ")
		out = append(out, wrapLead(line{lead, sp(roleText, gives)}, r.w, lead.w)...)
	}
	return out
}

// givers counts for every name what the sparest header giving it gives. Headers
// bring others along, so a name belongs to the one that gives little else.
func givers(p *cprog.Program) map[string]int {
	fewest := map[string]int{}
	for _, h := range p.Includes() {
		names := p.Gives(h.Header)
		for _, n := range names {
			if had, ok := fewest[n]; !ok || len(names) < had {
				fewest[n] = len(names)
			}
		}
	}
	return fewest
}

func ownNames(p *cprog.Program, header string, fewest map[string]int) []string {
	var own []string
	names := p.Gives(header)
	for _, n := range names {
		if fewest[n] == len(names) {
			own = append(own, n)
		}
	}
	return own
}

// variables are what the pane shows: what the step names, else the addresses
// of the side in focus before its other variables.
func (m Model) variables(v *lesson.View) (side string, vars []cprog.Variable) {
	role, name := shown(v)
	if s := sideOf(v, role); s != nil && m.stage.large != paneBytes && m.stage.side == "" {
		for i := range s.Variables {
			if s.Variables[i].Name == name {
				return role, append(s.Variables[i:i+1:i+1], others(s, i)...)
			}
		}
	}
	s := m.stage.current()
	if s == nil {
		return "", nil
	}
	return s.Name, ordered(s.Variables)
}

// shown is the variable a step's front matter names: "bytes server a".
func shown(v *lesson.View) (role, name string) {
	st := v.Shown()
	if st == nil {
		return "", ""
	}
	f := strings.Fields(st.Show)
	if len(f) < 3 || f[0] != "bytes" {
		return "", ""
	}
	name, _, _ = strings.Cut(f[2], ".")
	return f[1], name
}

func others(s *lesson.Side, but int) []cprog.Variable {
	rest := append(append([]cprog.Variable{}, s.Variables[:but]...), s.Variables[but+1:]...)
	return ordered(rest)
}

// ordered puts the latest address structures first, then what else is larger
// than a number, then the numbers.
func ordered(vars []cprog.Variable) []cprog.Variable {
	var out []cprog.Variable
	for class := range 3 {
		for i := len(vars) - 1; i >= 0; i-- {
			if classOf(&vars[i]) == class {
				out = append(out, vars[i])
			}
		}
	}
	return out
}

func classOf(x *cprog.Variable) int {
	switch {
	case isAddress(x):
		return 0
	case x.Size > 8:
		return 1
	}
	return 2
}

func isAddress(x *cprog.Variable) bool { return strings.HasPrefix(x.Type, "struct sockaddr") }

// variableRows is one variable: an address field by field, another as bytes. The
// first one's name stands in the title.
func (m Model) variableRows(v *lesson.View, side string, x *cprog.Variable, w int, first bool) []line {
	old := m.stage.earlier(v, side, x)
	if isAddress(x) && first {
		return addressRows(x, old, w)
	}
	if isAddress(x) {
		head := line{pad(3), sp(roleBold, x.Name), sp(roleMuted, fmt.Sprintf("  %s, %d bytes", x.Type, x.Size))}
		return append([]line{head}, addressRows(x, old, w)...)
	}
	l := line{signIf(differs(x, old, 0, x.Size)), sp(roleBold, x.Name), sp(roleMuted, "  "+x.Type+"  ")}
	if x.Value != "" && written(x) {
		l = append(l, sp(roleText, x.Value), pad(2))
	}
	if hex := sp(roleWire, hexBytes(x, 0, x.Size)); x.Size <= 16 && l.width()+hex.w <= w {
		return []line{append(l, hex)}
	}
	return append([]line{append(l, sp(roleMuted, fmt.Sprintf("%d bytes", x.Size)))}, m.hexRows(x)...)
}

// hexRows are a variable's bytes, sixteen a row.
func (m Model) hexRows(x *cprog.Variable) []line {
	most := 32
	if m.stage.large == paneBytes {
		most = 512
	}
	var out []line
	for from := 0; from < min(x.Size, most); from += 16 {
		out = append(out, line{pad(3), sp(roleWire, hexBytes(x, from, min(from+16, x.Size)))})
	}
	if x.Size > most {
		out = append(out, line{pad(3), sp(roleMuted, fmt.Sprintf("… and %d more bytes", x.Size-most))})
	}
	return out
}

func written(x *cprog.Variable) bool {
	for _, w := range x.Written {
		if w {
			return true
		}
	}
	return false
}

// hexBytes writes bytes in hexadecimal; those the program never wrote are --.
func hexBytes(x *cprog.Variable, from, to int) string {
	var b strings.Builder
	for i := from; i < to && i < len(x.Bytes); i++ {
		if i > from {
			b.WriteByte(' ')
		}
		if i < len(x.Written) && !x.Written[i] {
			b.WriteString("--")
		} else {
			fmt.Fprintf(&b, "%02x", x.Bytes[i])
		}
	}
	return b.String()
}

// addressRows are the fields of an address structure: its bytes as they stand
// in memory, and what they say read in either order.
func addressRows(x, old *cprog.Variable, w int) []line {
	fields := netcore.FieldsAs(strings.TrimPrefix(x.Type, "struct "), x.Bytes, -1)
	if len(fields) == 0 {
		return []line{{pad(3), sp(roleWire, hexBytes(x, 0, min(x.Size, 24)))}}
	}
	column := nameColumn(fields)
	out := []line{{pad(3), sp(roleMuted, padded("field", column)+padded("bytes", 12)+padded("network order", 14)+"host order")}}
	for i := range fields {
		out = append(out, fieldRow(x, old, &fields[i], column, w)...)
	}
	return out
}

// nameColumn is how wide the names of fields stand, a blank behind the longest.
func nameColumn(fields []netcore.Field) int {
	column := 11
	for i := range fields {
		column = max(column, width(fields[i].Name)+1)
	}
	return column
}

// fieldRow is one field. A sign stands before the order it is kept in.
func fieldRow(x, old *cprog.Variable, f *netcore.Field, column, w int) []line {
	end := min(f.Offset+f.Length, len(x.Bytes))
	shown := min(end, f.Offset+8)
	bytes := hexBytes(x, f.Offset, shown)
	if end > shown {
		bytes += " …"
	}
	l := line{signIf(differs(x, old, f.Offset, end)), sp(roleText, padded(f.Name, column)), sp(roleWire, padded(bytes, 11)+" ")}
	if !allWritten(x, f.Offset, end) {
		return []line{append(l, sp(roleMuted, "not written"))}
	}
	l = append(l, orders(f)...)
	if f.Note != "" {
		return append([]line{l}, wrap(line{sp(roleNotice, f.Note)}, max(w-14, 10), 0)...)
	}
	return []line{l}
}

func allWritten(x *cprog.Variable, from, to int) bool {
	for i := from; i < to && i < len(x.Written); i++ {
		if !x.Written[i] {
			return false
		}
	}
	return true
}

// orders are a field's bytes read in network order and in host order, the one
// it is kept in marked.
func orders(f *netcore.Field) line {
	kept := sp(roleBold, padded("▸"+f.Text, 14))
	switch {
	case f.Order == netcore.NoOrder:
		return line{sp(roleText, f.Text)}
	case f.Length != len(f.Raw) || f.Length != 2 && f.Length != 4:
		return line{kept}
	case f.Order == netcore.NetworkOrder:
		return line{kept, sp(roleMuted, " "+otherOrder(f, binary.NativeEndian))}
	}
	return line{sp(roleMuted, padded(" "+otherOrder(f, binary.BigEndian), 14)), kept}
}

// otherOrder is what the bytes would say in the order they are not kept in.
func otherOrder(f *netcore.Field, order binary.ByteOrder) string {
	if f.Length == 2 {
		return itoa(int(order.Uint16(f.Raw)))
	}
	var swapped [4]byte
	binary.BigEndian.PutUint32(swapped[:], order.Uint32(f.Raw))
	return netip.AddrFrom4(swapped).String()
}
