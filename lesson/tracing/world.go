package tracing

import (
	"cmp"
	"maps"
	"slices"

	"sockstep/lesson"
	"sockstep/netcore"
)

// world is what a record says up to one of its events: who lives, who is inside which
// call, which sockets the last sample showed.
type world struct {
	events   int // taken in
	at       int64
	calls    int
	programs []program
	sockets  []netcore.Socket
	counters map[counterKey]uint64
}

type counterKey struct{ network, name string }

// program is one program with its children.
type program struct {
	name    string
	pid     int
	state   lesson.SideState
	exit    int
	signal  string
	alive   []process
	calls   int
	last    netcore.ID
	blocked []*netcore.Blocked
	printed []netcore.ID // its last outputs
}

type process struct {
	name string
	pid  int
}

// mostPrinted is how many of the last outputs of a program are kept at hand.
const mostPrinted = 256

// clone is a world that can go on by itself.
func (w *world) clone() world {
	c := *w
	c.programs = slices.Clone(w.programs)
	for i := range c.programs {
		p := &c.programs[i]
		p.alive, p.blocked, p.printed = slices.Clone(p.alive), slices.Clone(p.blocked), slices.Clone(p.printed)
	}
	c.sockets, c.counters = slices.Clone(w.sockets), maps.Clone(w.counters)
	return c
}

// follow takes in the events of a record up to one of them.
func (w *world) follow(t *netcore.Timeline, upTo int) {
	for ; w.events < upTo; w.events++ {
		e := t.At(w.events)
		w.add(&e)
	}
}

func (w *world) add(e *netcore.Event) {
	w.at = max(w.at, e.At)
	switch {
	case e.Process != nil:
		w.change(e.Process)
	case e.Call != nil:
		p := w.program(e.Call.Process)
		p.last = e.ID
		p.calls++
		w.calls++
		p.leave(func(b *netcore.Blocked) bool { return b.Call == e.ID })
	case e.Blocked != nil:
		p := w.program(e.Blocked.Process)
		p.leave(func(b *netcore.Blocked) bool { return b.Call == e.Blocked.Call })
		p.blocked = append(p.blocked, e.Blocked)
	case e.Output != nil:
		p := w.program(e.Output.Process)
		p.printed = append(p.printed, e.ID)
		if n := len(p.printed) - mostPrinted; n > 0 {
			p.printed = slices.Delete(p.printed, 0, n)
		}
	case e.Sample != nil:
		w.sample(e.Sample)
	}
}

// program is the one a process belongs to; a new one takes its place at the end.
func (w *world) program(process string) *program {
	name := netcore.ProgramOf(process)
	i := slices.IndexFunc(w.programs, func(p program) bool { return p.name == name })
	if i < 0 {
		i = len(w.programs)
		w.programs = append(w.programs, program{name: name, state: lesson.SideRunning})
	}
	return &w.programs[i]
}

// leave forgets calls that are over.
func (p *program) leave(over func(*netcore.Blocked) bool) {
	p.blocked = slices.DeleteFunc(p.blocked, over)
}

func (w *world) change(c *netcore.ProcessChange) {
	p := w.program(c.Name)
	switch c.Change {
	case "start":
		p.alive = append(p.alive, process{c.Name, c.PID})
		if c.Name == p.name {
			p.pid, p.state, p.exit, p.signal = c.PID, lesson.SideRunning, 0, ""
		}
	case "end":
		p.alive = slices.DeleteFunc(p.alive, func(o process) bool { return o.name == c.Name })
		p.leave(func(b *netcore.Blocked) bool { return b.Process == c.Name })
		if c.Name == p.name {
			p.state, p.exit, p.signal = lesson.SideEnded, c.Status, c.Signal
			if c.Signal != "" {
				p.state = lesson.SideKilled
			}
		}
	}
}

const timeWait = "TIME_WAIT"

// sample brings the sockets up to a sample. What the kernel keeps in TIME_WAIT is an
// object of its own with the cookie of the socket it came from.
func (w *world) sample(s *netcore.Sample) {
	for _, k := range s.Gone {
		w.sockets = slices.DeleteFunc(w.sockets, func(o netcore.Socket) bool { return same(&o, &k) })
	}
	for _, k := range s.Sockets {
		if lesson.Stranger(&k) {
			w.sockets = slices.DeleteFunc(w.sockets, func(o netcore.Socket) bool { return same(&o, &k) })
			continue
		}
		i := slices.IndexFunc(w.sockets, func(o netcore.Socket) bool { return same(&o, &k) })
		if i >= 0 {
			w.sockets[i] = k
		} else {
			w.sockets = append(w.sockets, k)
		}
		if k.State == timeWait {
			w.sockets = slices.DeleteFunc(w.sockets, func(o netcore.Socket) bool {
				return o.Cookie == k.Cookie && o.Network == k.Network && o.State != timeWait && o.State != "CLOSE"
			})
		}
	}
	for _, c := range s.Counters {
		if w.counters == nil {
			w.counters = map[counterKey]uint64{}
		}
		w.counters[counterKey{c.Network, c.Name}] = c.To
	}
}

func same(a, b *netcore.Socket) bool {
	return a.Network == b.Network && a.Cookie == b.Cookie && (a.Cookie != 0 || a.Inode == b.Inode) &&
		(a.State == timeWait) == (b.State == timeWait)
}

// onlySockets says what the tables of a record lack.
const onlySockets = "Recorded are the descriptors of sockets, as they were at the last sample."

// snapshot is what the last sample showed.
func (w *world) snapshot() netcore.Snapshot {
	n := netcore.Snapshot{At: w.at, Sockets: slices.Clone(w.sockets), Missing: []string{onlySockets}}
	for i := range w.programs {
		for _, a := range w.programs[i].alive {
			n.Processes = append(n.Processes, w.table(a))
		}
	}
	for k, v := range w.counters {
		n.Counters = append(n.Counters, netcore.Counter{Network: k.network, Name: k.name, Value: v})
	}
	slices.SortFunc(n.Counters, func(a, b netcore.Counter) int {
		return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.Name, b.Name))
	})
	return n
}

// table is a process's descriptors of sockets.
func (w *world) table(a process) netcore.ProcessTable {
	t := netcore.ProcessTable{Name: a.name, PID: a.pid, Alive: true}
	for i := range w.sockets {
		k := &w.sockets[i]
		for _, o := range k.Owners {
			if o.Process == a.name {
				t.FDs = append(t.FDs, netcore.Descriptor{FD: o.FD, Kind: "socket", Inode: k.Inode, Cookie: k.Cookie})
			}
		}
	}
	slices.SortFunc(t.FDs, func(a, b netcore.Descriptor) int { return a.FD - b.FD })
	return t
}

// mostText is how much of what a program printed is at hand, in bytes.
const mostText = 16 << 10

// output is the end of what a program printed.
func (p *program) output(t *netcore.Timeline) string {
	var parts []string
	n := 0
	for i := len(p.printed) - 1; i >= 0 && n < mostText; i-- {
		if e, ok := t.Get(p.printed[i]); ok && e.Output != nil {
			parts = append(parts, string(e.Output.Bytes))
			n += len(e.Output.Bytes)
		}
	}
	slices.Reverse(parts)
	text := ""
	for _, s := range parts {
		text += s
	}
	return text[max(len(text)-mostText, 0):]
}
