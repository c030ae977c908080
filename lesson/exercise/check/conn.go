package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Conn is a connection with the program: a client's of a server, or a server's of a
// client. What is said goes out behind what was said before, without anybody waiting
// for it. A Conn reads nothing before the first Expect, EOF, Quiet or Rest, and nothing
// after Pause until the next of them.
type Conn struct {
	t       *T
	program *Program
	conn    net.Conn
	number  int // how many the program had before
	says    chan func() error
	queued  sync.WaitGroup

	mu      sync.Mutex
	reading bool
	heard   chan struct{} // closed when reading has stopped
	got     []byte
	end     error // io.EOF, or why reading ended
	broken  error // why writing ended
	closed  bool
}

func (t *T) newConn(p *Program, c net.Conn) *Conn {
	own := &Conn{t: t, program: p, conn: c, says: make(chan func() error, 1<<14)}
	go own.speak()
	t.defers(own.drop)
	t.move()
	return own
}

// drop ends the connection without a word in the criterion.
func (c *Conn) drop() {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	c.mu.Unlock()
	_ = c.conn.Close()
	if first {
		close(c.says)
	}
}

// speak does what is to be said, in order.
func (c *Conn) speak() {
	for say := range c.says {
		c.mu.Lock()
		broken := c.broken
		c.mu.Unlock()
		if broken == nil {
			if err := say(); err != nil {
				c.mu.Lock()
				c.broken = err
				c.mu.Unlock()
			}
		}
		c.t.move()
		c.queued.Done()
	}
}

func (c *Conn) say(f func() error) {
	c.queued.Add(1)
	c.says <- f
}

// Say sends bytes, in one piece as far as they are taken.
func (c *Conn) Say(b []byte) { c.SayIn(len(b), 0, b) }

// SayIn sends bytes in chunks of a size, each a packet of its own, with a gap between
// them.
func (c *Conn) SayIn(chunk int, gap time.Duration, b []byte) {
	c.say(func() error {
		for part := range chunksOf(b, chunk) {
			for len(part) > 0 {
				n, err := c.conn.Write(part[:min(len(part), 1<<15)])
				if err != nil {
					return err
				}
				part = part[n:]
				c.t.move()
			}
			if gap > 0 {
				time.Sleep(gap)
			}
		}
		return nil
	})
}

func chunksOf(b []byte, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			n := min(max(size, 1), len(b))
			if !yield(b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// Half ends what is said, shutdown(SHUT_WR); listening goes on.
func (c *Conn) Half() {
	c.say(func() error {
		if h, ok := c.conn.(interface{ CloseWrite() error }); ok {
			return h.CloseWrite()
		}
		return errors.New("this connection has no halves")
	})
}

// Said waits until all that was to be said is with the kernel. A program that does
// not read makes it wait, and ends the criterion.
func (c *Conn) Said() {
	done := make(chan struct{})
	go func() { c.queued.Wait(); close(done) }()
	how := c.await(stillFor, func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	if how != came {
		c.t.fail(c, nil, "what was sent was not taken: %s", c.why(how))
	}
}

// Reset ends the connection with an RST (SO_LINGER with 0, then close) once all is
// said.
func (c *Conn) Reset() {
	c.waitSaid()
	if l, ok := c.conn.(interface{ SetLinger(int) error }); ok {
		_ = l.SetLinger(0)
	}
	c.drop()
}

// Close ends the connection once all is said, close(2): with an RST where bytes that
// came were never read.
func (c *Conn) Close() {
	c.waitSaid()
	c.drop()
}

func (c *Conn) waitSaid() {
	done := make(chan struct{})
	go func() { c.queued.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
	}
}

// hear begins to read.
func (c *Conn) hear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading {
		return
	}
	c.reading, c.heard = true, make(chan struct{})
	_ = c.conn.SetReadDeadline(time.Time{})
	go c.listen(c.heard)
}

// Pause stops reading until the next word that reads. What comes meanwhile stays with the
// kernel, but for what comes while Pause is called.
func (c *Conn) Pause() {
	c.mu.Lock()
	heard := c.heard
	c.mu.Unlock()
	if heard == nil {
		return
	}
	_ = c.conn.SetReadDeadline(time.Now())
	<-heard
}

// mostHeard bounds what is kept of one connection.
const mostHeard = 64 << 20

func (c *Conn) listen(heard chan<- struct{}) {
	defer close(heard)
	buf := make([]byte, 1<<16)
	for {
		n, err := c.conn.Read(buf)
		c.mu.Lock()
		c.got = append(c.got, buf[:n]...)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.reading = false
			c.mu.Unlock()
			return
		}
		if len(c.got) > mostHeard {
			err = fmt.Errorf("more than %d MiB came", mostHeard>>20)
		}
		c.end = err
		c.mu.Unlock()
		c.t.move()
		if err != nil {
			return
		}
	}
}

// state is what has come, and the end.
func (c *Conn) state() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got, c.end
}

func (c *Conn) take(n int) {
	c.mu.Lock()
	c.got = c.got[n:]
	c.mu.Unlock()
}

// Expect waits for exactly these bytes next; what comes behind them is left for the
// next word.
func (c *Conn) Expect(want []byte) {
	if err := c.expect(want); err != nil {
		c.t.fail(c, nil, "%v", err)
	}
}

// await waits for something that comes on the connection. What a program that has ended
// sent last, its FIN too, is on its way through this process.
func (c *Conn) await(still time.Duration, there func() bool) outcome {
	how := c.t.until(c.program, still, there)
	if how != ended {
		return how
	}
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); c.t.pause() {
		if there() {
			return came
		}
	}
	return ended
}

