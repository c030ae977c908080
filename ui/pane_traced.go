package ui

import (
	"slices"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// callLog is which events of a record belong to which program, so that a frame looks
// only at the rows in sight.
type callLog struct {
	timeline *netcore.Timeline
	read     int
	rows     map[string][]int32 // by program: places of calls and ends
	called   map[string]bool    // processes that made a call
}

// follow returns the log of what a view's record holds. One that has read further
// serves an earlier view too.
func (l *callLog) follow(v *lesson.View) *callLog {
	if v == nil || v.Traced == nil || v.Timeline == nil {
		return l
	}
	if l == nil || l.timeline != v.Timeline {
		l = &callLog{timeline: v.Timeline, rows: map[string][]int32{}, called: map[string]bool{}}
	}
	for ; l.read < v.Events; l.read++ {
		e := l.timeline.At(l.read)
		switch {
		case e.Call != nil:
			l.called[e.Call.Process] = true
			l.add(e.Call.Process)
		case e.Process != nil && e.Process.Change != "start" && (l.called[e.Process.Name] || netcore.ProgramOf(e.Process.Name) == e.Process.Name):
			l.add(e.Process.Name)
		case e.Signal != nil:
			l.add(e.Signal.Process)
		}
	}
	return l
}

func (l *callLog) add(process string) {
	name := netcore.ProgramOf(process)
	l.rows[name] = append(l.rows[name], int32(l.read))
}

// upTo are the places of a program's events a view knows of.
func (l *callLog) upTo(name string, v *lesson.View) []int32 {
	if l == nil || l.timeline != v.Timeline {
		return nil
	}
	n, _ := slices.BinarySearch(l.rows[name], int32(v.Events))
	return l.rows[name][:n]
}

// tracedPane is the source a traced program stands in, or where that is not known the
// log of its calls.
func (m Model) tracedPane(r rect, s *lesson.Side, marks linked) []line {
	if s.Traced.File != nil {
		return m.tracedSource(r, s, marks)
	}
	out := []line{titleBar(s.Name+": its calls", m.sideState(s), r.w, s.Name == m.stage.focus())}
	v := m.stage.seen()
	coming := m.comingRows(s, r.w)
	rows := m.stage.log.upTo(s.Name, v)
	h := max(r.h-1-len(coming), 0)
	to := len(rows)
	if m.stage.large == paneProgram && s.Name == m.stage.focus() {
		to = clamp(to+m.stage.scroll[paneProgram], min(h, to), to)
	}
	for _, place := range rows[max(to-h, 0):to] {
		e := v.Timeline.At(int(place))
		l := m.logRow(s, &e, r.w)
		if marks.root != 0 && marks.root == e.ID {
			l = l.fit(r.w).as(roleChanged)
		}
		out = append(out, l)
	}
	if len(rows)+len(coming) == 0 {
		out = append(out, ln(roleMuted, " no call on a socket yet"))
	}
	return append(out, coming...)
}

// logRow is one event of a program's log.
func (m Model) logRow(s *lesson.Side, e *netcore.Event, w int) line {
	if e.Call == nil {
		return append(line{pad(2)}, textCell(e)...).atMost(w)
	}
	sign := pad(2)
	switch {
	case m.foundAt(e.ID):
		sign = sp(roleNotice, "! ")
	case m.stage.seen().From > 0 && m.stage.seen().Timeline.Place(e.ID) >= m.stage.seen().From:
		sign = sp(roleChanged, "◆ ")
	}
	l := append(line{sign}, callCell(e.Call, m.threadName(s, e.Call), cellCall, w-2)...)
	if end := sp(roleMuted, " "+e.Call.Line); e.Call.Line != "" && l.width()+end.w <= w {
		l = append(l, pad(w-l.width()-end.w), end)
	}
	return l
}

// foundAt reports whether a finding is about a call.
func (m Model) foundAt(id netcore.ID) bool {
	t := m.stage.seen().Traced
	return t != nil && slices.ContainsFunc(t.Found, func(f lesson.Found) bool { return f.Call == id })
}

// threadName names a child or another thread in the log of its program.
func (m Model) threadName(s *lesson.Side, c *netcore.Call) string {
	name := ""
	if c.Process != s.Name {
		name = c.Process + " "
	}
	if c.TID != c.PID && c.TID != 0 {
		name += "thread " + itoa(c.TID) + " "
	}
	return name
}

// comingRows are the calls a program's threads stand at or wait in.
func (m Model) comingRows(s *lesson.Side, w int) []line {
	var out []line
	waits := func(who, text string, since int64) {
		age := sp(roleWaiting, " waits "+ageText(time.Duration(m.stage.clock()-since)))
		out = append(out, append(line{sp(roleWaiting, "▷ "), sp(roleWaiting, who+text)}.atMost(w-age.w), age))
	}
	who := func(process string) string {
		if process == s.Name {
			return ""
		}
		return process + " "
	}
	for i := range min(len(s.Traced.Waiting), mostStands) {
		b := &s.Traced.Waiting[i]
		waits(who(b.Process), b.Text, b.Since)
	}
	if s.State == lesson.SideBlocked && s.Blocked != nil {
		waits(who(s.Blocked.Process), callText(s), s.Blocked.Since)
	}
	for i := range min(len(s.Traced.Stands), mostStands) {
		st := &s.Traced.Stands[i]
		sign := "▶ "
		if i > 0 {
			sign = "  "
		}
		out = append(out, line{sp(roleNext, sign+m.threadName(s, &st.Call)+st.Text())}.fit(w))
	}
	return out
}

// tracedSource is the file a program stands in.
func (m Model) tracedSource(r rect, s *lesson.Side, marks linked) []line {
	f := s.Traced.File
	out := []line{titleBar(f.Name, m.sideState(s), r.w, s.Name == m.stage.focus())}
	h := r.h - 1
	from := clamp(s.Line-1-h/2, 0, max(len(f.Lines)-h, 0))
	if m.stage.large == paneProgram && s.Name == m.stage.focus() {
		from = clamp(from+m.stage.scroll[paneProgram], 0, max(len(f.Lines)-h, 0))
	}
	isC := strings.HasSuffix(f.Name, ".c") || strings.HasSuffix(f.Name, ".h")
	for i := from; i < min(from+h, len(f.Lines)); i++ {
		text := untab(f.Lines[i])
		code := ln(roleText, text)
		if isC {
			code, _ = highlight(text, false)
		}
		out = append(out, m.tracedLine(s, i+1, code, r.w, marks.line == f.Name+":"+itoa(i+1)))
	}
	return out
}

// tracedLine marks the line a program stands in, waits in, or made its last call from.
func (m Model) tracedLine(s *lesson.Side, n int, code line, w int, linked bool) line {
	view := lesson.Side{Line: s.Line, State: s.State}
	if s.State != lesson.SideStands && s.State != lesson.SideBlocked {
		view.Line, view.Executed = 0, map[int]bool{s.Line: true}
	}
	return programLine(&view, n, code, w, linked)
}

// tracedReach is how far the large view of a traced program can be scrolled up, a
// negative number, and down.
func (m Model) tracedReach(s *lesson.Side, h int) (up, down int) {
	if f := s.Traced.File; f != nil {
		from := clamp(s.Line-1-h/2, 0, max(len(f.Lines)-h, 0))
		return -from, max(len(f.Lines)-h, 0) - from
	}
	return -len(m.stage.log.upTo(s.Name, m.stage.seen())), 0
}

// terminalPane is what came out at the terminal of the program in focus. Control codes
// are shown as such and never sent.
func (m Model) terminalPane(r rect) []line {
	s := m.stage.current()
	if s == nil || s.Traced == nil {
		return []line{titleBar("terminal", "", r.w, false)}
	}
	remark := ""
	if m.noInput() == "" {
		remark = ": types into it"
	}
	out := []line{titleBar("terminal of "+s.Name, remark, r.w, m.stage.large == paneTerminal)}
	if s.Traced.Elsewhere != "" {
		return append(out, wrap(ln(roleMuted, " What it prints and reads is on "+s.Traced.Elsewhere+"."), r.w, 1)...)
	}
	rows := terminalRows(s.Output, r.w-1, r.h-1+m.scrolledUp())
	if len(rows) == 0 {
		return append(out, ln(roleMuted, " it has printed nothing"))
	}
	if m.stage.large == paneTerminal {
		rows = rows[:max(len(rows)-m.scrolledUp(), min(len(rows), r.h-1))]
	}
	return append(out, indented(rows[max(len(rows)-(r.h-1), 0):])...)
}

// scrolledUp is how many rows the large terminal is scrolled back.
func (m Model) scrolledUp() int { return max(-m.stage.scroll[paneTerminal], 0) }

// terminalRows are the last rows of what a program printed, broken at w columns.
func terminalRows(text string, w, most int) []line {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		return nil
	}
	var out []line
	for _, row := range all[max(len(all)-most, 0):] {
		for _, shown := range cleanLines(overwritten(row) + "\n") {
			out = append(out, broken(shown, max(w, 1))...)
		}
	}
	return out
}

