package check

import (
	"net"
	"net/netip"
	"sync"

	"sockstep/netcore"
)

// Receiver is a UDP socket of the examiner's, for programs that send to it. It keeps each
// datagram apart from the next.
type Receiver struct {
	t    *T
	conn *net.UDPConn

	mu    sync.Mutex
	got   []Datagram
	taken int
}

// Datagram is what came in one piece, and where from.
type Datagram struct {
	Data []byte
	From netip.AddrPort
}

// mostDatagrams is how many are kept; of a program that floods the first ones tell enough.
const mostDatagrams = 4096

// Receive binds a UDP socket to a free port of 127.0.0.1.
func (t *T) Receive() *Receiver { return t.ReceiveAt(0) }

// ReceiveAt binds a UDP socket to a port of 127.0.0.1.
func (t *T) ReceiveAt(port int) *Receiver {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Unseen("the examiner could not bind a UDP socket to port %d: %v", port, cause(err))
	}
	r := &Receiver{t: t, conn: conn}
	t.defers(func() { _ = conn.Close() })
	go r.listen()
	return r
}

func (r *Receiver) listen() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := r.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		r.mu.Lock()
		if len(r.got) < mostDatagrams {
			r.got = append(r.got, Datagram{append([]byte{}, buf[:n]...), from})
		}
		r.mu.Unlock()
		r.t.move()
	}
}

// Port is where it receives.
func (r *Receiver) Port() int { return r.conn.LocalAddr().(*net.UDPAddr).Port }

// Next waits for the program's next datagram and returns it.
func (r *Receiver) Next(p *Program) Datagram {
	how := r.t.until(p, 2*stillFor, func() bool { return r.Waiting() > 0 })
	if r.Waiting() == 0 {
		r.t.Fail("a datagram was expected, and came %s", (&Conn{t: r.t, program: p}).why(how))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.got[r.taken]
	r.taken++
	return d
}

// Waiting is how many datagrams have come that Next has not returned.
func (r *Receiver) Waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got) - r.taken
}

// Send sends one datagram, which may be empty. What is sent to a port that nobody has any
// more is lost, as with UDP it is.
func (r *Receiver) Send(to netip.AddrPort, b []byte) {
	_, _ = r.conn.WriteToUDPAddrPort(b, to)
	r.t.move()
}

// Sent waits until the program has sent n times with success, by whatever call, and
// returns these calls and those after them, in order; fewer where it stands still or ends
// before.
func (p *Program) Sent(n int) []*netcore.Call {
	p.t.until(p, stillFor, func() bool { return p.Count(Is(Out), Succeeds) >= n })
	return p.Calls(Is(Out), Succeeds)
}
