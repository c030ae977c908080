package ui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sockstep/lesson"
	"sockstep/netcore"
)

// rows are a ladder's rows, to compare.
var rows = cmp.Options{cmp.AllowUnexported(rung{}, cell{}), cmpopts.EquateEmpty()}

// checkLadder wants every event of a record in its ladder, where it belongs: a call
// entered before its packets and returned behind them, a change not above its cause.
func checkLadder(t *testing.T, l *ladder) {
	t.Helper()
	at := map[cell]int{}
	for row := range l.rungs {
		for _, c := range l.rungs[row].cells {
			if _, twice := at[c]; twice && c.kind != cellNone {
				t.Errorf("%+v stands in two rows", c)
			}
			at[c] = row
		}
	}
	place := func(id netcore.ID, kinds ...cellKind) (int, bool) {
		for _, kind := range kinds {
			if row, ok := at[cell{id: int32(id), kind: kind}]; ok {
				return row, true
			}
		}
		return 0, false
	}
	// The lab goes on: what came in behind the view is not in its ladder.
	for i := range l.read {
		e := l.timeline.At(i)
		switch {
		case e.Call != nil:
			entry, ok := place(e.ID, cellEntry, cellCall)
			back, returned := place(e.ID, cellReturn, cellCall)
			if !ok || !returned || back < entry {
				t.Errorf("call %d, %s: entered in row %d (%v), returned in %d (%v)", e.ID, e.Call.Name, entry, ok, back, returned)
			}
		case e.Packet != nil:
			row, ok := place(e.ID, cellPacket)
			if !ok {
				t.Errorf("packet %d is not there", e.Packet.Number)
			}
			if e.Packet.Of != 0 || e.Packet.Call == 0 {
				continue
			}
			if entry, known := place(e.Packet.Call, cellEntry, cellCall); known && entry > row {
				t.Errorf("packet %d stands in row %d, its call was entered in %d", e.Packet.Number, row, entry)
			}
			if back, known := place(e.Packet.Call, cellReturn, cellCall); known && back < row {
				t.Errorf("packet %d stands in row %d, its call returned in %d", e.Packet.Number, row, back)
			}
		case e.Sample != nil:
			for i := range e.Sample.Changes {
				c := &e.Sample.Changes[i]
				row, ok := at[cell{id: int32(e.ID), sub: int16(i), kind: cellChange}]
				if ok != drawn(c) {
					t.Errorf("change %d of sample %d: drawn %v, want %v", i, e.ID, ok, drawn(c))
				}
				if cause, known := place(c.Cause, cellPacket, cellEntry, cellCall); ok && known && cause > row {
					t.Errorf("change %d of sample %d stands in row %d, its cause in %d", i, e.ID, row, cause)
				}
			}
		}
	}
}

// TestLadderGrows builds a ladder event by event, as views come in: it is the one that
// is built at once.
func TestLadderGrows(t *testing.T) {
	for name, v := range map[string]*lesson.View{
		"accept": acceptView(t, sample(t)), "wire": wireView(t, sample(t)), "full queue": fullQueueView(t, sample(t)),
	} {
		t.Run(name, func(t *testing.T) {
			whole := (*ladder)(nil).follow(v)
			checkLadder(t, whole)
			var grown *ladder
			for n := range v.Events + 1 {
				part := *v
				part.Events = n
				grown = grown.follow(&part)
			}
			if diff := cmp.Diff(whole.rungs, grown.rungs, rows); diff != "" {
				t.Errorf("(-at once +event by event):\n%s", diff)
			}
			short := *v
			short.Events = 3
			if n := grown.follow(&short); n == grown || n.read != 3 {
				t.Errorf("looking back to 3 events took in %d", n.read)
			}
		})
	}
}

