package finding

import (
	"maps"
	"slices"

	"sockstep/netcore"
)

// Options is what is known of the programs beside their calls.
type Options struct {
	// Port is the port the programs were told to use, as their environment has it in
	// PORT; 0 where there was none.
	Port int
	// Interrupts says that calls were interrupted without a signal, by a fault of
	// the tracer's.
	Interrupts bool
}

// Watch looks at the events of one Timeline. It is not safe for concurrent use.
type Watch struct {
	options   Options
	processes map[int]*process // by pid, those that live
	said      map[said]bool
	found     []Finding
	now       int64

	listeners map[*file]bool // those that live
	ports     []*portUse     // bound or called by number
	gone      []*oldName     // names whose sockets are gone
	sampled   map[uint64]netcore.Socket
	waiting   map[uint64]int64 // since when a sampled listener has connections waiting
	asleep    map[netcore.ID]bool
}

// New returns a Watch that has seen nothing.
func New(o Options) *Watch {
	return &Watch{
		options: o, processes: map[int]*process{}, said: map[said]bool{},
		listeners: map[*file]bool{}, sampled: map[uint64]netcore.Socket{}, waiting: map[uint64]int64{}, asleep: map[netcore.ID]bool{},
	}
}

// Add takes the next event and returns what is certain with it.
func (w *Watch) Add(e netcore.Event) []Finding {
	w.now = max(w.now, e.At)
	switch {
	case e.Type == netcore.CallEvent && e.Call != nil:
		if e.Call.Origin == netcore.FromTraced {
			w.call(e.Call, e.At)
		}
	case e.Type == netcore.ProcessEvent && e.Process != nil:
		w.change(e.Process)
	case e.Type == netcore.SignalEvent && e.Signal != nil:
		w.signal(e.Signal, e.At)
	case e.Type == netcore.BlockedEvent && e.Blocked != nil:
		w.asleep[e.Blocked.Call] = true
	case e.Type == netcore.SampleEvent && e.Sample != nil:
		w.sample(e.Sample, e.At)
	}
	return w.take()
}

// End returns what is certain only when nothing more will come.
func (w *Watch) End() []Finding {
	for _, pid := range slices.Sorted(maps.Keys(w.processes)) {
		w.processEnds(w.processes[pid], nil)
	}
	return w.take()
}

func (w *Watch) take() []Finding {
	found := w.found
	w.found = nil
	return found
}

// change follows the processes.
func (w *Watch) change(c *netcore.ProcessChange) {
	switch c.Change {
	case "start":
		w.start(c)
	case "exec":
		if p := w.processes[c.PID]; p != nil {
			p.name, p.family = c.Name, c.Name
			w.exec(p)
		}
	case "end":
		if p := w.processes[c.PID]; p != nil {
			w.killedByPipe(p, c.Signal)
			w.processEnds(p, c)
			w.forget(p)
		}
	}
}

// start makes a process, with a copy of its parent's descriptors.
func (w *Watch) start(c *netcore.ProcessChange) {
	if p := w.processes[c.PID]; p != nil {
		if len(p.fds) == 0 { // its first call was told before its start
			p.name, p.family = c.Name, c.Name
		}
		return
	}
	p := w.newProcess(c.PID, c.Name)
	parent := w.processes[c.Parent]
	if parent == nil {
		return
	}
	p.family = parent.family
	for fd, d := range parent.fds {
		copied := *d
		copied.inherited = true
		p.fds[fd] = &copied
		d.file.refs++
		if d.copiedAt == 0 {
			d.copiedAt = w.now
		}
	}
}

func (w *Watch) newProcess(pid int, name string) *process {
	p := &process{
		pid: pid, name: name, family: name, fds: map[int]*descriptor{},
		closed: map[int]closing{}, closedBefore: map[int]mark{}, threads: map[int]*thread{},
	}
	w.processes[pid] = p
	return p
}

// exec closes what is marked close-on-exec.
func (w *Watch) exec(p *process) {
	for fd, d := range p.fds {
		if d.cloexec {
			w.drop(p, fd, w.now)
		}
	}
	p.closed, p.closedBefore, p.threads = map[int]closing{}, map[int]mark{}, map[int]*thread{}
}

// forget lets go of a process that ended.
func (w *Watch) forget(p *process) {
	p.ended = max(w.now, 1)
	for fd := range p.fds {
		w.drop(p, fd, w.now)
	}
	delete(w.processes, p.pid)
}

// processEnds says what is certain at the end of a process. Its change is nil where
// the recording ends before it.
func (w *Watch) processEnds(p *process, c *netcore.ProcessChange) {
	own := c != nil && c.Signal == "" && c.Status >= 0
	for _, t := range p.threads {
		t.tellDouble()
	}
	w.refusedNames(p)
	w.leaks(p, own)
	if own && c.Status > 0 && p.interrupted != nil {
		w.gaveUp(p, mark{})
	}
}

// signal notes a signal: what it interrupted may be no mistake.
func (w *Watch) signal(s *netcore.Signal, at int64) {
	for _, p := range w.processes {
		if p.name == s.Process {
			p.signals = append(p.signals, signalled{s.Name, at})
			if len(p.signals) > keptSignals {
				p.signals = slices.Clone(p.signals[1:])
			}
		}
	}
}

// keptSignals bounds how many signals of a process are remembered.
const keptSignals = 64

// sample notes what the kernel showed of the sockets.
func (w *Watch) sample(s *netcore.Sample, at int64) {
	for _, k := range s.Gone {
		delete(w.sampled, k.Cookie)
		delete(w.waiting, k.Cookie)
	}
	for _, k := range s.Sockets {
		w.sampled[k.Cookie] = k
		switch {
		case k.State != "LISTEN" || k.RecvQ == 0:
			delete(w.waiting, k.Cookie)
		case w.waiting[k.Cookie] == 0:
			w.waiting[k.Cookie] = at
		}
	}
}
