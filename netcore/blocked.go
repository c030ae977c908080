package netcore

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	// firstLook is how long a call may take before anybody looks whether it
	// sleeps: most return within a tenth of that.
	firstLook = 2 * time.Millisecond
	// lookAgain is the time between two looks. A thread that was woken and has not
	// run yet is caught by the second.
	lookAgain = time.Millisecond
	// lookBlind is how long a call must not return to count as waiting where the
	// system does not show what its threads do.
	lookBlind = 20 * time.Millisecond
	// cancelPatience is the time between two signals.
	cancelPatience = 2 * time.Millisecond
)

// glance is what the system shows of a worker's main thread.
type glance struct {
	readable bool
	asleep   bool   // in the system call that was asked for
	stopped  bool   // by a stop signal
	runs     uint64 // how often it got a processor
	channel  string // the kernel function it sleeps in
}

// Settle waits until the call has returned, its process has ended, or it is seen
// asleep inside the call. That is read from the kernel, twice, with no run
// between. Being blocked is recorded in the Timeline the first time.
func (c *Pending) Settle(ctx context.Context) (State, error) {
	return c.settle(ctx, firstLook)
}

// StillBlocked is Settle for a call that was asleep before, after something
// happened that may have woken it.
func (c *Pending) StillBlocked(ctx context.Context) (State, error) {
	return c.settle(ctx, 0)
}

func (c *Pending) settle(ctx context.Context, first time.Duration) (State, error) {
	begun := time.Now()
	if c.wait(ctx, first) {
		return c.outcome(), nil
	}
	var before glance
	for {
		now := c.glance()
		if now.settled(&before) || (!now.readable && time.Since(begun) > lookBlind) {
			if !c.finished() && c.asleep(now.channel) {
				return StateBlocked, nil
			}
		}
		before = now
		if c.wait(ctx, lookAgain) {
			return c.outcome(), nil
		}
		if ctx.Err() != nil {
			return StateRunning, fmt.Errorf("%s: %w", c.spec.Name, context.Cause(ctx))
		}
	}
}

// settled reports whether two looks found the thread asleep and not run between.
func (g *glance) settled(before *glance) bool {
	return g.readable && before.readable && (g.asleep && before.asleep || g.stopped && before.stopped) && g.runs == before.runs
}

// outcome is the state of a call that is over.
func (c *Pending) outcome() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.call.Ret != nil {
		return StateReturned
	}
	return StateEnded
}

// asleep records, once, that the call was seen asleep; false where it has come back by
// now: its return is recorded, and nothing of it stands behind that.
func (c *Pending) asleep(channel string) bool {
	c.order.Lock()
	defer c.order.Unlock()
	if c.recorded {
		return false
	}
	c.blocked.Do(func() {
		call := c.Call()
		c.process.lab.timeline.Add(Event{Type: BlockedEvent, Cause: c.id, Blocked: &Blocked{
			Call: c.id, Process: call.Process, Syscall: call.Syscall, Since: call.Enter,
			Channel: channel, Text: unfinished(&call), On: c.spec.Waits,
		}})
	})
	return true
}

// unfinished is a call that has not returned as it is written in C.
func unfinished(c *Call) string {
	text := Short(c)
	return strings.TrimSuffix(text, " = ?")
}
