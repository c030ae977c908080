package ui

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// drawing draws the rows of a ladder for one frame.
type drawing struct {
	m     Model
	v     *lesson.View
	l     *ladder
	shape ladderShape
	root  netcore.ID // what the selected event belongs to, 0 without a selection
}

func (m Model) drawing(l *ladder, w int) drawing {
	return drawing{m: m, v: m.stage.seen(), l: l, shape: shapeFor(w), root: l.root(m.stage.selected)}
}

// rung draws one row. What stands alone in its row takes the room it needs.
func (d drawing) rung(row int) line {
	r, s := &d.l.rungs[row], d.shape
	left, right := r.cells[leftColumn], r.cells[rightColumn]
	a, b := d.post(r, leftColumn), d.post(r, rightColumn)
	rest := s.w - 2 - s.side - s.middle
	switch middle := r.cells[middleColumn]; {
	case middle.kind == cellPacket:
		return joined(d.cell(left, s.side).fit(s.side), a, d.arrow(middle), b, d.cell(right, rest).fit(rest))
	case middle.kind == cellText:
		return d.cell(middle, s.w).fit(s.w)
	case left.kind == cellNone:
		return d.alone(right, nil, joined(line{pad(s.side)}, a, line{pad(s.middle)}, b, nil))
	case right.kind == cellNone:
		l := d.cell(left, s.w)
		if n := l.width(); n <= s.side {
			return joined(l.fit(s.side), a, line{pad(s.middle)}, b, line{pad(rest)})
		}
		return l.fit(s.w)
	}
	l := d.cell(left, s.w/2-1)
	if l.width() <= s.side {
		return d.alone(right, l, joined(l.fit(s.side), a, line{pad(s.middle)}, b, nil))
	}
	half := s.w / 2
	return joined(l.fit(half), span{}, nil, span{}, d.cell(right, s.w-half).fit(s.w-half))
}

// alone draws a cell of the right column behind what stands left of it; one too long
// for its place reaches to the left, as far as there is nothing.
func (d drawing) alone(c cell, left, before line) line {
	w, at := d.shape.w, before.width()
	if l := d.cell(c, w-at); l.width() < w-at || !cutOff(l) {
		return append(before, l.fit(w-at)...)
	}
	l := d.cell(c, w-left.width()-1)
	return joined(left, pad(w-left.width()-l.width()), l, span{}, nil)
}

// cutOff reports whether a line ends or has its result behind an ellipsis.
func cutOff(l line) bool { return strings.Contains(l.plain(), "…") }

// post is the line beside the packets: thick while that side is inside a call.
func (d drawing) post(r *rung, column int) span {
	if r.inside[column] {
		return span{roleWaiting, "┃", 1}
	}
	return span{roleMuted, "│", 1}
}

// cell draws what a cell of a side has to say, in at most w columns.
func (d drawing) cell(c cell, w int) line {
	if c.kind == cellNone {
		return nil
	}
	e, ok := d.l.timeline.Get(c.event())
	l := line{d.sign(c)}
	switch {
	case c.kind == cellChange && e.Sample != nil:
		l = append(l, changeText(e.Sample, &e.Sample.Changes[c.sub], d.whose(e.Sample.Changes[c.sub].Owner.Process), w-2)...)
	case !ok && c.kind == cellEntry:
		l = append(l, d.waiting(c.event(), w-2)...)
	case e.Call != nil:
		l = append(l, callCell(e.Call, d.whose(e.Call.Process), c.kind, w-2)...)
	default:
		l = append(l, textCell(&e)...)
	}
	if l.width() > w {
		l = l.cut(w)
	}
	if c == d.m.stage.selected {
		return l.as(roleChosen)
	}
	return l
}

// whose names a process where several share the right column.
func (d drawing) whose(process string) string {
	if strings.Contains(process, "/") {
		return process + " "
	}
	if len(d.v.Sides) < 3 || process == "" || process == d.l.left {
		return ""
	}
	return process + " "
}

// sign marks what the last move brought, what is selected, and what belongs to that.
func (d drawing) sign(c cell) span {
	switch {
	case c == d.m.stage.selected:
		return sp(roleChosen, "▸ ")
	case d.root != 0 && d.l.root(c) == d.root:
		return sp(roleChanged, "▪ ")
	case d.fresh(c):
		return sp(roleChanged, "◆ ")
	}
	return pad(2)
}

// fresh reports whether the last move brought an event. After a jump everything is new,
// and nothing is marked.
func (d drawing) fresh(c cell) bool {
	if d.v.From == 0 {
		return false
	}
	at := d.l.timeline.Place(c.event())
	return at >= d.v.From && at < d.v.Events || at < 0 && d.root == 0 && c.kind == cellEntry
}

