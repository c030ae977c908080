package finding

import (
	"fmt"
)

// look tells what a call shows, by what was known before it.
func (w *Watch) look(c *call) {
	w.lookInterrupted(c)
	if c.verb == closes {
		w.lookClose(c)
		return
	}
	c.t.tellDouble()
	if c.f == nil {
		w.lookStranger(c)
		return
	}
	switch c.verb {
	case binds:
		w.lookAddress(c)
		w.lookRefusedName(c)
	case listens:
		w.lookListen(c)
	case connects:
		w.lookAddress(c)
	case accepts:
		w.lookAccept(c)
	case sends:
		w.lookSend(c)
	case receives:
		w.lookReceive(c)
	case shuts:
		if c.ok && c.arg(1) != 0 {
			w.lookCut(c)
		}
	}
}

// errorText is an error with its words: "EBADF (Bad file descriptor)".
func (c *call) errorText() string { return c.errno + " (" + c.Errno.Text() + ")" }

// bytesOf is a number of bytes in words.
func bytesOf(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// lookStranger is about a call on a number that stands for no socket.
func (w *Watch) lookStranger(c *call) {
	switch c.verb {
	case binds, listens, connects, accepts, sends, receives, sets:
	default:
		return
	}
	switch was, closed := c.p.closed[c.fd]; {
	case c.fd == -1 && c.failed("EBADF") && c.t.failed:
		w.minusOne(c)
	case c.failed("ENOTSOCK") && c.fd >= 0 && c.fd <= 2 && c.t.fresh > 2:
		w.precedence(c)
	case !closed || !c.failed("EBADF"):
	case was.tid == c.TID:
		w.raise(UsedAfterClose, c.p, c.mark(), text{
			fmt.Sprintf("%s() was called with descriptor %d, which the program had closed before%s. It failed with %s.", c.Name, c.fd, was.place(), c.errorText()),
			"After close() the number belongs to nobody. The next socket or file the program opens gets it, and the same call then reads from or writes to something else.",
			fmt.Sprintf("Close descriptor %d after its last use only, and set the variable to -1 then.", c.fd),
		}, was.mark)
	case was.before != nil:
		w.raise(DoubleClose, c.p, was.mark, text{
			fmt.Sprintf("A thread closed descriptor %d twice. In between another thread was given that number, and its %s() failed with %s.", c.fd, c.Name, c.errorText()),
			"A number that was closed is given out again at once. The second close() ended somebody else's connection.",
			"Let exactly one place close a descriptor, and set the variable to -1 there.",
		}, *was.before, c.mark())
	}
}

// minusOne is about a failure that was used as a descriptor.
func (w *Watch) minusOne(c *call) {
	c.t.failed = false
	f := w.raise(Unchecked, c.p, c.mark(), text{
		fmt.Sprintf("%s() had failed with %s%s and returned -1. The program went on and called %s(-1, ...), which failed with %s.", c.t.made.name, c.t.made.errno, c.t.made.place(), c.Name, c.errorText()),
		fmt.Sprintf("-1 is no descriptor. The reason that matters is the first one, %s, and the later error hides it.", c.t.made.errno),
		fmt.Sprintf("Test the result at once: if it is -1, report with perror(\"%s\") and do not go on with it.", c.t.made.name),
	}, c.t.made)
	f.Belief, f.Lesson = "", "errors#unchecked"
}

// precedence is about the result of a comparison that was used as a descriptor.
func (w *Watch) precedence(c *call) {
	fresh := c.t.fresh
	c.t.fresh = -1
	w.raise(Precedence, c.p, c.mark(), text{
		fmt.Sprintf("%s() had returned descriptor %d%s, and the program called %s(%d, ...), which failed with %s.", c.t.made.name, fresh, c.t.made.place(), c.Name, c.fd, c.errorText()),
		fmt.Sprintf("Descriptor %d is a standard descriptor, not the socket. That is what is stored by a line like if (s = %s(...) < 0): < binds tighter than =, so that s becomes the result of the comparison.", c.fd, c.t.made.name),
		fmt.Sprintf("Put parentheses around the assignment: if ((s = %s(...)) < 0), or write two lines.", c.t.made.name),
	}, c.t.made)
}

// lookListen is about listen on a socket whose bind was refused.
func (w *Watch) lookListen(c *call) {
	b := c.f.refusedBind
	if b.id == 0 || c.f.bound {
		return
	}
	why := "A socket without an address gets one when it listens: a free port of the kernel's choice. The server runs, and no client finds it."
	if !c.ok {
		why = fmt.Sprintf("The socket has no address, so that listen() fails too, with %s. The reason that matters is that of bind().", c.errorText())
	}
	w.raise(Unchecked, c.p, c.mark(), text{
		fmt.Sprintf("bind() on descriptor %d had failed with %s%s, and the program called listen(%d, %d) all the same.", c.fd, b.errno, b.place(), c.fd, int32(c.arg(1))),
		why,
		"Test the result of bind(): if it is -1, report with perror(\"bind\"), close the socket and stop.",
	}, b)
}

// lookAccept is about accept on what does not listen, and about its length.
func (w *Watch) lookAccept(c *call) {
	f := c.f
	switch {
	case !c.failed("EINVAL") || f.listening:
		w.lookLength(c, 1, 2)
		w.lookIdle(c)
	case f.accepted:
		w.wrongDescriptor(c, fmt.Sprintf("Descriptor %d is a connection that accept() had returned.", c.fd))
	case f.refusedListen.id != 0:
		u := w.raise(Unchecked, c.p, c.mark(), text{
			fmt.Sprintf("listen() on descriptor %d had failed with %s%s, and the program called accept() on it all the same, which failed with %s.", c.fd, f.refusedListen.errno, f.refusedListen.place(), c.errorText()),
			"A socket that does not listen accepts nobody.",
			"Test the result of listen(): if it is -1, report with perror(\"listen\") and stop.",
		}, f.refusedListen)
		u.Lesson = "errors#unchecked"
	case f.stream() && !f.connected:
		w.raise(NotListening, c.p, c.mark(), text{
			fmt.Sprintf("accept() was called on descriptor %d, on which listen() had not been called. It failed with %s.", c.fd, c.errorText()),
			"bind() only gives a socket a name. Until listen() no connection is made, and clients are refused.",
			fmt.Sprintf("Call listen(%d, 16) between bind() and accept(), and look at its result.", c.fd),
		})
	}
}

// wrongDescriptor is about a listener and a connection that were mixed up.
func (w *Watch) wrongDescriptor(c *call, which string) {
	fix := "Keep the two in variables of their own: accept() takes the listener and returns the connection, on which send() and recv() are called."
	w.raise(WrongDescriptor, c.p, c.mark(), text{
		fmt.Sprintf("%s() was called on descriptor %d and failed with %s. %s", c.Name, c.fd, c.errorText(), which),
		"The listener only makes connections and carries no bytes; a connection carries bytes and accepts nobody.",
		fix,
	}, c.d.opened)
}

// lookLength is about the length of the memory for an address, which the program has
// to set before the call.
func (w *Watch) lookLength(c *call, address, length int) {
	v, ok := c.number(length, false)
	if !ok || !c.given(address) || v >= sockaddrIn || !c.f.inet() {
		return
	}
	switch {
	case v < 0 && c.failed("EINVAL"):
		w.raise(AcceptLength, c.p, c.mark(), text{
			fmt.Sprintf("%s() on descriptor %d was given the address length %d and failed with %s.", c.Name, c.fd, v, c.errorText()),
			"The length is read before it is written: it says how much room there is. This one holds whatever was in memory. With accept() the client is lost, for it was taken from the queue already.",
			"Set it before every call: socklen_t len = sizeof address.",
		})
	case v >= 0 && c.ok:
		w.raise(AcceptLength, c.p, c.mark(), text{
			fmt.Sprintf("%s() on descriptor %d was given an address to fill in and the length %d, which is less than the %d bytes of an IPv4 address.", c.Name, c.fd, v, sockaddrIn),
			fmt.Sprintf("The kernel writes %s and no more. What the program takes for the peer's address is what was in memory before.", bytesOf(int64(v))),
			"Set the length before every call: socklen_t len = sizeof address.",
		})
	}
}

// sockaddrIn is the size of struct sockaddr_in in bytes.
const sockaddrIn = 16

// notConnected is about a transfer on a socket whose connect was refused. It reports
// whether it was one.
func (w *Watch) notConnected(c *call) bool {
	r := c.f.refusedConnect
	if r.id == 0 || c.f.connected || !c.failed("EPIPE", "ENOTCONN", "ECONNREFUSED") {
		return false
	}
	f := w.raise(Unchecked, c.p, c.mark(), text{
		fmt.Sprintf("connect() on descriptor %d had failed with %s%s, and the program called %s() on it all the same, which failed with %s.", c.fd, r.errno, r.place(), c.Name, c.errorText()),
		"There is no connection, so that nothing can be sent or received. On Linux a send on such a socket also raises SIGPIPE, which ends a program that does not ignore it.",
		"Test the result of connect(): if it is -1, report with perror(\"connect\"), close the socket and try again with a new one or stop.",
	}, r)
	f.Belief, f.Lesson = "", "errors#unchecked"
	return true
}

// lookSend is about what is sent, and where.
func (w *Watch) lookSend(c *call) {
	if c.f.listening && c.failed("EPIPE", "ENOTCONN") {
		w.wrongDescriptor(c, fmt.Sprintf("Descriptor %d is the listener.", c.fd))
		return
	}
	if w.notConnected(c) {
		return
	}
	if c.plain() && c.arg(2) < 0 {
		w.negativeLength(c)
		return
	}
	w.lookCut(c)
	w.lookWhole(c)
	w.lookBroken(c)
	w.lookLost(c)
	w.lookStarved(c)
	w.lookIdle(c)
}

// negativeLength is about a failure that was used as a length.
func (w *Watch) negativeLength(c *call) {
	from := "a negative number"
	if m := c.t.unread; m.id != 0 {
		from = fmt.Sprintf("the -1 of %s(), which had failed with %s%s", m.name, m.errno, m.place())
	}
	outcome := fmt.Sprintf("returned %d", c.n)
	if !c.ok {
		outcome = "failed with " + c.errorText()
	}
	f := w.raise(Unchecked, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d was given the length %d: as a size that is %s. It %s.", c.Name, c.fd, uint64(c.arg(2)), from, outcome),
		"A length has no sign: -1 becomes the largest number there is. Depending on the memory behind the buffer the call fails, or sends what is none of the other side's business.",
		"Keep the result of recv() in an ssize_t and test it before it is used: 0 is the end, -1 an error.",
	}, c.t.unread)
	f.Belief, f.Lesson = "", "errors#recv"
}

// lookReceive is about what is received, and how.
func (w *Watch) lookReceive(c *call) {
	f := c.f
	if f.listening && c.failed("ENOTCONN", "EINVAL") { // EINVAL is what AF_UNIX says
		w.wrongDescriptor(c, fmt.Sprintf("Descriptor %d is the listener.", c.fd))
		return
	}
	if w.notConnected(c) {
		return
	}
	if b := f.refusedBind; b.id != 0 && !f.bound && f.kind == sockDgram && f.inet() && f.sent == 0 && !f.connected {
		u := w.raise(Unchecked, c.p, c.mark(), text{
			fmt.Sprintf("bind() on descriptor %d had failed with %s%s, and the program called %s() on it all the same.", c.fd, b.errno, b.place(), c.Name),
			"A socket without an address gets no datagram: nobody can name it. The call waits for ever.",
			"Test the result of bind(): if it is -1, report with perror(\"bind\") and stop.",
		}, b)
		u.Lesson = "bind#listen"
	}
	if f.kind == sockDgram && c.Name == "recvfrom" {
		w.lookLength(c, 4, 5)
	}
	w.lookEnd(c)
	w.lookHeader(c)
	w.lookLost(c)
	w.lookStarved(c)
	w.lookIdle(c)
}
