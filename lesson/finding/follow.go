package finding

import (
	"encoding/binary"
	"net/netip"
)

// follow takes over what a call did to the descriptors and the sockets.
func (w *Watch) follow(c *call) {
	switch c.verb {
	case makes:
		w.followMake(c)
	case pairs:
		w.followPair(c)
	case accepts:
		w.followAccept(c)
	case copies, controls:
		w.followCopy(c)
	case closes:
		if c.ok || c.errno == "EINTR" {
			w.followClose(c)
		}
	case closesRange:
		w.followCloseRange(c)
	case waits:
		c.t.waits++
		for _, t := range c.p.threads {
			clear(t.spin)
		}
	case receives:
		if c.ok && c.n > 0 {
			c.t.heard++
		}
	case unlinks:
		w.followUnlink(c)
	case moves: // splice(2): from the first argument to the third
		for _, fd := range []int64{c.arg(0), c.arg(2)} {
			if d := c.p.fds[int(fd)]; d != nil {
				d.file.uncounted = true
			}
		}
	}
	if c.f == nil {
		return
	}
	if c.fd == c.t.fresh {
		c.t.fresh = -1
	}
	switch c.verb {
	case binds:
		w.followBind(c)
	case listens:
		w.followListen(c)
	case connects:
		w.followConnect(c)
	case sends:
		w.followSend(c)
	case receives:
		w.followReceive(c)
	case shuts:
		if c.ok && c.arg(1) == shutRdwr && c.f.finished.id == 0 {
			c.f.finished = c.mark()
		}
		c.f.shutOut = c.f.shutOut || c.ok && c.arg(1) != 0
	case sets:
		w.followSet(c)
	case names:
		if a, ok := c.address(1, true); ok && c.ok && c.Name == "getsockname" && c.f.inet() {
			c.f.local, c.f.bound = a, c.f.bound || a.Port() != 0
		}
	}
}

// open puts a socket at a number. Where the number is taken in the model, its close
// was not told yet.
func (w *Watch) open(c *call, fd int, f *file, cloexec bool) *descriptor {
	replaced := c.p.fds[fd] != nil
	if replaced {
		w.drop(c.p, fd, c.at)
	}
	f.refs++
	d := &descriptor{file: f, cloexec: cloexec, opened: c.mark()}
	d.touched = d.opened
	c.p.fds[fd] = d
	if replaced {
		d.opened.at = c.at
	}
	return d
}

// drop takes a number away, and with the last one the socket.
func (w *Watch) drop(p *process, fd int, at int64) {
	d := p.fds[fd]
	if d == nil {
		return
	}
	delete(p.fds, fd)
	f := d.file
	f.refs--
	if f.refs > 0 {
		return
	}
	f.goneAt = max(at, 1)
	f.closeFirst()
	w.leaveName(f)
	delete(w.listeners, f)
	if f.calls != nil {
		f.calls.forgetWaiter(f)
	}
}

func newFile(c *call, domain, kind int64) *file {
	return &file{domain: int(domain), kind: int(kind & sockTypeMask), nonblock: kind&sockNonblock != 0}
}

func (w *Watch) followMake(c *call) {
	c.t.made, c.t.failed, c.t.fresh = c.mark(), c.failed(), -1
	if !c.ok {
		return
	}
	w.open(c, int(c.n), newFile(c, c.arg(0), c.arg(1)), c.arg(1)&sockCloexec != 0)
	c.t.fresh = int(c.n)
	delete(c.p.closed, int(c.n))
}

func (w *Watch) followPair(c *call) {
	m := c.memory(3, true)
	if !c.ok || len(m) < 8 {
		return
	}
	cloexec := c.arg(1)&sockCloexec != 0
	a, b := newFile(c, c.arg(0), c.arg(1)), newFile(c, c.arg(0), c.arg(1))
	a.peer, b.peer, a.connected, b.connected = b, a, true, true
	for i, f := range []*file{a, b} {
		raw := m[4*i : 4*i+4]
		fd := int(int32(binary.NativeEndian.Uint32(raw)))
		w.open(c, fd, f, cloexec)
		delete(c.p.closed, fd)
	}
}

