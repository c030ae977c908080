package check

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// Taken waits until the program has taken from its socket all that was said, so that
// what is said next comes to it by another recv. It returns as well when the program
// stands still without taking it: the next word finds out.
func (c *Conn) Taken() {
	c.waitSaid()
	left := c.left()
	for left > 0 {
		how := c.t.until(c.program, stillFor, func() bool { left = c.left(); return left == 0 })
		if how != late {
			return
		}
		if now := c.left(); now >= left {
			return
		}
	}
}

// left is how many bytes of what was said the program has not taken: those in its
// socket's queue and those that are still on the way there.
func (c *Conn) left() int {
	all, err := netcore.Sockets()
	if err != nil {
		c.t.Unseen("the kernel's table of sockets cannot be read: %v", err)
	}
	n := 0
	for _, s := range all {
		switch local, peer := int(s.Local.Port()), int(s.Peer.Port()); {
		case s.Protocol != "TCP" || s.State == "LISTEN":
		case local == c.Port() && peer == c.farPort():
			n += int(s.SendQ)
		case peer == c.Port() && local == c.farPort():
			n += int(s.RecvQ)
		}
	}
	return n
}

// farPort is the port of the program's end, 0 where there are none.
func (c *Conn) farPort() int {
	if a, ok := c.conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// Makes waits for a call of the program that matches all, and returns it; nil when the
// program stands still or has ended without.
func (p *Program) Makes(ms ...Match) *netcore.Call {
	var found *netcore.Call
	p.t.until(p, stillFor, func() bool { found = p.First(ms...); return found != nil })
	return found
}

// Reaped waits until no process of the program is a zombie, and ends the criterion when
// the program stands still with one.
func (p *Program) Reaped() {
	n := 0
	how := p.t.until(p, stillFor, func() bool { n = p.Zombies(); return n == 0 })
	if how != came && n > 0 {
		p.t.Fail("%d of its children %s ended and %s not waited for (zombies)", n, hasHave(n), wasWere(n))
	}
}

func hasHave(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// Gives returns the length a call that gets an address was given for it, on entry, and
// whether it was given any.
func Gives(c *netcore.Call) (length int, ok bool) {
	i := slices.IndexFunc(c.Args, func(a netcore.Arg) bool { return a.Kind == netcore.KindLenInOut })
	if i < 0 || len(c.Args[i].Before) < 4 {
		return 0, false
	}
	return int(int32(binary.NativeEndian.Uint32(c.Args[i].Before))), true
}

// Argument is what a call was given at a place, counted from 0; 0 where it has fewer.
func Argument(c *netcore.Call, i int) int64 {
	if i >= len(c.Args) {
		return 0
	}
	return c.Args[i].Value
}

// rest waits until no more calls come for a moment: what a call did is seen before the
// call itself is told.
func (p *Program) rest() {
	const moments, enough = 25, 3
	made, same := p.Made(), 0
	for range moments {
		p.t.pause()
		now := p.Made()
		if same++; now != made {
			made, same = now, 0
		}
		if same == enough {
			return
		}
	}
}

// Gets matches getsockopt of an option by its names, ("SOL_SOCKET", "SO_TYPE").
func Gets(level, name string) Match {
	l, ok := netcore.Constant(level)
	n, also := netcore.Constant(name)
	return func(c *netcore.Call) bool {
		return ok && also && KindOf(c) == GetOption && Argument(c, 1) == l && Argument(c, 2) == n
	}
}

// Option32 is the number an option has that getsockopt told, and whether it told one.
func Option32(c *netcore.Call) (n int, ok bool) {
	i := slices.IndexFunc(c.Args, func(a netcore.Arg) bool { return a.Kind == netcore.KindOptOut })
	if i < 0 || len(c.Args[i].After) < 4 {
		return 0, false
	}
	return int(int32(binary.NativeEndian.Uint32(c.Args[i].After))), true
}

// Nonblocking reports whether a descriptor the program has of a connection is
// O_NONBLOCK, as proc_pid_fdinfo(5) shows it.
func (p *Program) Nonblocking(c *Conn) bool {
	conversation := p.Conversation(c)
	if c.program != p || len(conversation) == 0 {
		conversation = p.Calls(Is(Connect))
	}
	for _, call := range conversation {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", call.PID, Descriptor(call)))
		if err != nil {
			continue
		}
		const nonblocking = 0o4000 // O_NONBLOCK of Linux
		for line := range strings.Lines(string(text)) {
			rest, is := strings.CutPrefix(line, "flags:")
			flags, err := strconv.ParseUint(strings.TrimSpace(rest), 8, 64)
			if is && err == nil && flags&nonblocking != 0 {
				return true
			}
		}
	}
	return false
}