// TestCallsNested: a call that returns while another side is inside one, entered
// before; and one entered before an event that was told first.
func TestCallsNested(t *testing.T) {
	r := newRecording(t)
	one := int64(1)
	outer := &netcore.Call{ID: r.tl.NewID(), Process: "server", Name: "recv", Ret: &one, Enter: r.time + 10}
	inner := &netcore.Call{ID: r.tl.NewID(), Process: "client", Name: "send", Ret: &one, Enter: r.time + 20}
	r.sent(tcpPacket(1, loop(40000), loop(7777), netcore.FlagPSH|netcore.FlagACK, "x"), inner.ID, netcore.OwnNone, 1, 1)
	r.returned(inner)
	r.returned(outer)
	v := acceptView(t, sample(t))
	recorded(v, r)
	l := (*ladder)(nil).follow(v)
	checkLadder(t, l)
	var got []string
	for _, g := range l.rungs {
		for column, c := range g.cells {
			if c.kind != cellNone {
				got = append(got, itoa(column)+" "+map[cellKind]string{cellEntry: "in", cellReturn: "out", cellPacket: "packet", cellCall: "call"}[c.kind])
			}
		}
	}
	want := []string{"0 in", "1 packet", "2 in", "2 out", "0 out"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, in := range []bool{true, true, true, false} {
		if l.rungs[i].inside[leftColumn] != in {
			t.Errorf("row %d: the server is inside its call: %v", i, !in)
		}
	}
}

// TestSelection walks through all events and back; what belongs to a call is linked
// with it, from wherever one comes.
func TestSelection(t *testing.T) {
	m := staged(t, acceptView(t, sample(t)), 120, 36)
	var seen []cell
	for {
		was := m.stage.selected
		if m, _ = m.selectEvent("["); m.stage.selected == was {
			break
		}
		seen = append(seen, m.stage.selected)
	}
	if m.notice == "" {
		t.Error("the first event does not say that it is the first")
	}
	for i := len(seen) - 2; i >= 0; i-- {
		if m, _ = m.selectEvent("]"); m.stage.selected != seen[i] {
			t.Fatalf("forward: %+v, back it was %+v", m.stage.selected, seen[i])
		}
	}
	if m, _ = m.selectEvent("]"); m.stage.selected.kind != cellNone {
		t.Error("behind the last event something is selected")
	}
	l := m.stage.rungs()
	var connect netcore.ID
	linked := map[cellKind]int{}
	for _, c := range seen {
		if e, _ := l.timeline.Get(c.event()); e.Call != nil && e.Call.Name == "connect" {
			connect = e.ID
		}
	}
	for _, c := range seen {
		if l.root(c) == connect {
			linked[c.kind]++
		}
	}
	want := map[cellKind]int{cellEntry: 1, cellReturn: 1, cellPacket: 3, cellChange: 3}
	if diff := cmp.Diff(want, linked); diff != "" {
		t.Errorf("linked with connect (-want +got):\n%s", diff)
	}
	m.stage.selected = seen[len(seen)-1]
	if marks := m.links(); marks.line != "server.c:9" {
		t.Errorf("the line of the first call: %q", marks.line)
	}
}

// TestFollow: the ladder shows its end, unless an event is selected.
func TestFollow(t *testing.T) {
	v, _ := longRecord(t)
	m := staged(t, v, 120, 36)
	l := m.stage.rungs()
	if from := m.ladderFrom(l, 10); from != len(l.rungs)-10 {
		t.Errorf("from row %d of %d", from, len(l.rungs))
	}
	for range 100 {
		m, _ = m.selectEvent("[")
	}
	row := l.find(m.stage.selected)
	if from := m.ladderFrom(l, 10); row < from || row >= from+10 {
		t.Errorf("row %d is selected, %d to %d are shown", row, from, from+9)
	}
	m, _ = m.escape()
	if from := m.ladderFrom(l, 10); from != len(l.rungs)-10 {
		t.Errorf("after esc from row %d of %d", from, len(l.rungs))
	}
}