func (w *Watch) followAccept(c *call) {
	if c.fd != -1 {
		c.t.made, c.t.failed = c.mark(), c.failed()
	}
	if c.ok || !c.Returned() {
		c.p.lastAccept = max(c.p.lastAccept, c.Enter)
	}
	if !c.ok {
		return
	}
	c.t.fresh = int(c.n)
	f := &file{domain: afInet, kind: sockStream, connected: true, accepted: true, uncertain: true, takenAt: c.at}
	flags := int64(0)
	if c.Name == "accept4" || c.Syscall == "accept4" && len(c.Args) > 3 {
		flags = c.arg(3)
	}
	f.nonblock = flags&sockNonblock != 0
	if l := c.f; l != nil {
		f.domain, f.kind, f.from, f.local, f.uncertain = l.domain, l.kind, l, l.local, false
		if l.acceptors == nil {
			l.acceptors = map[int]bool{}
		}
		l.acceptors[c.TID] = true
		l.match(f)
	}
	w.open(c, int(c.n), f, flags&sockCloexec != 0)
	delete(c.p.closed, int(c.n))
}

// match finds the other end of a connection that was accepted: the only one that
// waits. Where several wait nobody can tell which it is.
func (l *file) match(f *file) {
	switch len(l.waiters) {
	case 0:
		l.strays = append(l.strays, f)
		if len(l.strays) > 1 {
			for _, s := range l.strays {
				s.uncertain = true
			}
			l.strays = nil
		}
	case 1:
		f.peer, l.waiters[0].peer = l.waiters[0], f
		l.waiters = nil
	default:
		f.uncertain, l.waiters[0].uncertain = true, true
		for _, o := range l.waiters {
			o.uncertain = true
		}
		l.waiters = l.waiters[1:]
	}
}

// join notes that a socket has connected to a listener. The accept may have returned
// before, and even the connection been closed.
func (l *file) join(f *file, c *call) {
	f.calls, f.joined = l, c.at
	if len(l.strays) == 1 && !l.strays[0].uncertain && l.strays[0].takenAt >= c.Enter {
		s := l.strays[0]
		l.strays = nil
		s.peer, f.peer = f, s
		if s.goneAt != 0 {
			s.closeFirst()
		}
		return
	}
	l.waiters = append(l.waiters, f)
	if len(l.waiters) > keptWaiters {
		l.waiters = l.waiters[1:]
	}
}

// keptWaiters bounds the connections to one listener that are remembered as waiting.
const keptWaiters = 4096

// forgetWaiter notes that a connection that waited was given up. It still takes its
// place in the kernel's queue, so that what is accepted next is not known.
func (l *file) forgetWaiter(f *file) {
	for _, o := range l.waiters {
		if o == f {
			for _, o := range l.waiters {
				o.uncertain = true
			}
			return
		}
	}
}

func (w *Watch) followCopy(c *call) {
	switch {
	case c.Name == "dup" && c.ok && c.f != nil:
		w.open(c, int(c.n), c.f, false)
	case (c.Name == "dup2" || c.Name == "dup3") && c.ok:
		w.followDup2(c)
	case c.Name == "ioctl":
		if on, ok := c.number(2, false); ok && c.ok && c.f != nil && c.arg(1) == fionbio {
			c.f.nonblock = on != 0
		}
	case c.verb == controls && c.ok && c.f != nil:
		switch c.arg(1) {
		case fDupfd, fDupfdCloexec:
			w.open(c, int(c.n), c.f, c.arg(1) == fDupfdCloexec)
		case fSetfd:
			c.d.cloexec = c.arg(2)&fdCloexec != 0
		case fSetfl:
			c.f.nonblock = c.arg(2)&sockNonblock != 0
		}
	}
	if c.ok && c.verb == copies {
		delete(c.p.closed, int(c.n))
	}
}

func (w *Watch) followDup2(c *call) {
	to := int(int32(c.arg(1)))
	if to == c.fd {
		return
	}
	if c.f == nil {
		w.drop(c.p, to, c.at)
		return
	}
	w.open(c, to, c.f, c.Name == "dup3" && c.arg(2)&sockCloexec != 0)
}

func (w *Watch) followClose(c *call) {
	if c.d == nil || c.Enter < c.d.opened.at && c.Enter != 0 {
		return // the number was taken again before this close was told
	}
	n := closing{mark: c.mark()}
	if was, ok := c.p.closedBefore[c.fd]; ok && was.tid == c.TID && c.d.opened.tid != c.TID && c.d.touched.tid != c.TID {
		n.before = &was
	}
	c.p.closed[c.fd], c.p.closedBefore[c.fd] = n, n.mark
	w.noteUnread(c)
	w.drop(c.p, c.fd, c.at)
}

func (w *Watch) followCloseRange(c *call) {
	if !c.ok {
		return
	}
	first, last := uint32(c.arg(0)), uint32(c.arg(1))
	for fd, d := range c.p.fds {
		if uint32(fd) < first || uint32(fd) > last {
			continue
		}
		if c.arg(2)&closeRangeCloexec != 0 {
			d.cloexec = true
			continue
		}
		w.drop(c.p, fd, c.at)
	}
}

