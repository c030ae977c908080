// Package trace runs programs nobody here wrote in a lab, under the tracer, and
// records what they do in one Timeline: their calls on sockets, what the network
// carries meanwhile, what they print. Whatever shows lessons can show them.
package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// Options says how to open a Trace.
type Options struct {
	// Host leaves the programs in the machine's own network.
	Host bool
	// Contain puts them into a process namespace of their own, see tracer.Options.
	Contain bool
	// Timeline takes the events; without one a new one is made, with Name
	// ("sockstep 0.1.0") in its header.
	Timeline *netcore.Timeline
	Name     string
	// Told is called after each event has been recorded; it may block, and the
	// programs wait then.
	Told func(tracer.Event)
	// Printed is called with what a program prints on its console, before that is
	// recorded; on a goroutine of each program's own.
	Printed func(process string, b []byte)
}

// Trace is programs that run under the tracer. Its methods are safe for concurrent
// use. Close it; should this program die without, the traced ones die with it.
type Trace struct {
	lab    *netcore.Lab
	remote *tracer.Remote
	told   func(tracer.Event)
	print  func(string, []byte)

	mu       sync.Mutex
	ids      map[uint64]netcore.ID // of calls that are not over, by serial
	guests   map[string]*netcore.Guest
	over     map[int]uint64                // the call each thread made last
	early    map[int]netcore.ProcessChange // ends of programs that are not enlisted yet
	stands   []Stand
	programs map[int]*Running
	changed  chan struct{}
	copying  sync.WaitGroup
}

// Stand is a thread that stands at a call until Resume.
type Stand struct {
	TID     int
	Program int
	Call    netcore.Call // its ID is the one it has or will have in the Timeline
	// Returned tells that the call has come back: the thread stands behind it.
	Returned bool
}

// Running is a program that was started or attached to.
type Running struct {
	Number int
	Name   string
	PID    int // as the host counts
	// Console is the program's own terminal as seen from outside, nil when it has
	// other files: what is written there is its input. It is the Trace's to close.
	Console *os.File
	ended   chan struct{}
	end     netcore.ProcessChange
}

// Ended is closed when the program's first process has ended.
func (r *Running) Ended() <-chan struct{} { return r.ended }

// End says how it ended. It waits for that.
func (r *Running) End() netcore.ProcessChange {
	<-r.ended
	return r.end
}

// Open opens a lab and a tracer in it. The error says what this machine forbids.
func Open(ctx context.Context, o Options) (*Trace, error) {
	options := netcore.Options{Timeline: o.Timeline, Program: o.Name, Companion: []string{tracer.Role}}
	if o.Contain {
		options.Companion = append(options.Companion, "contain")
	}
	if o.Host {
		options.Tier = netcore.TierHost
	}
	lab, err := netcore.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	t := &Trace{
		lab: lab, told: o.Told, print: o.Printed, ids: map[uint64]netcore.ID{}, guests: map[string]*netcore.Guest{},
		over: map[int]uint64{}, early: map[int]netcore.ProcessChange{}, programs: map[int]*Running{}, changed: make(chan struct{}, 1),
	}
	channel := lab.Companion()
	if channel == nil {
		return nil, errors.Join(tracer.ErrUnsupported, lab.Close())
	}
	t.remote, err = tracer.Connect(channel, t.take)
	if err != nil {
		return nil, errors.Join(err, lab.Close())
	}
	return t, nil
}

// Lab is the lab the programs are in.
func (t *Trace) Lab() *netcore.Lab { return t.lab }

// Timeline is the record.
func (t *Trace) Timeline() *netcore.Timeline { return t.lab.Timeline() }

// Changed receives when something has happened since it was received from last.
func (t *Trace) Changed() <-chan struct{} { return t.changed }

// Tracer is the tracer, to set stops and faults.
func (t *Trace) Tracer() *tracer.Remote { return t.remote }

