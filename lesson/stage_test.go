package lesson

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sockstep/netcore"
)

// scripted is a Stage whose kernel answers from a script: the tests of the
// session need to know what was asked and to decide when a call returns.
type scripted struct {
	mu      sync.Mutex
	tl      *netcore.Timeline
	tier    netcore.Tier
	answer  func(process string, r netcore.Request) answer
	snap    func() netcore.Snapshot
	made    []string // "server bind"
	starts  map[string]int
	broken  error // no lab can be opened
	refuses error // settings are refused with this
	world   World
	live    map[string]*scriptedProcess
	closed  bool
}

// answer is what the scripted kernel does with a call.
type answer struct {
	ret    int64
	errno  netcore.Errno
	after  map[int][]byte
	blocks bool
	hangs  bool // it is neither seen to return nor to sleep
	dies   string
}

type scriptedProcess struct {
	stage *scripted
	name  string
	pid   int
	ended chan struct{}
	end   netcore.ProcessChange
	once  sync.Once
	in    *scriptedCall
}

type scriptedCall struct {
	p     *scriptedProcess
	call  netcore.Call
	mu    sync.Mutex
	done  chan struct{}
	state netcore.State
}

func newScripted(answers func(process string, r netcore.Request) answer) *scripted {
	return &scripted{tier: netcore.TierUser, answer: answers, starts: map[string]int{}, live: map[string]*scriptedProcess{}}
}

// opener counts as a fresh lab each time.
func (s *scripted) opener() Opener {
	return func(ctx context.Context, w World) (Stage, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken != nil {
			return nil, s.broken
		}
		s.world = w
		s.tl, s.closed, s.made = netcore.NewTimeline(netcore.Header{Lesson: w.Lesson}), false, nil
		return s, nil
	}
}

func (s *scripted) Tier() netcore.Tier          { return s.tier }
func (s *scripted) Timeline() *netcore.Timeline { return s.tl }

func (s *scripted) Apply(_ context.Context, set netcore.StageSetting) error {
	s.made = append(s.made, "set "+set.String())
	return s.refuses
}

func (s *scripted) Act(_ context.Context, a netcore.WireAct) error {
	s.made = append(s.made, fmt.Sprintf("wire %s %d", a.Verb, a.Packet))
	return nil
}

func (s *scripted) Arrived() <-chan struct{} { return nil }
func (s *scripted) Waiting() bool            { return false }

func (s *scripted) Close() error {
	s.closed = true
	return nil
}

func (s *scripted) Start(ctx context.Context, name string) (Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starts[name]++
	p := &scriptedProcess{stage: s, name: name, pid: 100 + len(s.starts), ended: make(chan struct{})}
	s.live[name] = p
	return p, nil
}

func (s *scripted) Snapshot(ctx context.Context) (netcore.Snapshot, error) {
	if s.snap == nil {
		return netcore.Snapshot{}, nil
	}
	return s.snap(), nil
}

func (p *scriptedProcess) PID() int                       { return p.pid }
func (p *scriptedProcess) Ended() <-chan struct{}         { return p.ended }
func (p *scriptedProcess) End() netcore.ProcessChange     { return p.end }
func (p *scriptedProcess) Kill(ctx context.Context) error { p.die(0, "SIGKILL"); return nil }

func (p *scriptedProcess) Exit(ctx context.Context, status int) error {
	p.die(status, "")
	return nil
}

func (p *scriptedProcess) die(status int, signal string) {
	p.once.Do(func() {
		p.end = netcore.ProcessChange{Name: p.name, PID: p.pid, Change: "end", Status: status, Signal: signal}
		close(p.ended)
	})
}

func (p *scriptedProcess) Signal(ctx context.Context, _ int) error { return p.Cancel(ctx) }

func (p *scriptedProcess) Cancel(ctx context.Context) error {
	if p.in == nil {
		return errors.New("not in a call")
	}
	eintr, _ := netcore.ErrnoByName("EINTR")
	p.in.finish(answer{ret: -1, errno: eintr})
	return nil
}

func (p *scriptedProcess) Begin(r netcore.Request) (Pending, error) {
	p.stage.mu.Lock()
	defer p.stage.mu.Unlock()
	p.stage.made = append(p.stage.made, p.name+" "+r.Name)
	spec, _ := netcore.Lookup(r.Name)
	c := &scriptedCall{p: p, done: make(chan struct{}), call: netcore.Call{ID: p.stage.tl.NewID(), Process: p.name,
		PID: p.pid, Name: r.Name, Syscall: spec.Syscall, Line: r.Line, Enter: netcore.Now()}}
	for i, v := range r.Args {
		a := netcore.Arg{Value: v.Number, Pointer: v.Kind, Before: v.Bytes}
		if i < len(spec.Params) {
			a.Name, a.Kind = spec.Params[i].Name, spec.Params[i].Kind
		}
		c.call.Args = append(c.call.Args, a)
	}
	p.in = c
	ans := p.stage.answer(p.name, r)
	switch {
	case ans.dies != "":
		c.state, c.call.Reason = netcore.StateEnded, "killed by "+ans.dies
		p.die(0, ans.dies)
		close(c.done)
	case ans.hangs:
		c.state = netcore.StateRunning
	case ans.blocks:
		c.state = netcore.StateBlocked
	default:
		c.finish(ans)
	}
	return c, nil
}

func (c *scriptedCall) finish(a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = netcore.StateReturned
	c.call.Ret, c.call.Errno, c.call.Exit = &a.ret, a.errno, netcore.Now()
	for i, b := range a.after {
		c.call.Args[i].After = b
	}
	close(c.done)
}

func (c *scriptedCall) Done() <-chan struct{} { return c.done }

func (c *scriptedCall) Call() netcore.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.call
}

func (c *scriptedCall) Settle(ctx context.Context) (netcore.State, error) {
	c.mu.Lock()
	state := c.state
	c.mu.Unlock()
	if state == netcore.StateRunning {
		<-ctx.Done()
		return state, context.Cause(ctx)
	}
	return state, nil
}

func (c *scriptedCall) StillBlocked(ctx context.Context) (netcore.State, error) { return c.Settle(ctx) }
