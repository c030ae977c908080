package check

import (
	"bytes"
	"encoding/binary"
	"time"

	"sockstep/netcore"
)

// Printed waits until the program has printed these bytes on its output, and ends the
// criterion when it prints others, or stands still or ends before.
func (p *Program) Printed(want []byte) {
	how := p.t.until(p, stillFor, func() bool {
		got := []byte(p.Stdout())
		return len(got) >= len(want) || mismatch(got, want) >= 0
	})
	p.out.settle()
	got := []byte(p.Stdout())
	switch i := mismatch(got, want); {
	case bytes.Equal(got, want):
	case i >= 0:
		p.t.Fail("byte %d of what it printed is %s where %s was expected", i+1, show(got[i:]), show(want[i:]))
	case len(got) > len(want):
		p.t.Fail("it printed %s behind the %d that were expected: %s", number(len(got)-len(want), "byte"), len(want), show(got[len(want):]))
	case how == ended:
		p.t.Fail("it printed %d of %s, and %s", len(got), number(len(want), "byte"), p.ending())
	default:
		p.t.Fail("it printed %d of %s: %s", len(got), number(len(want), "byte"), p.without(how))
	}
}

// Names matches setsockopt of an option by its names, whatever it is set to.
func Names(level, name string) Match {
	l, ok := netcore.Constant(level)
	n, also := netcore.Constant(name)
	return func(c *netcore.Call) bool {
		return ok && also && KindOf(c) == SetOption && Argument(c, 1) == l && Argument(c, 2) == n
	}
}

// Six matches calls that give the kernel an address of AF_INET6, as a struct
// sockaddr_in6.
func Six(c *netcore.Call) bool {
	family, ok := netcore.Constant("AF_INET6")
	for _, a := range c.Args {
		if a.Kind == netcore.KindSockaddrIn && len(a.Before) >= 2 {
			return ok && int64(binary.NativeEndian.Uint16(a.Before)) == family
		}
	}
	return false
}

// Lasted is how long it took the program from its first connect() to the end of the last
// call it made on a socket or waited in.
func (p *Program) Lasted() time.Duration {
	begun := p.First(Is(Connect))
	if begun == nil {
		return 0
	}
	var last int64
	for _, c := range p.Calls() {
		last = max(last, c.Exit)
	}
	return time.Duration(last - begun.Enter)
}

// Whole waits until all that was to be said is with the kernel, and ends the criterion
// when the program's end has sent an RST before: by what sending failed with, or what
// the socket says of itself (SO_ERROR).
func (c *Conn) Whole() {
	c.Said()
	c.mu.Lock()
	err := c.broken
	c.mu.Unlock()
	if err == nil {
		err = pending(c.conn)
	}
	if err != nil {
		c.t.fail(c, nil, "the connection was ended with an RST: the client's next call failed with %v", cause(err))
	}
}
