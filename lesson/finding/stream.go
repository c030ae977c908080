package finding

import (
	"bytes"
	"fmt"
)

// partRead is a read of a few bytes that brought fewer than were asked for.
type partRead struct {
	mark
	asked int64
	got   []byte
}

// partSend is a send that took fewer bytes than it was given.
type partSend struct {
	mark
	next   int64  // the address of what was not taken
	rest   []byte // what was not taken, as far as it was recorded
	taken  int64
	length int64
	waits  bool // the call waits for room
}

// lastRead is the last receive that brought something.
type lastRead struct {
	mark
	address, asked, n int64
	data              []byte
	before            []byte // what was in the buffer, as far as earlier receives tell
}

// kept bounds in bytes what is remembered of a buffer.
const kept = 16 << 10

// small is how long a length in front of a message is at most, in bytes.
const small = 8

// noteRead takes down a receive.
func (c *call) noteRead() {
	f := c.f
	f.emptied = mark{}
	if !c.plain() || !c.ok {
		return
	}
	asked, flags := c.arg(2), c.flags()
	if f.stream() && asked == 0 && !f.over() {
		f.emptied = c.mark()
	}
	if c.n <= 0 {
		return
	}
	got := c.got()
	f.reading = partRead{}
	if f.stream() && c.n < asked && asked <= small && flags&msgWaitall == 0 && int64(len(got)) == c.n {
		f.reading = partRead{c.mark(), asked, bytes.Clone(got)}
	}
	before := overlay(f.last.before, f.last.data)
	f.last = lastRead{c.mark(), c.arg(1), asked, c.n, bytes.Clone(got[:min(len(got), kept)]), before}
}

// overlay is a buffer after something was written to its start.
func overlay(below, above []byte) []byte {
	if len(above) >= len(below) {
		return above
	}
	out := bytes.Clone(below)
	copy(out, above)
	return out
}

// lookHeader is about a length in front of a message that was used before it was
// complete: the next read asks for as many bytes as the part of it says.
func (w *Watch) lookHeader(c *call) {
	r := c.f.reading
	if r.id == 0 || !c.plain() || c.n <= 0 || c.TID != r.tid {
		return
	}
	asked := c.arg(2)
	missing := r.asked - int64(len(r.got))
	if asked <= missing || asked == r.asked || asked != littleEndian(r.got) && asked != bigEndian(r.got, int(r.asked)) {
		return
	}
	w.raise(ShortRead, c.p, r.mark, text{
		fmt.Sprintf("%s() asked for %s on descriptor %d and got %d. The program took them for the whole: its next %s() asked for %s, which is what the part says as a number.", r.name, bytesOf(r.asked), c.fd, len(r.got), c.Name, bytesOf(asked)),
		fmt.Sprintf("recv() returns what is there, from 1 byte on. The missing %s came later, and the program reads them as something else; from there on it is out of step.", bytesOf(missing)),
		fmt.Sprintf("Call recv() in a loop until %s are there, or pass MSG_WAITALL and test that the result is %d.", bytesOf(r.asked), r.asked),
	}, c.mark())
}

func littleEndian(b []byte) (n int64) {
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | int64(b[i])
	}
	return n
}

// bigEndian is b, of size bytes with zeros behind what there is.
func bigEndian(b []byte, size int) (n int64) {
	for i := range size {
		n <<= 8
		if i < len(b) {
			n |= int64(b[i])
		}
	}
	return n
}

// lookEnd is about the end of the stream, which is read again and again.
func (w *Watch) lookEnd(c *call) {
	f := c.f
	if !c.ok || c.n != 0 || !c.plain() || c.arg(2) == 0 || !f.stream() || f.zeros+1 != manyEnds || f.ended.tid != c.TID || c.flags()&msgPeek != 0 {
		return
	}
	w.raise(EndIgnored, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d returned 0 for the third time in a row, and the program goes on reading.", c.Name, c.fd),
		"0 is the end of the stream: the other side sends no more, and every further call returns 0 at once. A loop that waits for bytes here runs for ever and takes a whole processor.",
		fmt.Sprintf("End the loop when the result is 0, and close descriptor %d when there is nothing left to send.", c.fd),
	}, f.ended)
}

// manyEnds is how often a correct program does not read the end of a stream.
const manyEnds = 3

// notePartSend takes down a send that took a part only.
func (w *Watch) notePartSend(c *call) {
	f := c.f
	if c.failed("EAGAIN", "EINTR") {
		return
	}
	f.writing = partSend{}
	length := c.arg(2)
	if !f.stream() || !c.plain() || !c.ok || c.n <= 0 || c.n >= length {
		return
	}
	f.writing = partSend{
		mark: c.mark(), next: c.arg(1) + c.n, taken: c.n, length: length,
		waits: !f.nonblock && !f.sendTimeout && c.flags()&msgDontwait == 0,
	}
	if s := c.sent(); int64(len(s)) > c.n {
		f.writing.rest = bytes.Clone(s[c.n:min(int64(len(s)), c.n+kept)])
	}
}

