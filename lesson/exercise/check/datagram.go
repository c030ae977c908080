package check

import (
	"errors"
	"net"
	"sync"
	"syscall"

	"sockstep/netcore"
)

// Sender is a client of a program that takes datagrams, with a port of its own. Unlike
// a Conn it keeps each datagram apart from the next.
type Sender struct {
	t       *T
	program *Program
	conn    net.Conn

	mu  sync.Mutex
	got [][]byte
	end error
}

// Binds waits until a UDP socket of the program's is bound to its port; a program that
// does not do that ends the criterion.
func (p *Program) Binds() {
	how := p.t.until(p, stillFor, p.isBound)
	if how == came {
		return
	}
	switch {
	case p.over():
		p.t.Blame("-", "See why it ended: run it by hand.", nil)
	case p.First(Is(Socket)) == nil:
		p.t.Blame("-", "Let the program call socket() and bind(), and stay.", nil)
	}
	p.t.FailAt(p.binding(), "no UDP socket has port %d: %s", p.port, p.withoutUDP(how))
}

func (p *Program) isBound() bool {
	for _, s := range p.Table() {
		if s.Protocol == "UDP" && s.Inode != 0 && int(s.Local.Port()) == p.port {
			return true
		}
	}
	return false
}

func (p *Program) withoutUDP(how outcome) string {
	if p.over() {
		return p.ending()
	}
	return p.without(how)
}

// binding is the call that shows why no socket has the port.
func (p *Program) binding() *netcore.Call {
	return OrElse(Last(Is(Bind), FailsWith()), Last(Is(Bind)), Last(FailsWith()), Last(Is(Socket)))(p.Calls())
}

// Sender makes a client of the program's UDP socket.
func (p *Program) Sender() *Sender {
	conn, err := net.Dial("udp4", p.address("127.0.0.1"))
	if err != nil {
		p.t.Unseen("the examiner could not make a UDP socket: %v", cause(err))
	}
	s := &Sender{t: p.t, program: p, conn: conn}
	p.t.defers(func() { _ = conn.Close() })
	go s.listen()
	return s
}

func (s *Sender) listen() {
	buf := make([]byte, 1<<16)
	for {
		n, err := s.conn.Read(buf)
		s.mu.Lock()
		if err == nil {
			s.got = append(s.got, append([]byte{}, buf[:n]...))
		} else if !errors.Is(err, syscall.ECONNREFUSED) {
			s.end = err
		}
		end := s.end
		s.mu.Unlock()
		s.t.move()
		if end != nil {
			return
		}
	}
}

// Send sends one datagram, which may be empty.
func (s *Sender) Send(b []byte) {
	if _, err := s.conn.Write(b); err != nil {
		if s.program.ends() {
			s.t.Fail("a datagram could not be sent, for %s", s.program.ending())
		}
		s.t.Fail("a datagram of %s could not be sent: %v", number(len(b), "byte"), cause(err))
	}
	s.t.move()
}

// Next waits for the next datagram and returns it.
func (s *Sender) Next() []byte {
	how := s.t.until(s.program, stillFor, func() bool { return s.waiting() > 0 })
	if s.waiting() == 0 {
		s.t.Fail("a datagram was expected, and came %s", (&Conn{t: s.t, program: s.program}).why(how))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.got[0]
	s.got = s.got[1:]
	return b
}

// None expects that no datagram comes until the program stands still.
func (s *Sender) None() {
	s.t.until(s.program, quietFor, func() bool { return s.waiting() > 0 })
	if n := s.waiting(); n > 0 {
		s.t.Fail("%s more came than was expected", number(n, "datagram"))
	}
}

func (s *Sender) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// Close closes the client's socket: what is sent to it from then on is refused.
func (s *Sender) Close() { _ = s.conn.Close() }