// overwritten is what is left of a row in which the cursor went back to the start.
func overwritten(row string) string {
	row = strings.TrimRight(row, "\r")
	if i := strings.LastIndexByte(row, '\r'); i >= 0 {
		return row[i+1:]
	}
	return row
}

// broken cuts a clean row into rows of w columns.
func broken(row string, w int) []line {
	if row == "" {
		return []line{nil}
	}
	var out []line
	for row != "" {
		part := truncate(row, w)
		if part == "" {
			break
		}
		out = append(out, line{span{roleText, part, width(part)}})
		row = row[len(part):]
	}
	return out
}

// callShown is the call of a trace whose bytes are shown: the one selected, else the
// one about to be made or waited in, else the last.
func (m Model) callShown() *netcore.Call {
	if l := m.stage.rungs(); m.stage.selected.kind != cellNone && l.timeline != nil {
		if e, ok := l.timeline.Get(l.root(m.stage.selected)); ok && e.Call != nil {
			return e.Call
		}
	}
	s := m.stage.current()
	if v := m.stage.seen(); m.stage.past != nil && len(v.StepCalls) > 0 {
		if e, ok := v.Timeline.Get(v.StepCalls[len(v.StepCalls)-1]); ok {
			return e.Call
		}
	}
	switch {
	case s == nil || s.Traced == nil:
		return nil
	case len(s.Traced.Stands) > 0:
		return &s.Traced.Stands[0].Call
	case s.Call != nil:
		return s.Call
	}
	return s.Traced.Last
}

