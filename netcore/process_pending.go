package netcore

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"sockstep/netcore/protocol"
)

// State is how far a call is.
type State int

const (
	// StateRunning: sent, and neither returned nor seen asleep.
	StateRunning State = iota
	// StateBlocked: seen asleep inside the call.
	StateBlocked
	// StateReturned: the call came back.
	StateReturned
	// StateEnded: the process ended inside the call.
	StateEnded
)

// Pending is a call that was begun. Its methods are safe for concurrent use.
type Pending struct {
	process *Process
	id      ID
	spec    *Spec
	shape   *shape
	wire    protocol.Request
	cause   ID
	done    chan struct{}
	blocked sync.Once

	order    sync.Mutex // of what is recorded of it
	recorded bool       // its return, or that it will not

	mu   sync.Mutex
	call Call
	sent int64
}

func newPending(p *Process, r *Request, spec *Spec, s *shape) *Pending {
	c := &Pending{
		process: p, id: p.lab.timeline.NewID(), spec: spec, shape: s,
		cause: r.Cause, done: make(chan struct{}), sent: Now(),
	}
	c.wire = protocol.Request{ID: uint64(c.id), Number: uint64(s.number), Args: s.args}
	c.call = Call{
		ID: c.id, Process: p.name, PID: p.body.pid, TID: p.body.tid,
		Origin: r.Origin, Line: r.Line, Source: r.Source,
		Name: spec.Name, Syscall: spec.Syscall, Args: callArgs(r.Args, spec), Enter: c.sent,
	}
	return c
}

// callArgs describes the arguments as they were given.
func callArgs(values []Value, spec *Spec) []Arg {
	args := make([]Arg, len(values))
	for i, v := range values {
		args[i] = Arg{Pointer: v.Kind, Kind: KindInt, Value: v.Number, Unwritten: slices.Clone(v.Unwritten)}
		if i < len(spec.Params) {
			args[i].Name, args[i].Kind = spec.Params[i].Name, spec.Params[i].Kind
		}
		if v.Kind == MemoryValue {
			args[i].Before = append([]byte{}, v.Bytes...)
		}
	}
	return args
}

// ID returns the call's in the Timeline.
func (c *Pending) ID() ID { return c.id }

// Spec returns the description of the call.
func (c *Pending) Spec() Spec { return *c.spec }

// Done is closed when the call has returned, or its process has ended; the call
// is in the Timeline then.
func (c *Pending) Done() <-chan struct{} { return c.done }

func (c *Pending) finished() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// wait waits for the call's return, at most for d.
func (c *Pending) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.done:
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return c.finished()
}

// Call returns the call as far as it is known. Before it returned, Enter is the
// time the worker entered it once it has, and the time it was sent until then.
func (c *Pending) Call() Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.finished() {
		c.entered()
	}
	out := c.call
	out.Args = slices.Clone(c.call.Args)
	return out
}

// begun reports whether the worker has entered the call, as far as it can say.
func (c *Pending) begun() bool {
	_, _, entered := c.process.body.page.look(uint64(c.id))
	return entered || c.process.body.page == nil
}

// entered fills in what the worker put on its page.
func (c *Pending) entered() {
	if c.call.Exit != 0 {
		return
	}
	if enter, registers, ok := c.process.body.page.look(uint64(c.id)); ok {
		c.call.Enter = enter
		c.address(registers)
	}
}

// address fills in where the memory of each argument was.
func (c *Pending) address(registers []uint64) {
	for i := range c.call.Args {
		k := c.shape.place(i)
		if c.call.Args[i].Pointer == MemoryValue && k < len(registers) {
			c.call.Args[i].Value = int64(registers[k])
		}
	}
}

// complete fills in what the kernel returned and records the call.
func (c *Pending) complete(r *protocol.Result) {
	c.mu.Lock()
	c.call.Ret, c.call.Errno = &r.Ret, Errno(r.Errno)
	c.call.Enter, c.call.Exit = r.Enter, r.Exit
	c.address(r.Registers)
	for i := range c.call.Args {
		a := &c.call.Args[i]
		if a.Pointer == MemoryValue {
			a.After = c.shape.after(i, a.Before, r.Memory)
		}
	}
	c.mu.Unlock()
	c.record()
}

// lose records a call whose process ended inside it.
func (c *Pending) lose(reason string) {
	c.mu.Lock()
	c.entered()
	c.call.Reason = reason
	c.mu.Unlock()
	c.record()
}

// abandon ends a call that was never sent.
func (c *Pending) abandon(reason string) {
	c.lose(reason)
	close(c.done)
}

// record adds the call to the Timeline.
func (c *Pending) record() {
	c.mu.Lock()
	call := c.call
	call.Args = slices.Clone(c.call.Args)
	c.mu.Unlock()
	c.order.Lock()
	defer c.order.Unlock()
	c.recorded = true
	e := Event{ID: c.id, Cause: c.cause, Type: CallEvent, At: cmp.Or(call.Exit, Now()), Call: &call}
	c.process.lab.tap.returned(&call, e.At)
	c.process.lab.timeline.Add(e)
}
