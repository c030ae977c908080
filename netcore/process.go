package netcore

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"sockstep/netcore/protocol"
)

// ErrEnded is what a process that has ended answers.
var ErrEnded = errors.New("the process has ended")

// ErrBusy is what a process answers that is inside a call.
var ErrBusy = errors.New("the process is inside a call")

// body is a worker as its lab started it.
type body struct {
	pid, tid int
	own      []int    // descriptors of the worker's own machinery
	lack     []string // what its isolation lacks, in whole sentences
	network  string   // the end of the wire it is on, "" without one
	channel  *os.File // to the worker
	in       *bufio.Reader
	page     *page
	// over receives the worker's end once and is then closed; closed without a
	// value, the lab was lost and nobody saw how it ended.
	over chan ending
}

// meet reads the worker's hello.
func (b *body) meet(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = b.channel.SetReadDeadline(time.Now()) })
	defer stop()
	frame, err := protocol.Read(b.in, nil)
	if err != nil {
		return fmt.Errorf("the worker did not come up: %w", err)
	}
	h, err := protocol.DecodeHello(frame)
	if err != nil {
		return err
	}
	b.tid, b.own, b.lack = h.TID, h.Own, h.Lack
	return nil
}

// ending is how a process ended.
type ending struct {
	status int
	signal string
}

// Process is one program of the cast: a process of its own that makes the calls
// it is told to, one at a time. Its methods are safe for concurrent use.
type Process struct {
	lab  *Lab
	name string
	body *body
	// guest is set for a process that makes its own calls; parent is its parent then.
	guest  *Guest
	parent int

	mu      sync.Mutex
	current *Pending
	ended   chan struct{}
	end     ProcessChange
}

func newProcess(l *Lab, name string, b *body) *Process {
	return &Process{lab: l, name: name, body: b, ended: make(chan struct{})}
}

// Name returns the name in the cast.
func (p *Process) Name() string { return p.name }

// PID returns the process's number as the host counts.
func (p *Process) PID() int { return p.body.pid }

// Network names the network the process is in: "lab", or "host" where the lab
// has no network of its own; on a wire its end, "server" or "client".
func (p *Process) Network() string {
	if p.body.network != "" {
		return p.body.network
	}
	return p.lab.network()
}

func (l *Lab) network() string { return networkName(l.Tier()) }

func networkName(t Tier) string {
	if t.Private() {
		return "lab"
	}
	return "host"
}

// Alive reports whether the process has not ended.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Ended is closed when the process has ended and its last call is recorded.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// End says how the process ended; it is only set once Ended is closed.
func (p *Process) End() ProcessChange {
	<-p.ended
	return p.end
}