// lookCut is about a send that took a part, the rest of which is never sent: something
// else is sent next, or the connection ends.
func (w *Watch) lookCut(c *call) {
	s := c.f.writing
	if s.id == 0 || s.tid != c.TID || c.f.reset.id != 0 || c.f.broken > 0 {
		return
	}
	then := fmt.Sprintf("and the program then called %s() on descriptor %d", c.Name, c.fd)
	if c.verb == sends {
		next := c.sent()
		if !c.plain() || c.arg(1) == s.next || len(s.rest) == 0 || len(next) == 0 || !c.Returned() {
			return
		}
		n := min(len(next), len(s.rest))
		if bytes.Equal(next[:n], s.rest[:n]) {
			return
		}
		then = fmt.Sprintf("and the next %s() on descriptor %d sent something else", c.Name, c.fd)
	} else if !s.waits || c.p.signalledSince(s.at-int64(patience)) {
		return
	}
	w.raise(ShortSend, c.p, s.mark, text{
		fmt.Sprintf("%s() was given %s and returned %d, %s. The other %s were never sent.", s.name, bytesOf(s.length), s.taken, then, bytesOf(s.length-s.taken)),
		"send() returns how many bytes it took, which may be fewer than it was given. What it did not take is missing in the stream, and nobody is told.",
		"Call send() in a loop: go on with the bytes behind those it took, until all are sent.",
	}, c.mark())
}

// lookWhole is about a buffer that is sent back whole, and not as far as it was filled.
func (w *Watch) lookWhole(c *call) {
	r := c.f.last
	if r.id == 0 || !c.plain() || c.arg(2) != r.asked || r.n >= r.asked || r.tid != c.TID || !c.Returned() {
		return
	}
	sent := c.sent()
	n := int(r.n)
	if len(r.data) != n || len(sent) <= n || !bytes.Equal(sent[:n], r.data) {
		return
	}
	if c.arg(1) != r.address || r.address == 0 {
		for i := n; i < len(sent); i++ {
			if sent[i] != 0 && (i >= len(r.before) || sent[i] != r.before[i]) {
				return
			}
		}
	}
	w.raise(WholeBuffer, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d had brought %s%s, and %s() sent the whole buffer back, %d bytes.", r.name, c.fd, bytesOf(r.n), r.place(), c.Name, r.asked),
		fmt.Sprintf("The last %s are what was in memory: old messages, or something that is nobody else's business. The other side gets them as data.", bytesOf(r.asked-r.n)),
		"Send as many bytes as recv() returned: send(c, buf, n, 0), not sizeof buf.",
	}, r.mark)
}

// lookBroken is about a connection that is over and is written to again and again.
func (w *Watch) lookBroken(c *call) {
	if !c.failed("EPIPE", "ECONNRESET") || c.f.broken == manyBroken || c.brokenSends() != manyBroken || !c.f.connected {
		return
	}
	var first mark
	if c.p.broken != nil {
		first = *c.p.broken
	}
	w.raise(WriteAfterEnd, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d failed with %s. The connection is over, sends on it had failed before, and the program goes on sending.", c.Name, c.fd, c.errorText()),
		"The connection does not come back: every further send fails, and what the program believes it has sent is lost.",
		fmt.Sprintf("Look at the result of every send, and close descriptor %d at the first EPIPE or ECONNRESET.", c.fd),
	}, first)
}

// manyBroken is how often a correct program does not fail in sending on one connection:
// languages that write what is left in a buffer while they close try twice.
const manyBroken = 3

// brokenSends is how many sends failed in a row with this one, by one thread. A thread
// that waits for many sockets, passes on what came, and leaves a connection that is over
// to the receive that will tell it so, may fail many times before it gets there: between
// two waits these are one.
func (c *call) brokenSends() int {
	b := c.f.breaking
	switch {
	case b.tid != c.TID:
		return 1
	case b.waits == c.t.waits && c.t.waits > 0 && b.heard != c.t.heard:
		return c.f.broken
	}
	return c.f.broken + 1
}

// noteBroken takes down a send that failed because the connection is over.
func (c *call) noteBroken() {
	c.f.broken = c.brokenSends()
	c.f.breaking = breaking{c.TID, c.t.waits, c.t.heard}
}

// breaking is by whom a send last failed because the connection is over, and how often
// it had waited and received before.
type breaking struct{ tid, waits, heard int }

// killedByPipe is about a program that SIGPIPE ended.
func (w *Watch) killedByPipe(p *process, signal string) {
	if signal != "SIGPIPE" || p.broken == nil {
		return
	}
	w.raise(KilledBySIGPIPE, p, *p.broken, text{
		fmt.Sprintf("%s() failed with EPIPE because the connection was over, and the signal SIGPIPE that comes with it ended the program.", p.broken.name),
		"One client that leaves early ends the whole server, for all the others too, and without a message.",
		"Ignore the signal once at the start, signal(SIGPIPE, SIG_IGN), or pass MSG_NOSIGNAL to every send(); then take EPIPE as the end of that connection.",
	})
}