// callBytes is the memory a call passes, byte by byte.
func (m Model) callBytes(r rect) []line {
	c := m.callShown()
	large := m.stage.large == paneBytes
	if c == nil {
		return []line{titleBar("bytes of a call", "", r.w, large), ln(roleMuted, " no call yet")}
	}
	text := netcore.Short(c)
	if !c.Returned() {
		text = lesson.Coming(c)
	}
	out := []line{titleBar("bytes of "+truncate(clean(c.Process+" "+text), max(r.w-14, 8)), "", r.w, large)}
	vars := callVariables(c)
	if len(vars) == 0 {
		return append(out, ln(roleMuted, " this call passes no memory"))
	}
	var rows []line
	for i := range vars {
		if isAddress(&vars[i]) {
			rows = append(rows, line{pad(3), sp(roleBold, vars[i].Name), sp(roleMuted, "  "+vars[i].Type+", "+itoa(vars[i].Size)+" bytes")})
			rows = append(rows, addressRows(&vars[i], nil, r.w)...)
			continue
		}
		rows = append(rows, m.variableRows(m.stage.seen(), c.Process, &vars[i], r.w, false)...)
	}
	return append(out, window(rows, m.stage.scroll[paneBytes], r.h-1, m.moreOf(paneBytes))...)
}

// callVariables is the memory a call passes, as variables.
func callVariables(c *netcore.Call) (vars []cprog.Variable) {
	spec, _ := netcore.Describe(c.Name)
	for i := range c.Args {
		a := &c.Args[i]
		kind := netcore.ParamKind("")
		if i < len(spec.Params) {
			kind = spec.Params[i].Kind
		}
		if b, ok := memoryOf(a); ok {
			vars = append(vars, variableOf(a.Name, kind, b))
		}
		vars = append(vars, partVariables(a.Name, a.Parts)...)
	}
	return vars
}

// memoryOf is an argument's memory: after the call where that is known.
func memoryOf(a *netcore.Arg) ([]byte, bool) {
	switch {
	case a.Pointer == netcore.NumberValue:
		return nil, false
	case a.After != nil:
		return a.After, true
	}
	return a.Before, a.Before != nil
}

// partVariables are the buffers a message or a vector leads to.
func partVariables(name string, parts []netcore.Part) (vars []cprog.Variable) {
	for i := range parts {
		p := &parts[i]
		inner := name + "[" + itoa(i) + "]"
		if len(p.Parts) > 0 {
			vars = append(vars, partVariables(inner, p.Parts)...)
			continue
		}
		b := p.After
		if b == nil {
			b = p.Before
		}
		if b != nil {
			vars = append(vars, variableOf(inner, "", b))
		}
	}
	return vars
}

func variableOf(name string, kind netcore.ParamKind, b []byte) cprog.Variable {
	x := cprog.Variable{Name: name, Type: "char[" + itoa(len(b)) + "]", Size: len(b), Bytes: b, Written: make([]bool, len(b))}
	for i := range x.Written {
		x.Written[i] = true
	}
	switch kind {
	case netcore.KindSockaddrIn, netcore.KindAddrOut:
		x.Type = "struct " + structOf(b)
	case netcore.KindLenInOut:
		x.Type = "socklen_t"
	case netcore.KindBufIn, netcore.KindBufOut:
		x.Value = quotedBytes(b)
	}
	return x
}

// structOf is the address structure bytes hold.
func structOf(b []byte) string {
	for _, f := range []string{"sockaddr_in", "sockaddr_in6", "sockaddr_un"} {
		if ap, ok := netcore.AddrPort(b); ok {
			if ap.Addr().Is4() == (f == "sockaddr_in") {
				return f
			}
		} else if f == "sockaddr_un" {
			return f
		}
	}
	return "sockaddr"
}

// quotedBytes is the start of a buffer as text.
func quotedBytes(b []byte) string {
	const most = 40
	end := ""
	if len(b) > most {
		b, end = b[:most], "…"
	}
	return `"` + dots(b) + `"` + end
}
