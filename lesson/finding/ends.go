package finding

import (
	"cmp"
	"fmt"
	"slices"
)

// unread is a close that left bytes of the other side unread.
type unread struct {
	mark
	p     *process
	fd    int
	count int64
	last  lastRead
	cut   int64 // how long the message is in the middle of which reading stopped, or 0
	had   int64 // how much of it was read
}

// lookClose is about closing what is closed already.
func (w *Watch) lookClose(c *call) {
	t := c.t
	switch step := c.fd - t.last; {
	case step != 1 && step != -1:
		t.tellDouble()
		t.run = 1
	case step == t.step || t.run == 1:
		t.run, t.step = t.run+1, step
	default: // back again
		t.tellDouble()
		t.run, t.step = 2, step
	}
	t.last = c.fd
	if c.f != nil && c.f.refs == 1 {
		w.lookCut(c)
		w.lookZero(c)
	}
	was, ok := c.p.closed[c.fd]
	if c.d != nil || !ok || !c.failed("EBADF") || was.tid != c.TID {
		return
	}
	t.double = func() {
		w.raise(DoubleClose, c.p, c.mark(), text{
			fmt.Sprintf("close(%d) failed with %s: the program had closed descriptor %d before%s.", c.fd, c.errorText(), c.fd, was.place()),
			"This time nothing happened. Had the program opened a socket or a file in between, that would have got the number, and this call would have closed it.",
			"Close a descriptor in one place only, and set the variable to -1 there.",
		}, was.mark)
	}
}

// tellDouble tells of a double close, unless it was one of a run over all numbers.
func (t *thread) tellDouble() {
	if t.double != nil && t.run < closeRun {
		t.double()
	}
	t.double = nil
}

// closeRun is how many neighbouring numbers in a row are a run over all numbers.
const closeRun = 3

// lookZero is about a read into no room, whose 0 was taken for the end. A loop that
// reads a number of bytes may end with one: it is told only where the rest of what the
// other side sent in one call was thrown away with it, and nothing was answered.
func (w *Watch) lookZero(c *call) {
	m, o := c.f.emptied, c.f.end()
	if m.id == 0 || c.f.over() || m.tid != c.TID || o == nil || o.uncounted || c.f.uncounted {
		return
	}
	cut, had := o.sentAround(c.f.received)
	if cut == 0 {
		return
	}
	w.raise(ZeroLength, c.p, m, text{
		fmt.Sprintf("%s() on descriptor %d was called with the length 0 and returned 0, and the program then closed the connection. It had read %d of the %s that the other side sent in one call.", m.name, c.fd, had, bytesOf(cut)),
		"A read into no room returns 0 although bytes are there. It is not the end of the stream, and what was not read is lost.",
		"Call recv() only while there is room in the buffer; where the buffer is full, use up what is in it first.",
	}, c.mark())
}

// noteUnread takes down, at the last close of a connection, what was not read.
func (w *Watch) noteUnread(c *call) {
	f := c.f
	o := f.end()
	if f.refs != 1 || !f.inet() || !f.stream() || o == nil || f.over() || f.lingers || f.uncounted || o.uncounted || o.sent <= f.received {
		return
	}
	f.unread = unread{mark: c.mark(), p: c.p, fd: c.fd, count: o.sent - f.received, last: f.last}
	f.unread.cut, f.unread.had = o.sentAround(f.received)
	if o.lost.id != 0 && c.Enter != 0 && c.Enter <= o.lost.at {
		w.tellLost(f, o, o.lost)
	}
}

// sentAround is the length of the send in the middle of which a place in the stream is,
// and how much of it lies before; 0 where it is in the middle of none.
func (o *file) sentAround(at int64) (length, before int64) {
	start, bounds := int64(0), o.bounds
	if len(bounds) == keptBounds { // earlier ones are forgotten
		start, bounds = bounds[0], bounds[1:]
	}
	for _, end := range bounds {
		if start < at && at < end {
			return end - start, at - start
		}
		start = end
	}
	return 0, 0
}

// lost is a call that failed because the connection was reset.
type lost struct {
	mark
	process, failure string
	receives         bool
}

// lookLost is about a connection that is reset because the other side, in the trace,
// has closed it without reading everything. The close may be told after it: its effect
// comes before its return.
func (w *Watch) lookLost(c *call) {
	o := c.f.end()
	if o == nil || !c.failed("ECONNRESET", "EPIPE") {
		return
	}
	l := lost{c.mark(), c.p.name, c.errorText(), c.verb == receives}
	if o.unread.id != 0 {
		w.tellLost(o, c.f, l)
	} else if o.goneAt == 0 && c.f.lost.id == 0 {
		c.f.lost = l
	}
}

