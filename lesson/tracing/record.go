package tracing

import (
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/finding"
	"sockstep/netcore"
)

// record reads a Timeline as it grows.
type record struct {
	timeline *netcore.Timeline
	now      world
	marks    []world // the world before every spacing-th event
	moments  []int32 // the places of the events one can look back at: calls that came
	// back or wait, signals, ends
	begins  []int32 // for each, the place from which on events belong to it
	begun   int32   // the same for the next one
	notes   []int32 // the places of remarks
	watch   *finding.Watch
	found   []found
	sources *sources
}

// found is a finding with the place of the event that made it certain.
type found struct {
	lesson.Found
	at int
}

// spacing is how many events lie between two worlds that are kept.
const spacing = 2048

func newRecord(t *netcore.Timeline, s *sources, o finding.Options) *record {
	return &record{timeline: t, watch: finding.New(o), sources: s}
}

// follow takes in what has been added.
func (r *record) follow() {
	for n := r.timeline.Len(); r.now.events < n; r.now.events++ {
		i := r.now.events
		if i%spacing == 0 {
			r.marks = append(r.marks, r.now.clone())
		}
		e := r.timeline.At(i)
		switch {
		case e.Call != nil, e.Blocked != nil, e.Signal != nil, e.Process != nil && e.Process.Change == "end":
			begin := int32(i)
			if r.begun > 0 {
				begin = r.begun
			}
			r.moments, r.begins, r.begun = append(r.moments, int32(i)), append(r.begins, begin), 0
		case e.Packet != nil && e.Packet.Call != 0 && e.Packet.Call != r.last() && r.begun == 0:
			r.begun = int32(i) // it is of a call that has not come back yet
		case e.Note != nil:
			r.notes = append(r.notes, int32(i))
		}
		r.now.add(&e)
		r.find(r.watch.Add(e), i)
	}
}

// last is the event of the last moment.
func (r *record) last() netcore.ID {
	if n := len(r.moments); n > 0 {
		return r.timeline.At(int(r.moments[n-1])).ID
	}
	return 0
}

// find keeps what has become certain at a place.
func (r *record) find(all []finding.Finding, at int) {
	for i := range all {
		f := &all[i]
		r.found = append(r.found, found{lesson.Found{Call: f.Call, Process: f.Process, Line: f.Line,
			What: f.What, Why: f.Why, Fix: f.Fix, Lesson: f.Lesson}, at})
	}
}

// before is the world before the event at a place.
func (r *record) before(at int) world {
	if at >= r.now.events {
		return r.now.clone()
	}
	w := r.marks[at/spacing].clone()
	w.follow(r.timeline, at)
	return w
}

// view shows the world w as the outcome of the events from a place on.
func (r *record) view(w *world, from int, n netcore.Snapshot) *lesson.View {
	tier := r.header().Tier
	v := &lesson.View{
		Tier: tier, Where: lesson.WhereText(tier), Phase: lesson.Free, Snapshot: n,
		Timeline: r.timeline, From: from, Events: w.events, Focus: "",
		Traced: &lesson.Traced{Calls: w.calls},
	}
	if r.timeline.Len() > 1 {
		first := r.timeline.At(1)
		v.Traced.Since = first.At
	}
	for i := range w.programs {
		v.Sides = append(v.Sides, r.side(&w.programs[i]))
	}
	r.tell(v)
	r.outcome(v)
	return v
}

func (r *record) header() netcore.Header {
	if r.timeline.Len() > 0 {
		if e := r.timeline.At(0); e.Header != nil {
			return *e.Header
		}
	}
	return netcore.Header{}
}

