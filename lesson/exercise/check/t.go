package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"sockstep/netcore"
)

// T is one criterion while it is being checked. Its methods belong to the goroutine
// that runs Check; those that find that the criterion does not hold do not return.
type T struct {
	exam     *exam
	ctx      context.Context
	belief   string
	try      string
	show     Pick
	closer   func()
	programs []*Program
	ending   []func()

	moved atomic.Uint64 // bytes, connections and calls that moved
	woken chan struct{}
}

// over is what a criterion ends with by panic.
type over struct{ Result }

// Blame says which belief is behind it and what to try if a word from here on does
// not hold, and which call shows it (nil: the usual one). An empty text leaves what
// was said before; the belief "-" is none.
func (t *T) Blame(belief, try string, show Pick) {
	if belief != "" {
		t.belief = strings.TrimPrefix(belief, "-")
	}
	if try != "" {
		t.try = try
	}
	t.show = show
}

// OnFail has f called when a word from here on does not hold: f looks at the program
// and may Blame more closely.
func (t *T) OnFail(f func()) { t.closer = f }

// Fail ends the criterion: it does not hold. The text says what was seen, with
// numbers, and starts small: "the server sent 3 of 5 bytes".
func (t *T) Fail(format string, args ...any) {
	t.fail(nil, nil, format, args...)
}

// FailAt is Fail with the call that shows it.
func (t *T) FailAt(c *netcore.Call, format string, args ...any) {
	t.fail(nil, c, format, args...)
}

// Unseen ends the criterion undecided, with the reason.
func (t *T) Unseen(format string, args ...any) {
	panic(over{Result{Verdict: Unseen, Saw: fmt.Sprintf(format, args...)}})
}

// fail ends the criterion with what a connection or else the programs show.
func (t *T) fail(c *Conn, call *netcore.Call, format string, args ...any) {
	p := t.program(c)
	t.look(p)
	r := Result{Verdict: Fails, Saw: fmt.Sprintf(format, args...), Belief: t.belief, Try: t.try}
	if p != nil {
		if p.unseen() != "" && call == nil {
			r.Verdict = Unseen
			r.Saw += "; and " + p.unseen()
		}
		if call == nil {
			call = p.evidence(c, t.show)
		}
		r.Output = p.said()
	}
	if call != nil {
		r.Call, r.Line = netcore.Strace(call), call.Line
	}
	panic(over{r})
}

// look blames more closely what the program itself shows.
func (t *T) look(p *Program) {
	if p != nil {
		p.rest()
	}
	if f := t.closer; f != nil {
		t.closer = nil
		f()
	}
	if p != nil && p.signal() == "SIGPIPE" {
		t.Blame("M38", "Ignore SIGPIPE, signal(SIGPIPE, SIG_IGN), or send with MSG_NOSIGNAL: else writing to a connection that is over ends the program.", Last(FailsWith("EPIPE")))
	}
}

// program is the one a connection is with, or the last that was started.
func (t *T) program(c *Conn) *Program {
	if c != nil && c.program != nil {
		return c.program
	}
	if len(t.programs) == 0 {
		return nil
	}
	return t.programs[len(t.programs)-1]
}

// Run checks nothing itself: it does f and reports whether f's words held. What a
// failed word would say is lost.
func (t *T) holds(f func()) (ok bool) {
	defer func() {
		if x := recover(); x != nil {
			if _, is := x.(over); !is {
				panic(x)
			}
			ok = false
		}
	}()
	f()
	return true
}

// move notes that something went on.
func (t *T) move() {
	t.moved.Add(1)
	select {
	case t.woken <- struct{}{}:
	default:
	}
}

// defers has f done when the criterion is over, the last one first.
func (t *T) defers(f func()) { t.ending = append(t.ending, f) }

func (t *T) end() {
	for i := len(t.ending) - 1; i >= 0; i-- {
		t.ending[i]()
	}
}

// Sleep lets time pass, for goals that speak of time themselves. It ends early when
// the program has ended.
func (t *T) Sleep(d time.Duration) {
	clock := time.NewTimer(d)
	defer clock.Stop()
	var ended <-chan struct{}
	if p := t.program(nil); p != nil {
		ended = p.ended
	}
	select {
	case <-clock.C:
	case <-ended:
	case <-t.ctx.Done():
	}
	t.inTime()
}

// errTooLong says that a criterion took more than it may.
var errTooLong = errors.New("it took too long")

// inTime ends a criterion that takes too long.
func (t *T) inTime() {
	if t.ctx.Err() == nil {
		return
	}
	if errors.Is(context.Cause(t.ctx), errTooLong) {
		t.Fail("this took more than %v, and was ended", criterionLimit)
	}
	panic(over{Result{Verdict: Unseen, Saw: "the check was ended"}})
}

// Dir is the folder the program runs in, where its sources are.
func (t *T) Dir() string { return t.exam.job.Dir }

// Command is what runs the program.
func (t *T) Command() []string { return t.exam.job.Command }

// FreshPort is a port nobody has used.
func (t *T) FreshPort() int { return t.exam.freshPort() }
