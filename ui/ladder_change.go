package ui

import (
	"math"
	"slices"

	"sockstep/lesson"
	"sockstep/netcore"
)

// addChanges puts every change of a sample that is to be seen beside what brought it
// about, and those without a cause at the end.
func (l *ladder) addChanges(e *netcore.Event) {
	for i := range min(len(e.Sample.Changes), math.MaxInt16) {
		c := &e.Sample.Changes[i]
		if !drawn(c) {
			continue
		}
		k := e.Sample.Socket(c)
		if l.traced && k != nil && lesson.Stranger(k) {
			continue
		}
		l.place(cell{id: int32(e.ID), sub: int16(i), kind: cellChange}, l.sideOfChange(c, k), c.Cause)
	}
	if len(e.Sample.Counters) > 0 {
		l.append(middleColumn, cell{id: int32(e.ID), kind: cellText})
	}
}

// drawn reports whether a change is one to draw. What a socket() or an accept()
// returned says itself that there is a new descriptor.
func drawn(c *netcore.SocketChange) bool {
	switch c.What {
	case "owner", "limit":
		return false
	case "state":
		return (c.From != "" || c.To != "CLOSE") && (c.From != "CLOSE" || c.To != "")
	}
	return true
}

// sideOfChange is the column of the process that has the socket or had its port.
func (l *ladder) sideOfChange(c *netcore.SocketChange, k *netcore.Socket) int {
	switch {
	case c.Owner.Process != "":
		return l.column(c.Owner.Process)
	case c.Network == netcore.ClientNetwork:
		return rightColumn
	case k == nil:
		return leftColumn
	}
	if who := l.ends.Owner(k.Network, k.Local.Port()); who != "" {
		return l.column(who)
	}
	return leftColumn
}

// lookBack is how many rows back the cause of a change is looked for. A sample
// follows its causes at once, so that a few would do.
const lookBack = 4096

// place puts a change into the row of its cause, or below it.
func (l *ladder) place(c cell, column int, cause netcore.ID) {
	row := l.rowOf(cause)
	if row < 0 {
		row = len(l.rungs) - 1
		if row < 0 || !l.rungs[row].of(c.id) || l.rungs[row].cells[column].kind != cellNone {
			l.append(column, c)
			return
		}
	}
	for ; row < len(l.rungs); row++ {
		if l.rungs[row].cells[column].kind == cellNone {
			l.rungs[row].cells[column] = c
			return
		}
		if row+1 == len(l.rungs) || !l.rungs[row+1].changesOnly() {
			l.insert(row+1, column, c)
			return
		}
	}
}

// rowOf is the last row of an event that can cause a change, -1 where there is none
// near the end.
func (l *ladder) rowOf(id netcore.ID) int {
	if id == 0 {
		return -1
	}
	for row := len(l.rungs) - 1; row >= max(len(l.rungs)-lookBack, 0); row-- {
		for _, c := range l.rungs[row].cells {
			if c.event() == id && c.kind != cellChange {
				return row
			}
		}
	}
	return -1
}

// of reports whether a row has cells of one sample only.
func (r *rung) of(id int32) bool {
	return r.changesOnly() && !slices.ContainsFunc(r.cells[:], func(c cell) bool { return c.kind != cellNone && c.id != id })
}

// changesOnly reports whether a row has nothing but changes.
func (r *rung) changesOnly() bool {
	return r.cells[middleColumn].kind == cellNone &&
		!slices.ContainsFunc(r.cells[:], func(c cell) bool { return c.kind != cellNone && c.kind != cellChange })
}