// waiting is the entry of a call that has not returned, with its age.
func (d drawing) waiting(call netcore.ID, w int) line {
	b := d.l.waits[call]
	if b == nil {
		return ln(roleWaiting, "inside a call")
	}
	age := sp(roleWaiting, " waits "+ageText(time.Duration(d.m.stage.clock()-b.Since)))
	return append(line{sp(roleWaiting, b.Text)}.atMost(w-age.w), age)
}

// atMost cuts a line that is wider than w columns.
func (l line) atMost(w int) line {
	if l.width() > w {
		return l.cut(max(w, 4))
	}
	return l
}

// callCell is a call with its result, its entry, or its return.
func callCell(c *netcore.Call, name string, kind cellKind, w int) line {
	text, result, _ := cutLast(netcore.Short(c), " = ")
	switch kind {
	case cellEntry:
		return line{sp(roleText, name+text)}.atMost(w)
	case cellReturn:
		text = c.Name + "()"
	}
	end := sp(roleOK, " = "+result)
	switch {
	case c.Failed():
		end.role = roleRefused
	case !c.Returned():
		end = sp(roleRefused, " never returned")
	}
	return append(line{sp(roleText, name+text)}.atMost(w-end.w), end)
}

// cutLast cuts a text at the last occurrence of a separator.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// changeText is a change of a socket: by its descriptor, or by its port where it has
// none; where there is no room for all of it, what it changed to.
func changeText(s *netcore.Sample, c *netcore.SocketChange, who string, w int) line {
	sign, name := "○ ", ""
	if k := s.Socket(c); c.Owner.Process != "" {
		sign, name = "● "+who+itoa(c.Owner.FD)+" ", ""
	} else if k != nil {
		name = addrText(k.Local) + " "
	}
	all := changeWord(c)
	var l line
	for _, text := range []string{sign + name + all, sign + all, sign + brief(all)} {
		if l = ln(roleKernel, text); l.width() <= w {
			break
		}
	}
	return l
}

// brief is a change without what it was before.
func brief(change string) string {
	if _, to, ok := cutLast(change, " → "); ok {
		return "→ " + to
	}
	return change
}

// changeWord is a change in a few columns.
func changeWord(c *netcore.SocketChange) string {
	name := map[string]string{"recvq": "rx ", "sendq": "tx ", "retransmits": "sent again ", "resent": "resent ", "shutdown": "shut down ", "state": "", "waiting": "waiting "}
	lead, known := name[c.What]
	switch {
	case !known:
		lead = c.What + " "
	case c.From == "":
		return lead + c.To
	case c.To == "":
		return lead + c.From + " → gone"
	}
	arrow := "→"
	if c.What == "state" {
		arrow = " → "
	}
	return lead + c.From + arrow + c.To
}

// textCell is an event that is told in words.
func textCell(e *netcore.Event) line {
	switch {
	case e.Output != nil:
		return line{sp(roleMuted, "prints "), sp(roleString, strings.TrimRight(strings.ReplaceAll(string(e.Output.Bytes), "\r\n", "\n"), "\n"))}
	case e.Process != nil:
		return line{sp(roleText, processText(e.Process))}
	case e.Signal != nil:
		return line{sp(roleText, "gets "+e.Signal.Name)}
	case e.Sample != nil:
		return line{sp(roleKernel, "counted: "+countersText(e.Sample))}
	case e.Setting != nil:
		return line{sp(roleNotice, words.Setting(e.Setting))}
	case e.Note != nil:
		return line{sp(roleNotice, e.Note.Text)}
	}
	return nil
}

// countersText are the counters that moved, with the end of the wire they belong to.
func countersText(s *netcore.Sample) string {
	var all []string
	for i := range s.Counters {
		c := &s.Counters[i]
		name := counterName(&netcore.Counter{Network: c.Network, Name: c.Name})
		all = append(all, fmt.Sprintf("%s %d→%d", name, c.From, c.To))
	}
	return strings.Join(all, ", ")
}

func processText(p *netcore.ProcessChange) string {
	switch {
	case p.Change == "start":
		return p.Name + " starts anew"
	case p.Change != "end":
		return p.Name + ": " + p.Change
	case p.Signal != "":
		return p.Name + " is killed by " + p.Signal
	case p.Status < 0:
		return p.Name + " is gone with its lab"
	}
	return p.Name + " ends, status " + itoa(p.Status)
}