// Start runs a program. With console it gets a terminal of its own, in place of the
// first three Files that are nil or missing, and what it prints there is recorded;
// without, its Files are its own.
func (t *Trace) Start(ctx context.Context, p tracer.Program, console *Size) (*Running, error) {
	if p.Env == nil {
		p.Env = os.Environ()
	}
	if p.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", p.Path, err)
		}
		p.Dir = dir
	}
	r := &Running{Name: p.Name, ended: make(chan struct{})}
	var far *os.File
	if console != nil {
		near, terminal, err := openConsole(console)
		if err != nil {
			return nil, fmt.Errorf("a terminal for %s: %w", p.Name, err)
		}
		far, r.Console = terminal, near
		p.Files, p.Terminal = onConsole(p.Files, far), true
	}
	number, pid, err := t.remote.Start(ctx, p)
	if err == nil {
		r.Number, r.PID = number, pid
		t.enlist(r)
	}
	if far != nil {
		_ = far.Close()
	}
	if err != nil {
		if r.Console != nil {
			_ = r.Console.Close()
		}
		return nil, err
	}
	if r.Console != nil {
		t.copying.Add(1)
		go t.copyOutput(r)
	}
	return r, nil
}

// onConsole puts a terminal in the place of the files that are not there.
func onConsole(files []*os.File, console *os.File) []*os.File {
	out := append([]*os.File(nil), files...)
	for n := range 3 {
		switch {
		case n == len(out):
			out = append(out, console)
		case out[n] == nil:
			out[n] = console
		}
	}
	return out
}

// enlist files a program; it may have ended before its number was known here.
func (t *Trace) enlist(r *Running) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.programs[r.Number] = r
	if end, ok := t.early[r.Number]; ok {
		r.end = end
		close(r.ended)
	}
}

// copyOutput records what a program prints until its terminal is closed.
func (t *Trace) copyOutput(r *Running) {
	defer t.copying.Done()
	b := make([]byte, 32<<10)
	for {
		n, err := r.Console.Read(b)
		if n > 0 && t.print != nil {
			t.print(r.Name, b[:n])
		}
		if n > 0 {
			out := netcore.Output{Process: r.Name, FD: 1, Bytes: slices.Clone(b[:n])}
			t.Timeline().Add(netcore.Event{Type: netcore.OutputEvent, Output: &out})
			t.wake()
		}
		if err != nil && !errors.Is(err, io.ErrShortBuffer) {
			return
		}
	}
}

// Attach traces a running program; Close lets it go. See tracer.Tracer.Attach.
func (t *Trace) Attach(ctx context.Context, name string, pid int) (*Running, error) {
	number, err := t.remote.Attach(ctx, name, pid)
	if err != nil {
		return nil, err
	}
	r := &Running{Number: number, Name: name, PID: pid, ended: make(chan struct{})}
	t.enlist(r)
	return r, nil
}

// Stands are the threads that stand, in the order in which they came to.
func (t *Trace) Stands() []Stand {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.stands)
}

// Resume lets a thread go on that stands, all with 0.
func (t *Trace) Resume(ctx context.Context, tid int) error {
	t.mu.Lock()
	t.stands = slices.DeleteFunc(t.stands, func(s Stand) bool { return tid == 0 || s.TID == tid })
	t.mu.Unlock()
	return t.remote.Resume(ctx, tid)
}

// Kill sends a signal to a program, see tracer.Tracer.Kill.
func (t *Trace) Kill(ctx context.Context, r *Running, sig syscall.Signal) error {
	return t.remote.Kill(ctx, r.Number, sig)
}

// lastWords is how long a program's console is read from at the most when it has
// ended: it is at its end at once, unless somebody else holds it.
const lastWords = time.Second

// Close ends the programs, lets those go that were attached to, and closes the lab.
// The Timeline is complete then.
func (t *Trace) Close() error {
	err := t.remote.Close()
	programs := t.Running()
	for _, r := range programs {
		if r.Console != nil {
			_ = r.Console.SetReadDeadline(time.Now().Add(lastWords))
		}
	}
	t.copying.Wait()
	for _, r := range programs {
		if r.Console != nil {
			_ = r.Console.Close()
		}
	}
	return errors.Join(err, t.lab.Close())
}

