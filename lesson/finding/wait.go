package finding

import (
	"fmt"
	"slices"
)

// patience is how long others may wait, in nanoseconds, before it is said.
const patience = 1e9

// lookStarved is about a thread that waited for one client while others waited for it.
func (w *Watch) lookStarved(c *call) {
	l := c.f.from
	if l == nil || !w.asleep[c.ID] || c.at-c.Enter < patience || l.refs != 1 || len(l.acceptors) != 1 || !l.acceptors[c.TID] {
		return
	}
	waited := 0
	for _, o := range l.waiters {
		if o.goneAt == 0 && o.connected && o.joined <= c.at-patience {
			waited++
		}
	}
	for cookie, since := range w.waiting {
		if k := w.sampled[cookie]; k.Local.Port() == l.local.Port() && l.inet() && since <= c.at-patience {
			waited = max(waited, int(k.RecvQ))
		}
	}
	if waited == 0 {
		return
	}
	who := "1 connection was"
	if waited > 1 {
		who = fmt.Sprintf("%d connections were", waited)
	}
	w.raise(Starved, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d waited %.1f seconds for one client. In that time %s complete, and no accept() took them, for this thread is the one that calls it.", c.Name, c.fd, float64(c.at-c.Enter)/1e9, who),
		"One client that says nothing keeps all others waiting: they are connected, and nobody answers.",
		"Wait for all descriptors together with poll(), or give each connection a process or a thread of its own. A time limit (SO_RCVTIMEO) bounds the wait.",
	}, c.d.opened)
}

// A busy loop is this many calls that found nothing to do, half of which at least came no
// later after the one before than this many nanoseconds: a loop that sleeps is slower
// every time, one that does not only where the machine is busy.
const (
	busyCalls = 200
	busyPace  = 500e3
	instant   = 1e6 // what a call that does not wait takes at most
)

// lookIdle is about calls that find nothing to do, again and again without a wait.
func (w *Watch) lookIdle(c *call) {
	if !c.failed("EAGAIN") {
		delete(c.t.spin, c.fd)
		return
	}
	s := c.t.spin[c.fd]
	if s == nil || c.at-c.Enter > instant {
		s = &spin{first: c.mark(), since: c.at}
		c.t.spin[c.fd] = s
	}
	if s.count++; s.count > 1 && c.at-s.last < busyPace {
		s.quick++
	}
	s.last = c.at
	if s.count < busyCalls {
		return
	}
	took := c.at - s.since
	delete(c.t.spin, c.fd)
	if s.quick < busyCalls/2 {
		return
	}
	w.raise(BusyLoop, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d failed with %s %d times in %.0f milliseconds, without a wait in between.", c.Name, c.fd, c.errorText(), busyCalls, float64(took)/1e6),
		"EAGAIN says: not now. To ask again at once keeps a processor busy and makes nothing come sooner.",
		fmt.Sprintf("After EAGAIN wait with poll() until descriptor %d is ready, or leave it blocking.", c.fd),
	}, s.first)
}

// interrupt is a call that a signal interrupted and that was not made again.
type interrupt struct {
	mark
	fd    int
	f     *file
	enter int64
	verb  verb
}

// harmless are signals that ask nobody to end.
var harmless = []string{"SIGCHLD", "SIGCONT", "SIGWINCH", "SIGURG", "SIGIO"}

// beside is how far a signal may stand from the call it interrupted, in nanoseconds.
const beside = 10e6

// lookInterrupted notes a call that was interrupted, and whether it was made again.
func (w *Watch) lookInterrupted(c *call) {
	i := c.p.interrupted
	switch c.verb {
	case accepts, sends, receives:
		if c.failed("EINTR") && c.f != nil {
			c.p.interrupted = &interrupt{mark: c.mark(), fd: c.fd, f: c.f, enter: c.Enter, verb: c.verb}
			return
		}
		if i != nil && c.TID == i.tid {
			c.p.interrupted = nil
		}
	case waits:
		c.p.interrupted = nil
	case closes:
		if i != nil && c.f == i.f && c.ok && c.TID == i.tid && i.f.accepted {
			w.gaveUp(c.p, c.mark())
		}
	}
}

// gaveUp is about an interruption that was taken for an error.
func (w *Watch) gaveUp(p *process, closed mark) {
	i := p.interrupted
	p.interrupted = nil
	name, ok := w.interruptedBy(p, i)
	if !ok {
		return
	}
	then := "and the program ended with an error"
	if closed.id != 0 {
		then = "and the program closed the connection"
	}
	w.raise(Interrupted, p, i.mark, text{
		fmt.Sprintf("%s() on descriptor %d failed with EINTR (Interrupted system call)%s, %s.", i.name, i.fd, name, then),
		"EINTR says that a signal came while the call waited. Nothing is wrong with the socket, and nothing was lost.",
		fmt.Sprintf("Make the call again: do n = %s(...); while (n < 0 && errno == EINTR). A handler set with SA_RESTART has the kernel do it for most calls.", i.name),
	}, closed)
}

// interruptedBy is what interrupted a call, in words; false where it may have been meant
// to end the program, or is not known.
func (w *Watch) interruptedBy(p *process, i *interrupt) (string, bool) {
	name := ""
	for _, s := range p.signals {
		if s.at < i.enter-beside || s.at > i.at+beside {
			continue
		}
		if !slices.Contains(harmless, s.name) {
			return "", false
		}
		name = s.name
	}
	if name == "" {
		return "", w.options.Interrupts
	}
	return " because of " + name, true
}

// signalledSince reports whether the process got a signal since.
func (p *process) signalledSince(at int64) bool {
	return slices.ContainsFunc(p.signals, func(s signalled) bool { return s.at >= at })
}
