package ui

import (
	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// cellKind is what a cell of the ladder shows of its event.
type cellKind uint8

const (
	cellNone   cellKind = iota
	cellCall            // a call and its result, with nothing in between
	cellEntry           // a call that was entered
	cellReturn          // its return, where something lies between
	cellPacket
	cellChange // one change of a sample: a state, a queue
	cellText   // an output, a remark, a setting, the end of a process
)

// cell is an event, or one change of a sample, at its place in the ladder. It holds
// no pointer and no text, so that a long record stays small.
type cell struct {
	id   int32 // netcore.ID; a Timeline has no larger ones
	sub  int16 // of a sample: the index of the change
	kind cellKind
}

func (c cell) event() netcore.ID { return netcore.ID(c.id) }

// The columns of the ladder.
const (
	leftColumn = iota
	middleColumn
	rightColumn
	columnCount
)

// rung is one row of the ladder: the server's side, what travels, the side of the
// others. What stands in one row belongs together: a call and its first packet, a
// packet and what it changed where it arrived.
type rung struct {
	cells  [columnCount]cell
	inside [columnCount]bool // that side is inside a call
}

// ladder is the record of a lab as it is drawn: calls at their entry and return,
// the packets and changes between them. It is built as events come in, so that
// drawing a frame looks only at the rows in sight.
type ladder struct {
	timeline *netcore.Timeline
	read     int // events taken in
	left     string
	rungs    []rung
	ends     words.Ends
	entered  map[netcore.ID]string           // the calls processes are inside of
	waits    map[netcore.ID]*netcore.Blocked // those calls, by ID, where they were seen to wait
	started  map[string]bool
	traced   bool
	cut      bool            // it begins in the middle of the record
	called   map[string]bool // of a trace: the children that made a call
}

// follow returns the ladder of what a view's record holds. It goes on with l where
// that is of the same record and not longer.
func (l *ladder) follow(v *lesson.View) *ladder {
	if v == nil || v.Timeline == nil {
		return &ladder{}
	}
	if l == nil || l.timeline != v.Timeline || l.read > v.Events {
		l = &ladder{timeline: v.Timeline, entered: map[netcore.ID]string{}, waits: map[netcore.ID]*netcore.Blocked{}, started: map[string]bool{}}
	}
	if len(v.Sides) > 0 {
		l.left = v.Sides[0].Name
	}
	l.traced = v.Traced != nil
	l.ends.Follow(v.Timeline, v.Events)
	l.ends.Look(v.Snapshot)
	for ; l.read < v.Events; l.read++ {
		e := l.timeline.At(l.read)
		l.add(&e)
	}
	return l
}

// longest is how many events a ladder of the past takes in from before the moment it is
// of, where it cannot go on with one there is.
const longest = 2048

// recent is follow for a moment of the past: of a long record it has the end only, so
// that going back stays quick. whole is the ladder of all of it.
func (l *ladder) recent(v *lesson.View, whole *ladder) *ladder {
	goesOn := l != nil && l.timeline == v.Timeline && l.read <= v.Events && v.Events-l.read < longest
	if goesOn || v.Events <= longest {
		return l.follow(v)
	}
	l = &ladder{timeline: v.Timeline, read: v.Events - longest, cut: true, entered: map[netcore.ID]string{}, waits: map[netcore.ID]*netcore.Blocked{}, started: map[string]bool{}}
	if whole != nil && whole.timeline == v.Timeline {
		l.ends = whole.ends
	}
	return l.follow(v)
}

// add takes in one event.
func (l *ladder) add(e *netcore.Event) {
	switch {
	case e.Call != nil:
		l.addCall(e.Call)
	case e.Blocked != nil:
		l.waits[e.Blocked.Call] = e.Blocked
		l.enter(e.Blocked.Process, e.Blocked.Call, e.Blocked.Since)
	case e.Packet != nil:
		l.append(middleColumn, cell{id: int32(e.ID), kind: cellPacket})
	case e.Sample != nil:
		l.addChanges(e)
	case e.Process != nil:
		l.addProcess(e)
	case e.Output != nil:
		l.append(l.column(e.Output.Process), cell{id: int32(e.ID), kind: cellText})
	case e.Signal != nil:
		l.append(l.column(e.Signal.Process), cell{id: int32(e.ID), kind: cellText})
	case e.Note != nil && e.Note.Process != "":
		l.append(l.column(e.Note.Process), cell{id: int32(e.ID), kind: cellText})
	case e.Note != nil, e.Setting != nil:
		l.append(middleColumn, cell{id: int32(e.ID), kind: cellText})
	}
}

// column is where a process stands: the first of the cast left, all others right.
func (l *ladder) column(process string) int {
	if netcore.ProgramOf(process) == l.left {
		return leftColumn
	}
	return rightColumn
}

func (l *ladder) append(column int, c cell) {
	r := rung{inside: l.insides()}
	r.cells[column] = c
	l.rungs = append(l.rungs, r)
}

// insides says which sides are inside a call by now.
func (l *ladder) insides() (in [columnCount]bool) {
	for _, process := range l.entered {
		in[l.column(process)] = true
	}
	return in
}

// addCall puts a call that came back, or never will, where it returned, and its
// entry before what happened meanwhile.
func (l *ladder) addCall(c *netcore.Call) {
	if child(c.Process) && !l.called[c.Process] {
		if l.called == nil {
			l.called = map[string]bool{}
		}
		l.called[c.Process] = true
	}
	column := l.column(c.Process)
	_, known := l.entered[c.ID]
	if !known && (len(l.rungs) == 0 || !l.later(len(l.rungs)-1, c.Enter)) {
		l.append(column, cell{id: int32(c.ID), kind: cellCall})
		return
	}
	if !known {
		l.enter(c.Process, c.ID, c.Enter)
	}
	delete(l.entered, c.ID)
	delete(l.waits, c.ID)
	if last := &l.rungs[len(l.rungs)-1]; *last.only() == (cell{id: int32(c.ID), kind: cellEntry}) {
		last.only().kind = cellCall
		last.inside = l.insides()
		return
	}
	l.append(column, cell{id: int32(c.ID), kind: cellReturn})
}

// child reports whether a process of a trace is not its program's first.
func child(process string) bool { return netcore.ProgramOf(process) != process }

// enter puts the entry of a call before everything that happened after it.
func (l *ladder) enter(process string, call netcore.ID, at int64) {
	column, i := l.column(process), len(l.rungs)
	for i > 0 && l.later(i-1, at) {
		i--
	}
	l.entered[call] = process
	c := cell{id: int32(call), kind: cellEntry}
	if i < len(l.rungs) && l.rungs[i].cells[column].kind == cellNone && l.sentBy(i, call) {
		l.rungs[i].cells[column] = c
	} else {
		l.insert(i, column, c)
	}
	for ; i < len(l.rungs); i++ {
		l.rungs[i].inside[column] = true
	}
}

// sentBy reports whether the packet of a row belongs to a call.
func (l *ladder) sentBy(row int, call netcore.ID) bool {
	e, _ := l.timeline.Get(l.rungs[row].cells[middleColumn].event())
	return e.Packet != nil && e.Packet.Call == call
}

// later reports whether a row begins after a time.
func (l *ladder) later(row int, at int64) bool {
	c := l.rungs[row].first()
	e, ok := l.timeline.Get(c.event())
	switch {
	case !ok:
		b := l.waits[c.event()]
		return b != nil && b.Since > at
	case c.kind == cellEntry && e.Call != nil:
		return e.Call.Enter > at
	}
	return e.At > at
}

// first is the cell that says when a row happened.
func (r *rung) first() cell {
	for _, column := range []int{middleColumn, leftColumn, rightColumn} {
		if r.cells[column].kind != cellNone {
			return r.cells[column]
		}
	}
	return cell{}
}

// only is the one cell of a row; of a row with several, one nobody uses.
func (r *rung) only() *cell {
	one := &cell{}
	for i := range r.cells {
		switch {
		case r.cells[i].kind == cellNone:
		case one.kind != cellNone:
			return &cell{}
		default:
			one = &r.cells[i]
		}
	}
	return one
}

// insert makes room for a row; which sides are inside a call is as in the row
// before.
func (l *ladder) insert(at, column int, c cell) {
	var r rung
	switch {
	case at < len(l.rungs):
		r.inside = l.rungs[at].inside
	default:
		r.inside = l.insides()
	}
	r.cells[column] = c
	l.rungs = append(l.rungs, rung{})
	copy(l.rungs[at+1:], l.rungs[at:])
	l.rungs[at] = r
}

// addProcess shows the end of a process, and that one was started anew.
func (l *ladder) addProcess(e *netcore.Event) {
	p := e.Process
	if child(p.Name) && !l.called[p.Name] {
		return // it has to do with no socket
	}
	again := l.started[p.Name]
	if p.Change == "start" {
		l.started[p.Name] = true
	}
	if p.Change == "end" {
		for call, process := range l.entered {
			if process == p.Name {
				delete(l.waits, call)
				delete(l.entered, call)
			}
		}
	}
	if p.Change != "start" || again {
		l.append(l.column(p.Name), cell{id: int32(e.ID), kind: cellText})
	}
}