// Pending returns the call the process is in, or nil.
func (p *Process) Pending() *Pending {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// announce records the start, which was at a time (0: now).
func (p *Process) announce(at int64) {
	change := p.change("start")
	p.lab.timeline.Add(Event{Type: ProcessEvent, At: at, Process: &change})
	for _, text := range p.body.lack {
		p.lab.note(p.name, text)
	}
}

func (p *Process) change(what string) ProcessChange {
	return ProcessChange{Name: p.name, PID: p.body.pid, Parent: cmp.Or(p.parent, p.lab.PID()), Network: p.Network(), Change: what}
}

// Begin has the process make a call and returns at once. A call that must not be
// made is an ErrNotMade; what the kernel answers is never an error.
func (p *Process) Begin(r Request) (*Pending, error) {
	spec, ok := Lookup(r.Name)
	if !ok {
		return nil, fmt.Errorf("%s: no such call", r.Name)
	}
	if p.guest != nil {
		return nil, fmt.Errorf("%s: %w: it makes its own calls", r.Name, ErrBusy)
	}
	if err := p.permit(&r, &spec); err != nil {
		return nil, p.refuse(&r, err)
	}
	shape, err := shapeCall(&spec, r.Args)
	if err != nil {
		return nil, p.refuse(&r, err)
	}
	c, err := p.occupy(&r, &spec, shape)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	p.deliver(c)
	return c, nil
}

// refuse records that a call was not made and why.
func (p *Process) refuse(r *Request, err error) error {
	var not ErrNotMade
	if errors.As(err, &not) {
		not.Call = r.Name
		p.lab.timeline.Add(Event{Type: NoteEvent, Cause: r.Cause, Note: &Note{Process: p.name, Text: not.Error()}})
		return not
	}
	return fmt.Errorf("%s: %w", r.Name, err)
}

// occupy makes a call the process's current one.
func (p *Process) occupy(r *Request, spec *Spec, s *shape) (*Pending, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.Alive() {
		return nil, ErrEnded
	}
	if p.current != nil {
		return nil, ErrBusy
	}
	p.current = newPending(p, r, spec, s)
	return p.current, nil
}

// smallFrame is what surely fits in a socket's buffer, in bytes.
const smallFrame = 64 << 10

// deliver sends the call to the worker. A worker that is gone is noticed by
// whoever listens to it.
func (p *Process) deliver(c *Pending) {
	frame, err := protocol.Seal(c.wire.Append(protocol.Room(c.wire.Size())))
	if err != nil {
		p.fail(c, err)
		return
	}
	if len(frame) <= smallFrame {
		_ = p.body.deliver(frame)
		return
	}
	go p.body.deliver(frame)
}

// fail ends a call that could not be sent.
func (p *Process) fail(c *Pending, err error) {
	p.vacate(c)
	c.abandon("not sent: " + err.Error())
}

// vacate makes room for the next call.
func (p *Process) vacate(c *Pending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == c {
		p.current = nil
	}
}

// Do makes a call and waits until it returned, or the process ended inside it.
// When ctx ends first the call goes on; see Pending.
func (p *Process) Do(ctx context.Context, r Request) (Call, error) {
	c, err := p.Begin(r)
	if err != nil {
		return Call{}, err
	}
	select {
	case <-c.Done():
		return c.Call(), nil
	case <-ctx.Done():
		return c.Call(), fmt.Errorf("%s: %w", r.Name, context.Cause(ctx))
	}
}

// listen takes results from the worker until it is gone, then records how it
// ended.
func (p *Process) listen() {
	for {
		body, err := protocol.Read(p.body.in, nil)
		if err != nil {
			break
		}
		r, err := protocol.DecodeResult(body)
		if err != nil {
			p.lab.note(p.name, "The worker's answer could not be read: "+err.Error()+".")
			_ = p.lab.ground.kill(context.Background(), p.body)
			break
		}
		p.take(&r)
	}
	how, seen := <-p.body.over
	p.conclude(how, seen)
}

func (p *Process) take(r *protocol.Result) {
	c := p.Pending()
	if c == nil || uint64(c.ID()) != r.ID {
		return
	}
	c.complete(r)
	p.vacate(c)
	close(c.done)
}

// conclude records the end of the process, and of the call it was in.
func (p *Process) conclude(how ending, seen bool) {
	change := p.change("end")
	change.Status, change.Signal = how.status, how.signal
	if !seen {
		change.Status = -1
	}
	c := p.Pending()
	var cause ID
	if c != nil {
		cause = c.id
		c.lose(lossReason(how, seen))
		p.vacate(c)
	}
	if how.signal != "" {
		signal := &Signal{Process: p.name, Name: how.signal, Fatal: true}
		cause = p.lab.timeline.Add(Event{Type: SignalEvent, Cause: cause, Signal: signal})
	}
	p.lab.timeline.Add(Event{Type: ProcessEvent, Cause: cause, Process: &change})
	p.lab.tap.ended(p.name, Now())
	_ = p.body.channel.Close() // before it is said: who waits for the end finds nothing open
	p.mu.Lock()
	p.end = change
	close(p.ended)
	late := p.current // begun since it ended, which was not known yet
	p.current = nil
	p.mu.Unlock()
	if c != nil {
		close(c.done)
	}
	if late != nil {
		late.abandon(lossReason(how, seen))
	}
}

func lossReason(how ending, seen bool) string {
	switch {
	case !seen:
		return "the lab process was lost"
	case how.signal != "":
		return "killed by " + how.signal
	default:
		return fmt.Sprintf("exited with status %d", how.status)
	}
}

// Cancel interrupts the call the process waits in: it fails with EINTR, or
// returns what it has done so far. Without a call it does nothing. It waits
// until the call has returned, and repeats the signal until then, for one that
// comes before the call is entered has no effect.
func (p *Process) Cancel(ctx context.Context) error {
	c := p.Pending()
	if c == nil {
		return nil
	}
	for {
		if err := p.lab.ground.cancel(ctx, p.body); err != nil && p.Alive() && !c.finished() {
			return fmt.Errorf("cancel %s: %w", c.spec.Name, err)
		}
		if c.wait(ctx, cancelPatience) {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("cancel %s: %w", c.spec.Name, context.Cause(ctx))
		}
	}
}

// Signal sends the thread that is inside a call a signal, wraps tgkill(2), and waits
// until that was delivered: until the call has returned, the process has ended, or the
// thread has run and is asleep in the same call once more, which the kernel has
// started again. It is an error outside a call.
func (p *Process) Signal(ctx context.Context, sig int) error {
	c := p.Pending()
	if c == nil {
		return fmt.Errorf("signal %d: %s is not inside a call", sig, p.name)
	}
	before := c.glance().runs
	p.lab.timeline.Add(Event{Type: SignalEvent, Cause: c.id, Signal: &Signal{Process: p.name, Name: signalName(int64(sig))}})
	if err := p.lab.ground.signal(ctx, p.body, sig); err != nil && p.Alive() && !c.finished() {
		return fmt.Errorf("signal %d to %s: %w", sig, p.name, err)
	}
	for !c.wait(ctx, lookAgain) {
		if now := c.glance(); !now.readable || now.asleep && now.runs > before {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("signal %d to %s: %w", sig, p.name, context.Cause(ctx))
		}
	}
	return nil
}

// Kill ends the process with SIGKILL and waits until it is gone.
func (p *Process) Kill(ctx context.Context) error {
	if !p.Alive() {
		return nil
	}
	if err := p.lab.ground.kill(ctx, p.body); err != nil && p.Alive() {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	return p.gone(ctx)
}

// Exit has the process end itself with a status, wraps _exit(2), and waits until
// it is gone. It cannot while the process is inside a call.
func (p *Process) Exit(ctx context.Context, status int) error {
	p.mu.Lock()
	busy := p.current != nil
	p.mu.Unlock()
	if busy {
		return fmt.Errorf("exit: %w", ErrBusy)
	}
	if !p.Alive() {
		return nil
	}
	r := protocol.Request{Number: exitNumber, Args: []protocol.Arg{{Number: uint64(status)}}}
	frame, err := protocol.Seal(r.Append(protocol.Room(r.Size())))
	if err != nil {
		return fmt.Errorf("exit: %w", err)
	}
	_ = p.body.deliver(frame)
	return p.gone(ctx)
}

func (p *Process) gone(ctx context.Context) error {
	select {
	case <-p.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("end of %s: %w", p.name, context.Cause(ctx))
	}
}

// owns reports whether a descriptor belongs to the worker's own machinery.
func (p *Process) owns(fd int) bool { return slices.Contains(p.body.own, fd) }

// ProgramOf is the name of the program a process of a trace belongs to: its children
// are called by that with a number behind it, "server/2". In a lesson it is the
// process's own name.
func ProgramOf(process string) string {
	program, _, _ := strings.Cut(process, "/")
	return program
}