func (w *Watch) followBind(c *call) {
	a, inet := c.address(1, false)
	if !c.ok {
		if c.failed() && !c.f.bound {
			c.f.refusedBind = c.mark()
		}
		return
	}
	c.f.bound, c.f.refusedBind = true, mark{}
	c.f.local, c.f.path = a, c.path(1)
	w.took(c, a, inet)
}

func (w *Watch) followListen(c *call) {
	if !c.ok {
		if c.failed() && !c.f.listening {
			c.f.refusedListen = c.mark()
		}
		return
	}
	c.f.listening, c.f.bound, c.f.refusedListen = true, true, mark{}
	w.listeners[c.f] = true
}

// pending are the errors of connect that say that it goes on.
var pending = []string{"EINPROGRESS", "EALREADY", "EINTR", "EAGAIN", "EISCONN"}

func (w *Watch) followConnect(c *call) {
	a, inet := c.address(1, false)
	switch {
	case c.ok:
		c.f.refusedConnect = mark{}
	case c.failed(pending...):
	case c.failed():
		c.f.refusedConnect = c.mark()
		return
	default:
		return
	}
	c.f.bound = true
	if c.f.connected {
		return
	}
	c.f.connected = c.ok || c.failed("EISCONN")
	if !c.f.stream() {
		return
	}
	l := w.listenerAt(a, c.path(1), inet, c.Enter)
	if l == nil {
		c.f.uncertain = true
		return
	}
	if c.f.calls == nil && c.ok {
		l.join(c.f, c)
	} else if c.f.calls == nil {
		// Whether and when it was connected is not seen.
		c.f.uncertain, c.f.calls = true, l
		for _, o := range l.waiters {
			o.uncertain = true
		}
		l.join(c.f, c)
	}
}

// listenerAt is the only listener of the trace that an address leads to, one that was
// closed since a time included.
func (w *Watch) listenerAt(a netip.AddrPort, path string, inet bool, since int64) (found *file) {
	leads := func(l *file) bool {
		return inet && l.inet() && l.local.IsValid() && l.local.Port() == a.Port() || path != "" && l.path == path
	}
	for l := range w.listeners {
		if leads(l) {
			if found != nil {
				return nil
			}
			found = l
		}
	}
	for _, o := range w.gone {
		if o.f.listening && o.f.goneAt >= since && leads(o.f) {
			if found != nil {
				return nil
			}
			found = o.f
		}
	}
	return found
}

func (w *Watch) followSend(c *call) {
	f := c.f
	w.notePartSend(c)
	switch {
	case c.Name == "sendmmsg" && c.ok:
		f.uncounted = true
	case c.ok && c.n > 0:
		f.sent += c.n
		f.bound, f.emptied = true, mark{}
		f.bounds = append(f.bounds, f.sent)
		if len(f.bounds) > keptBounds {
			f.bounds = f.bounds[1:]
		}
	case c.failed("ECONNRESET"):
		f.reset = c.mark()
		c.noteBroken()
	case c.failed("EPIPE"):
		c.noteBroken()
		if m := c.mark(); f.connected {
			c.p.broken = &m
		}
	}
	c.noteProgress()
}

// keptBounds bounds how many ends of sends are remembered of a socket.
const keptBounds = 256

func (w *Watch) followReceive(c *call) {
	f := c.f
	peek := c.flags()&msgPeek != 0
	switch {
	case c.Name == "recvmmsg":
		f.uncounted = true
	case peek:
		return
	case c.ok && c.n > 0:
		f.received += c.n
		f.zeros = 0
	case c.ok && (!c.plain() || c.arg(2) > 0) && f.stream():
		if c.plain() {
			f.zeros++
		}
		if f.ended.id == 0 {
			f.ended = c.mark()
		}
	case c.failed("ECONNRESET"):
		f.reset = c.mark()
	case c.failed() && !c.failed("EAGAIN"):
		c.t.unread = c.mark()
	}
	if c.d.inherited && c.ok && c.n > 0 {
		f.child = c.p
	}
	c.noteRead()
	c.noteProgress()
}

func (w *Watch) followSet(c *call) {
	if !c.ok || c.arg(1) != solSocket {
		return
	}
	switch on, known := c.number(3, false); c.arg(2) {
	case soReuseaddr:
		c.f.reuse = on != 0 || !known
	case soSndtimeo, soSndtimeoNew:
		c.f.sendTimeout = true
	case soLinger:
		c.f.lingers = true
	}
}

// noteProgress ends the row of calls that found nothing to do.
func (c *call) noteProgress() {
	if !c.failed("EAGAIN") {
		delete(c.t.spin, c.fd)
	}
}