// side is a program as the record has it.
func (r *record) side(p *program) lesson.Side {
	s := lesson.Side{Name: p.name, PID: p.pid, State: p.state, Exit: p.exit, Signal: p.signal, Output: p.output(r.timeline)}
	t := &lesson.TracedSide{Calls: p.calls}
	s.Traced = t
	if e, ok := r.timeline.Get(p.last); ok {
		t.Last = e.Call
	}
	for _, a := range p.alive {
		if a.name != p.name {
			t.Children = append(t.Children, a.name)
		}
	}
	for _, b := range p.blocked {
		t.Waiting = append(t.Waiting, *b)
	}
	if n := len(t.Waiting); n > 0 && s.State == lesson.SideRunning {
		b := t.Waiting[n-1]
		s.State, s.Blocked, s.Call = lesson.SideBlocked, &b, r.inside(b.Call)
		t.Waiting = t.Waiting[:n-1]
	}
	r.place(&s)
	return s
}

// inside is a call as it was when it was entered: a record has it from its return only.
func (r *record) inside(id netcore.ID) *netcore.Call {
	e, ok := r.timeline.Get(id)
	if !ok || e.Call == nil {
		return nil
	}
	c := *e.Call
	c.Ret, c.Errno, c.Cause, c.Exit, c.Reason = nil, 0, "", 0, ""
	c.Args = slices.Clone(c.Args)
	for i := range c.Args {
		c.Args[i].After = nil
	}
	return &c
}

// place finds the line a side stands in: of the call it is inside of, or that it made
// last.
func (r *record) place(s *lesson.Side) {
	c := s.Call
	switch {
	case len(s.Traced.Stands) > 0:
		c = &s.Traced.Stands[0].Call
	case c == nil && s.Blocked != nil:
		return
	case c == nil:
		c = s.Traced.Last
	}
	if c != nil {
		s.Traced.File, s.Line = r.sources.find(c)
	}
}

// tell fills in what became certain, and the remarks.
func (r *record) tell(v *lesson.View) {
	for _, f := range r.found {
		if f.at >= v.Events {
			break
		}
		if f.at < v.From {
			v.Traced.New++
		}
		v.Traced.Found = append(v.Traced.Found, f.Found)
	}
	i, _ := slices.BinarySearch(r.notes, int32(v.From))
	for ; i < len(r.notes) && int(r.notes[i]) < v.Events && len(v.Traced.Notes) < mostNotes; i++ {
		if e := r.timeline.At(int(r.notes[i])); e.Note != nil {
			v.Traced.Notes = append(v.Traced.Notes, strings.TrimSpace(e.Note.Process+" "+e.Note.Text))
		}
	}
}

// mostNotes is how many remarks of one move are told.
const mostNotes = 8

// outcome is the last call of each program that the events since From brought, the
// latest at the end.
func (r *record) outcome(v *lesson.View) {
	seen := map[string]bool{}
	for i := v.Events - 1; i >= max(v.From, v.Events-lookBack) && len(seen) < len(v.Sides); i-- {
		e := r.timeline.At(i)
		if e.Call == nil || seen[netcore.ProgramOf(e.Call.Process)] {
			continue
		}
		l := lesson.CallLine(e.Call)
		if len(seen) == 0 {
			v.Focus, v.Result = l.Side, e.Call.Process+": "+netcore.Short(e.Call)
		}
		seen[l.Side] = true
		v.Log = slices.Insert(v.Log, 0, l)
		v.StepCalls = slices.Insert(v.StepCalls, 0, e.ID)
	}
}

// lookBack is how many events back the last call is looked for.
const lookBack = 4096

// at is the view of a moment: what was recorded from it up to the next.
func (r *record) at(i int) *lesson.View {
	if i < 0 || i >= len(r.moments) {
		return nil
	}
	from, to := int(r.begins[i]), r.now.events
	if i+1 < len(r.moments) {
		to = int(r.begins[i+1])
	}
	w := r.before(from)
	was := w.snapshot()
	w.follow(r.timeline, to)
	v := r.view(&w, from, w.snapshot())
	v.Changed = lesson.Diff(was, v.Snapshot)
	v.At = i
	switch e := r.timeline.At(int(r.moments[i])); {
	case e.Process != nil:
		v.Focus = netcore.ProgramOf(e.Process.Name)
	case e.Blocked != nil:
		v.Focus = netcore.ProgramOf(e.Blocked.Process)
	}
	return v
}
