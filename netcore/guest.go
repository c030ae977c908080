package netcore

import (
	"cmp"
	"slices"
	"sync"
)

// Guest is a process in the lab's network that makes its own calls, told by
// whoever watches it. It has its place in the cast, and so in every Snapshot. Its
// methods are safe for concurrent use; the times they take are when the watcher saw
// what they tell (see Now), 0 for now.
type Guest struct {
	process *Process
	once    sync.Once

	mu     sync.Mutex
	inside map[ID]span
}

// Adopt gives a process of the lab's network that the lab did not start a place in
// the cast. pid and parent are the host's numbers. The start is recorded.
func (l *Lab) Adopt(name string, pid, parent int, at int64) *Guest {
	p := newProcess(l, name, &body{pid: pid, over: make(chan ending, 1)})
	g := &Guest{process: p, inside: map[ID]span{}}
	p.guest, p.parent = g, parent
	l.enlist(p)
	p.announce(at)
	return g
}

// Process returns the guest's place in the cast. It makes no calls for others:
// Begin answers ErrBusy.
func (g *Guest) Process() *Process { return g.process }

// Change records what became of the process: its "exec".
func (g *Guest) Change(what string, at int64) {
	change := g.process.change(what)
	g.process.lab.timeline.Add(Event{Type: ProcessEvent, At: at, Process: &change})
}

// Enter says that a thread is inside a call, which has an ID already (see
// Timeline.NewID): packets that pass meanwhile may be its.
func (g *Guest) Enter(c *Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside[c.ID] = span{id: c.ID, process: c.Process, name: c.Name, enter: c.Enter}
}

// Blocked records that a thread was seen asleep inside a call, in a function of the
// kernel where that is known.
func (g *Guest) Blocked(c *Call, channel string, at int64) {
	spec, _ := Describe(c.Name)
	g.process.lab.timeline.Add(Event{Type: BlockedEvent, At: at, Cause: c.ID, Blocked: &Blocked{
		Call: c.ID, Process: c.Process, Syscall: c.Syscall, Since: c.Enter, Channel: channel, Text: head(c), On: spec.Waits,
	}})
}

// Return records a call that has come back, or whose thread ended inside it then.
func (g *Guest) Return(c *Call, at int64) {
	g.mu.Lock()
	delete(g.inside, c.ID)
	g.mu.Unlock()
	at = cmp.Or(c.Exit, at, Now())
	g.process.lab.tap.returned(c, at)
	g.process.lab.timeline.Add(Event{ID: c.ID, Type: CallEvent, At: at, Call: c})
}

// Signal records a signal the process got.
func (g *Guest) Signal(s Signal, at int64) {
	g.process.lab.timeline.Add(Event{Type: SignalEvent, At: at, Signal: &s})
}

// End records the end of the process, by a status or by a signal's name.
func (g *Guest) End(status int, signal string, at int64) {
	g.once.Do(func() {
		p := g.process
		change := p.change("end")
		change.Status, change.Signal = status, signal
		p.lab.timeline.Add(Event{Type: ProcessEvent, At: at, Process: &change})
		p.lab.tap.ended(p.name, cmp.Or(at, Now()))
		p.mu.Lock()
		p.end = change
		close(p.ended)
		p.mu.Unlock()
	})
}

// spans are the calls the process is inside of.
func (g *Guest) spans() (calls []span) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.inside {
		calls = append(calls, s)
	}
	slices.SortFunc(calls, func(a, b span) int { return cmp.Compare(a.id, b.id) })
	return calls
}

// guests are the numbers of the guests that live.
func guests(ps []*Process) (pids []int) {
	for _, p := range ps {
		if p.guest != nil && p.Alive() {
			pids = append(pids, p.PID())
		}
	}
	return pids
}