// tellLost tells of a socket that was closed unread, and what its other end o lost.
func (w *Watch) tellLost(f, o *file, reset lost) {
	u := f.unread
	switch l := u.last; {
	case u.cut != 0 && l.id != 0 && l.n < l.asked && reset.errno == "ECONNRESET":
		w.raise(ShortRead, u.p, l.mark, text{
			fmt.Sprintf("%s() on descriptor %d returned %d of the %s it asked for, and with it the program had read %d of the %s that %s sent in one call. It closed the connection without reading the other %d.",
				l.name, u.fd, l.n, bytesOf(l.asked), u.had, bytesOf(u.cut), reset.process, u.count),
			fmt.Sprintf("A stream has no messages: recv() returns what is there. And a close() that leaves bytes unread resets the connection: %s() of %s failed with %s.", reset.name, reset.process, reset.failure),
			"Call recv() in a loop until the message is complete by its own rule (a length, a separator, the end of the stream).",
		}, u.mark, reset.mark)
	case o.received < f.sent && reset.receives:
		w.raise(ClosedUnread, u.p, u.mark, text{
			fmt.Sprintf("close(%d) left %s of %s unread. %s then failed with %s, and %s of the answer never reached it.", u.fd, bytesOf(u.count), reset.process, reset.name+"()", reset.failure, bytesOf(f.sent-o.received)),
			"Closing with unread bytes sends RST and not FIN, and throws away what of the answer was not sent yet. Not every system lets the other side read what had come before the RST.",
			"Read until recv() returns 0 before you close; to end your own direction first, call shutdown(c, SHUT_WR).",
		}, reset.mark)
	}
}

// leak is a descriptor that is of no more use and was not closed.
type leak struct {
	fd     int
	why    mark
	opened mark
	forked bool
	gone   bool // the other end is known to be gone
}

// leaks tells of connections that were over and were never closed while the process
// went on to accept others. own tells that the process ended by itself.
func (w *Watch) leaks(p *process, own bool) {
	var all []leak
	alone := len(p.threads) == 1
	for fd, d := range p.fds {
		if l, ok := d.leak(p, fd); ok && (own || l.forked || l.gone || alone && l.why.at+patience < w.now) {
			all = append(all, l)
		}
	}
	if len(all) == 0 || len(all) == 1 && !own && !alone {
		return
	}
	slices.SortFunc(all, func(a, b leak) int { return cmp.Compare(a.fd, b.fd) })
	l := all[0]
	many := fmt.Sprintf("descriptor %d", l.fd)
	if len(all) > 1 {
		many = fmt.Sprintf("%d descriptors, %d the first of them", len(all), l.fd)
	}
	t := text{
		fmt.Sprintf("The program accepted connections and never closed %s: %s() told that the connection was over%s, and the program went on to accept others.", many, l.why.name, l.why.place()),
		"A connection whose other side has closed stays in CLOSE_WAIT until this side closes it. Each takes a descriptor; when none is left, accept() fails with EMFILE.",
		"Call close() on the connection on every way out: at the end of the stream, and after an error.",
	}
	switch {
	case l.forked:
		t.what = fmt.Sprintf("The program accepted connections, started a child for each, and never closed its own copy: %s. The child has ended meanwhile.", many)
		t.why = "After fork() two descriptors stand for one connection. It ends with the last of them, so that the client does not see the end, and the parent runs out of descriptors."
		t.fix = "In the parent, close the connection right after fork(); in the child, close the listener."
	case l.why.name == "shutdown":
		t.what = fmt.Sprintf("The program called shutdown() and never closed %s, and went on to accept others.", many)
		t.why = "shutdown() ends the conversation and leaves the descriptor open. When no number is left, accept() fails with EMFILE."
		t.fix = "Call close() after shutdown()."
	}
	f := w.raise(LeakedDescriptor, p, l.why, t, l.opened)
	switch {
	case l.forked:
		f.Belief, f.Lesson = "M29", "ends#copy"
	case l.why.name == "shutdown":
		f.Belief = "M30"
	}
}

// leak reports whether a descriptor is of no more use to its process, which has gone on
// to others.
func (d *descriptor) leak(p *process, fd int) (leak, bool) {
	f := d.file
	if !f.accepted {
		return leak{}, false
	}
	o := f.end()
	l := leak{fd: fd, opened: d.opened, gone: o != nil && o.goneAt != 0}
	for _, m := range []mark{f.finished, f.ended, f.reset} {
		if m.id != 0 && d.touched.id == m.id && p.lastAccept > m.at {
			l.why = m
			return l, true
		}
	}
	// A child talked to the other side and has ended; this process never did.
	if d.inherited || d.copiedAt == 0 || d.touched.at > d.copiedAt || f.child == nil || f.child.ended == 0 || f.child.ended > p.lastAccept {
		return l, false
	}
	l.why, l.forked = d.opened, true
	return l, true
}
