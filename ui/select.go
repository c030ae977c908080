package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"sockstep/netcore"
)

// find is the row of a cell, -1 where the ladder has none like it.
func (l *ladder) find(c cell) int {
	if c.kind == cellNone {
		return -1
	}
	for row := len(l.rungs) - 1; row >= 0; row-- {
		for _, o := range l.rungs[row].cells {
			if o == c {
				return row
			}
		}
	}
	return -1
}

// root is the event a cell belongs to: a packet to its call, a change to what brought
// it about. Cells with one root are linked.
func (l *ladder) root(c cell) netcore.ID {
	if c.kind == cellNone || l.timeline == nil {
		return 0
	}
	if c.kind != cellChange {
		return l.rootOf(c.event())
	}
	if e, _ := l.timeline.Get(c.event()); e.Sample != nil && e.Sample.Changes[c.sub].Cause != 0 {
		return l.rootOf(e.Sample.Changes[c.sub].Cause)
	}
	return c.event()
}

func (l *ladder) rootOf(id netcore.ID) netcore.ID {
	e, _ := l.timeline.Get(id)
	switch {
	case e.Packet == nil:
		return id
	case e.Packet.Call != 0:
		return e.Packet.Call
	case e.Packet.Of != 0:
		return l.rootOf(e.Packet.Of)
	}
	return id
}

// beside is the cell before (by -1) or behind (by 1) another, in the order in which
// they are read; cellNone at either end.
func (l *ladder) beside(c cell, by int) cell {
	row, column := l.find(c), 0
	if row >= 0 {
		column = l.rungs[row].column(c)
	} else if row = len(l.rungs); by > 0 {
		return cell{}
	}
	for at := row*columnCount + column + by; at >= 0 && at < len(l.rungs)*columnCount; at += by {
		if o := l.rungs[at/columnCount].cells[at%columnCount]; o.kind != cellNone {
			return o
		}
	}
	return cell{}
}

// column is the place of a cell in its row.
func (r *rung) column(c cell) int {
	return max(slices.Index(r.cells[:], c), 0)
}

// rungs is the ladder of what is on the screen.
func (s *stage) rungs() *ladder {
	l := s.ladder
	if s.past != nil {
		l = s.pastLadder
	}
	if l == nil {
		return &ladder{}
	}
	return l
}

// selectEvent moves the selection to the event before or behind; from none, to the
// last one.
func (m Model) selectEvent(key string) (Model, tea.Cmd) {
	by := 1
	if key == "[" {
		by = -1
	}
	l := m.stage.rungs()
	c := l.beside(m.stage.selected, by)
	switch {
	case c.kind != cellNone:
		m.stage.selected = c
		m.stage.scroll[paneDetails] = 0
	case by < 0 && l.cut:
		m.notice = "Earlier events are seen by looking further back: ←, or G and a number."
	case by < 0:
		m.notice = "This is the first event."
	case m.stage.selected.kind == cellNone:
		m.notice = "[ selects the last event, and again the one before."
	default:
		return m.unselect(), nil
	}
	return m, nil
}

// unselect has the ladder follow what happens again.
func (m Model) unselect() Model {
	m.stage.selected = cell{}
	if m.stage.large == paneDetails {
		m.stage.large = paneNone
	}
	return m
}

// noEvent says why nothing can be selected.
func (m Model) noEvent() string {
	if len(m.stage.rungs().rungs) == 0 {
		return "Nothing has happened yet that could be selected."
	}
	return ""
}

// toggleDetails shows the details of what is selected large, of the last event where
// nothing is.
func (m Model) toggleDetails() (Model, tea.Cmd) {
	if m.stage.large == paneDetails {
		m.stage.large = paneNone
		return m, nil
	}
	if m.stage.selected.kind == cellNone {
		m, _ = m.selectEvent("[")
	}
	m.stage.large = paneDetails
	return m, nil
}

// linked are the calls, the line and the sockets that belong to what is selected.
type linked struct {
	root    netcore.ID
	line    string   // "server.c:26"
	cookies []uint64 // of sockets whose change is selected
}

// has reports whether a socket is one to mark.
func (k linked) has(cookie uint64) bool { return slices.Contains(k.cookies, cookie) }

// linkedSign marks what belongs to the selected event.
var linkedSign = sp(roleChanged, " ▪ ")

// links finds what to mark in the other panes.
func (m Model) links() (k linked) {
	l, c := m.stage.rungs(), m.stage.selected
	if k.root = l.root(c); k.root == 0 {
		return k
	}
	if e, ok := l.timeline.Get(k.root); ok && e.Call != nil {
		k.line = e.Call.Line
	} else if b := l.waits[k.root]; b != nil {
		k.line = m.lineOf(b.Process)
	}
	if c.kind != cellChange {
		l.linked(cellChange, k.root, c, func(e *netcore.Event, i int) { k.cookies = append(k.cookies, e.Sample.Changes[i].Cookie) })
		return k
	}
	if e, _ := l.timeline.Get(c.event()); e.Sample != nil {
		k.cookies = []uint64{e.Sample.Changes[c.sub].Cookie}
	}
	return k
}

// lineOf is where a side stands that is inside a call.
func (m Model) lineOf(process string) string {
	if s := sideOf(m.stage.seen(), process); s != nil && s.Line > 0 {
		return m.fileOf(s) + ":" + itoa(s.Line)
	}
	return ""
}

// nearby is how many rows around the selected one are looked through for what belongs
// to it.
const nearby = 256

// linked hands over the events of one kind, near a cell and other than it, that belong
// to a root; of a sample with the index of the change.
func (l *ladder) linked(kind cellKind, root netcore.ID, near cell, do func(e *netcore.Event, sub int)) {
	row := l.find(near)
	for i := max(row-nearby, 0); i < min(row+nearby, len(l.rungs)); i++ {
		for _, c := range l.rungs[i].cells {
			if c.kind != kind || c == near || l.root(c) != root {
				continue
			}
			if e, ok := l.timeline.Get(c.event()); ok {
				do(&e, int(c.sub))
			}
		}
	}
}