func (t *Trace) wake() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// take records an event of the tracer.
func (t *Trace) take(e tracer.Event) {
	switch e.Kind {
	case tracer.ProcessEvent:
		t.process(&e)
	case tracer.EnterEvent:
		t.number(&e)
		if g := t.guest(e.Call.Process); g != nil {
			g.Enter(e.Call)
			g.Blocked(e.Call, e.Asleep, e.Time)
		}
	case tracer.StopEvent:
		t.number(&e)
		t.mu.Lock()
		t.stands = append(t.stands, Stand{TID: e.TID, Program: e.Program, Call: *e.Call, Returned: e.Returned})
		t.mu.Unlock()
		if g := t.guest(e.Call.Process); g != nil && !e.Returned {
			g.Enter(e.Call)
		}
	case tracer.CallEvent:
		t.call(&e)
	case tracer.SignalEvent:
		if g := t.guest(e.Signal.Process); g != nil {
			g.Signal(*e.Signal, e.Time)
		}
	case tracer.NoteEvent, tracer.LimitEvent:
		note := netcore.Note{Text: e.Text}
		if e.Process != nil {
			note.Process = e.Process.Name
		}
		t.Timeline().Add(netcore.Event{Type: netcore.NoteEvent, At: e.Time, Note: &note})
	}
	t.wake()
	if t.told != nil {
		t.told(e)
	}
}

// number gives a call its ID in the Timeline, once.
func (t *Trace) number(e *tracer.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids[e.Serial] == 0 {
		t.ids[e.Serial] = t.Timeline().NewID()
	}
	e.Call.ID = t.ids[e.Serial]
}

// call records a call that is over. A thread that stands behind it keeps its
// number.
func (t *Trace) call(e *tracer.Event) {
	t.number(e)
	t.mu.Lock()
	t.stands = slices.DeleteFunc(t.stands, func(s Stand) bool { return s.TID == e.TID })
	if before := t.over[e.TID]; before != e.Serial {
		delete(t.ids, before)
		t.over[e.TID] = e.Serial
	}
	t.mu.Unlock()
	if g := t.guest(e.Call.Process); g != nil {
		g.Return(e.Call, e.Time)
	}
	if e.Injected != "" {
		t.Timeline().Add(netcore.Event{Type: netcore.NoteEvent, Cause: e.Call.ID, Note: &netcore.Note{Process: e.Call.Process, Text: "Injected: " + e.Injected + "."}})
	}
}

func (t *Trace) guest(name string) *netcore.Guest {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.guests[name]
}

// process keeps the cast.
func (t *Trace) process(e *tracer.Event) {
	p := e.Process
	switch p.Change {
	case "start":
		g := t.lab.Adopt(p.Name, p.PID, p.Parent, e.Time)
		t.mu.Lock()
		t.guests[p.Name] = g
		t.mu.Unlock()
	case "end":
		if g := t.guest(p.Name); g != nil {
			g.End(p.Status, p.Signal, e.Time)
		}
		t.end(e)
	default:
		if g := t.guest(p.Name); g != nil {
			g.Change(p.Change, e.Time)
		}
	}
}

// end notes the end of a program's first process, and of its threads.
func (t *Trace) end(e *tracer.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stands = slices.DeleteFunc(t.stands, func(s Stand) bool { return s.Call.Process == e.Process.Name })
	if e.Process.Name != netcore.ProgramOf(e.Process.Name) {
		return // a child
	}
	r := t.programs[e.Program]
	if r == nil {
		t.early[e.Program] = *e.Process
		return
	}
	r.end = *e.Process
	close(r.ended)
}

// Size is a terminal's, in characters.
type Size struct {
	Columns, Rows uint16
	// Silent has the terminal not echo what is typed: that is seen where it is typed.
	Silent bool
}

// Running programs, in the order in which they were started.
func (t *Trace) Running() []*Running {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []*Running
	for _, r := range t.programs {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Running) int { return cmp.Compare(a.Number, b.Number) })
	return list
}
