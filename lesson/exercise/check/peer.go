package check

import (
	"fmt"
	"net"
	"time"
)

// Listener is a server of the examiner's, for programs that connect.
type Listener struct {
	t     *T
	l     net.Listener
	conns chan net.Conn
	n     int
}

// Listen listens at a free port of 127.0.0.1.
func (t *T) Listen() *Listener { return t.ListenAt("tcp", "127.0.0.1:0") }

// ListenAt listens at an address of a network of net.Listen's.
func (t *T) ListenAt(network, address string) *Listener {
	l, err := net.Listen(network, address)
	if err != nil {
		t.Unseen("the examiner could not listen at %s: %v", address, cause(err))
	}
	own := &Listener{t: t, l: l, conns: make(chan net.Conn, 4096)}
	t.defers(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			own.conns <- c
			t.move()
		}
	}()
	return own
}

// Port is where it listens.
func (l *Listener) Port() int {
	if a, ok := l.l.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// Close ends listening: connections are refused from then on.
func (l *Listener) Close() { _ = l.l.Close() }

// Accept waits for the program's next connection.
func (l *Listener) Accept(p *Program) *Conn {
	how := l.t.until(p, stillFor, func() bool { return len(l.conns) > 0 })
	if how != came && len(l.conns) == 0 {
		l.t.Fail("the program was to connect to port %d, and came %s", l.Port(), (&Conn{t: l.t, program: p}).why(how))
	}
	conn := <-l.conns
	c := l.t.newConn(p, conn)
	c.number, l.n = l.n, l.n+1
	return c
}

// Waiting is how many connections came that were not accepted.
func (l *Listener) Waiting() int { return len(l.conns) }

// Refused is a port of 127.0.0.1 at which nothing listens.
func (t *T) Refused() int { return t.exam.freshPort() }

// Deaf is a port of 127.0.0.1 that does not answer: somebody listens there with a
// queue that is full, so the kernel passes over every SYN.
func (t *T) Deaf() int {
	port, end, err := deaf()
	if err != nil {
		t.Unseen("no address could be made deaf here: %v", err)
	}
	t.defers(end)
	return port
}

// Unreachable is an address to which connect(2) fails with ENETUNREACH at once.
func (t *T) Unreachable() string {
	const host = "255.255.255.255" // TCP has no broadcast
	d := net.Dialer{Timeout: time.Second}
	c, err := d.Dial("tcp", net.JoinHostPort(host, "7"))
	if err == nil {
		_ = c.Close()
		t.Unseen("every address can be reached here")
	}
	if text := cause(err).Error(); text != "network is unreachable" {
		t.Unseen("connecting to %s fails with %q here", host, text)
	}
	return host
}

// Want ends the criterion unless ok.
func (t *T) Want(ok bool, format string, args ...any) {
	if !ok {
		t.Fail("%s", fmt.Sprintf(format, args...))
	}
}

// HasIPv6 reports whether this machine has IPv6.
func HasIPv6() bool {
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		return false
	}
	return c.Close() == nil
}
