package check

import (
	"slices"

	"sockstep/netcore"
)

// Place is where the program has a descriptor: a number in one of its processes.
type Place struct{ PID, FD int }

// Listening is the socket the program listens with at its port, and the first descriptor
// it has of it; false for none.
func (p *Program) Listening() (Place, bool) {
	at := p.Listeners()
	i := slices.IndexFunc(at, p.mine)
	if i < 0 {
		return Place{}, false
	}
	return p.place(at[i])
}

// Accepted is the first descriptor the program has of its end of a connection; false for
// none, as long as it has not been accepted and after it was closed.
func (p *Program) Accepted(c *Conn) (Place, bool) {
	s, ok := p.farEnd(c)
	if !ok {
		return Place{}, false
	}
	return p.place(s)
}

// farEnd is the program's end of a connection, once it is accepted and until it is closed.
func (p *Program) farEnd(c *Conn) (netcore.Socket, bool) {
	all := p.Table()
	i := slices.IndexFunc(all, func(s netcore.Socket) bool {
		return s.Inode != 0 && int(s.Local.Port()) == c.farPort() && int(s.Peer.Port()) == c.Port()
	})
	if i < 0 {
		return netcore.Socket{}, false
	}
	return all[i], true
}

// Option is what an option of a socket is, by its names ("SOL_SOCKET", "SO_RCVBUF"), read
// from outside the program; false where the descriptor is gone. Where the machine does not
// let us the criterion is undecided.
func (p *Program) Option(at Place, level, name string) (value int, ok bool) {
	l, n := p.option(level, name)
	err := borrow(at, func(fd int) (err error) {
		value, err = getOption(fd, l, n)
		return err
	})
	return value, p.borrowed(err)
}

// SetOption sets an option of a socket from outside, as another process that has the
// socket too could; false where the descriptor is gone.
func (p *Program) SetOption(at Place, level, name string, value int) bool {
	l, n := p.option(level, name)
	return p.borrowed(borrow(at, func(fd int) error { return setOption(fd, l, n, value) }))
}

func (p *Program) option(level, name string) (l, n int) {
	a, ok := netcore.Constant(level)
	b, also := netcore.Constant(name)
	if !ok || !also {
		p.t.Unseen("this system has no option %s of %s", name, level)
	}
	return int(a), int(b)
}

// borrowed tells what became of a look at a descriptor from outside.
func (p *Program) borrowed(err error) bool {
	if err == nil || isGone(err) {
		return err == nil
	}
	p.t.Unseen("the options of the program's sockets cannot be read from outside here: %v", err)
	panic("unreachable")
}