func (c *Conn) expect(want []byte) error {
	c.hear()
	how := c.bring(want)
	got, end := c.state()
	if i := mismatch(got, want); i >= 0 {
		return fmt.Errorf("byte %d of %d is %s where %s was expected", i+1, len(want), show(got[i:]), show(want[i:]))
	}
	if len(got) >= len(want) {
		c.take(len(want))
		return nil
	}
	return fmt.Errorf("%d of %s came, then %s", len(got), number(len(want), "byte"), c.after(how, end))
}

// bring waits until it is decided whether these bytes come, and with many of them as long
// as more of them come.
func (c *Conn) bring(want []byte) outcome {
	for have := 0; ; {
		how := c.await(stillFor, func() bool { return c.decided(want) })
		got, _ := c.state()
		if how != late || len(got) == have {
			return how
		}
		have = len(got)
	}
}

// decided reports whether these bytes have come, or cannot come any more.
func (c *Conn) decided(want []byte) bool {
	got, end := c.state()
	return len(got) >= len(want) || end != nil || mismatch(got, want) >= 0
}

// mismatch is the index of the first byte that differs, -1 for none so far.
func mismatch(got, want []byte) int {
	n := min(len(got), len(want))
	if bytes.Equal(got[:n], want[:n]) {
		return -1
	}
	for i := range n {
		if got[i] != want[i] {
			return i
		}
	}
	return -1
}

// show quotes the first of some bytes.
func show(b []byte) string {
	if len(b) > 8 {
		return fmt.Sprintf("%q...", b[:8])
	}
	return fmt.Sprintf("%q", b)
}

func number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "s") {
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// after says what came instead of the bytes.
func (c *Conn) after(how outcome, end error) string {
	switch {
	case errors.Is(end, io.EOF):
		return c.also("the end of the stream")
	case errors.Is(end, syscall.ECONNRESET):
		return c.also("an RST")
	case end != nil:
		return end.Error()
	}
	return c.why(how)
}

// also adds how the program ended, where that explains it.
func (c *Conn) also(text string) string {
	if c.program != nil && c.program.ends() {
		return text + ", for " + c.program.ending()
	}
	return text
}

// why says why nothing more is expected.
func (c *Conn) why(how outcome) string {
	switch how {
	case ended:
		return "nothing, for " + c.program.ending()
	case still:
		if where := c.program.waitsIn(c); where != "" {
			return "nothing: the program waits in " + where
		}
		return "nothing: the program stands still"
	case spins:
		return "nothing: the program goes round and gets nothing done"
	}
	return fmt.Sprintf("nothing for %v, while the program was busy", patience)
}

// Echo says bytes and expects them back.
func (c *Conn) Echo(b []byte) {
	c.Say(b)
	c.Expect(b)
}

// EOF expects the end of the stream next: no byte, and no RST.
func (c *Conn) EOF() {
	c.hear()
	how := c.await(stillFor, func() bool {
		got, end := c.state()
		return len(got) > 0 || end != nil
	})
	got, end := c.state()
	switch {
	case len(got) > 0:
		c.t.fail(c, nil, "%s came where the end of the stream was expected: %s", number(len(got), "byte"), show(got))
	case errors.Is(end, io.EOF):
	case errors.Is(end, syscall.ECONNRESET):
		c.t.fail(c, nil, "an RST came where the end of the stream (FIN) was expected%s", c.also(""))
	default:
		c.t.fail(c, nil, "the end of the stream was expected, and came %s", c.why(how))
	}
}

// Over expects the connection to be ended by the program, with FIN or RST; bytes
// before that are passed over.
func (c *Conn) Over() {
	c.hear()
	how := c.await(stillFor, func() bool { _, end := c.state(); return end != nil })
	if _, end := c.state(); end == nil {
		c.t.fail(c, nil, "the connection was to be closed, and came %s", c.why(how))
	}
}

// Quiet expects that no byte comes until the program stands still. The end of the
// stream may come.
func (c *Conn) Quiet() { c.quiet() }

// Stays expects that neither bytes nor an end come until the program stands still.
func (c *Conn) Stays() {
	if end := c.quiet(); end != nil {
		c.t.fail(c, nil, "nothing was expected, and %s came", c.after(came, end))
	}
}

// quiet expects no bytes and returns the end, nil for none.
func (c *Conn) quiet() error {
	c.hear()
	c.await(quietFor, func() bool {
		got, end := c.state()
		return len(got) > 0 || end != nil
	})
	got, end := c.state()
	if len(got) > 0 {
		c.t.fail(c, nil, "%s came where nothing was expected: %s", number(len(got), "byte"), show(got))
	}
	return end
}

// Rest returns all bytes up to the end of the stream.
func (c *Conn) Rest() []byte {
	c.hear()
	how := c.await(stillFor, func() bool { _, end := c.state(); return end != nil })
	got, end := c.state()
	if !errors.Is(end, io.EOF) {
		c.t.fail(c, nil, "after %s the end of the stream was expected, and came %s", number(len(got), "byte"), c.after(how, end))
	}
	c.take(len(got))
	return got
}

// Read returns what has come so far without waiting, and takes it.
func (c *Conn) Read() []byte {
	c.hear()
	got, _ := c.state()
	c.take(len(got))
	return got
}

// Ended reports whether the other side has ended the stream, or the connection.
func (c *Conn) Ended() bool {
	c.hear()
	_, end := c.state()
	return end != nil
}

// Port is this end's port, 0 where there are none.
func (c *Conn) Port() int {
	switch a := c.conn.LocalAddr().(type) {
	case *net.TCPAddr:
		return a.Port
	case *net.UDPAddr:
		return a.Port
	}
	return 0
}

// Raw is the connection itself, for what no word says.
func (c *Conn) Raw() net.Conn { return c.conn }
