package check

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"

	"sockstep/netcore"
)

// PathProgram is a program that listens with a Unix socket at a path.
type PathProgram struct {
	*Program
	path string
}

// FreshPath is a path for a Unix socket at which there is nothing, in a folder of its
// own that is removed when the criterion is over.
func (t *T) FreshPath() string {
	dir, err := os.MkdirTemp("", "unix")
	if err != nil {
		t.Unseen("no folder could be made for the socket: %v", err)
	}
	t.defers(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "socket")
}

// ServePath runs the program with a path in SOCKET and waits until it listens there.
func (t *T) ServePath(path string, options ...Option) *PathProgram {
	p := &PathProgram{t.Start(append(options, Env("SOCKET="+path))...), path}
	how := t.until(p.Program, stillFor, func() bool { return p.listening() != nil })
	if how == came {
		return p
	}
	if x := p.Last(Is(Bind, Listen), FailsWith()); x != nil {
		t.FailAt(x, "no Unix socket listens at the path of SOCKET: %s failed with %s", x.Name, x.Errno.Name())
	}
	if p.over() {
		t.Blame("-", "See why it ended: run it by hand.", nil)
		t.Fail("no Unix socket listens at the path of SOCKET, for %s", p.ending())
	}
	t.Fail("no Unix socket listens at the path of SOCKET: %s", p.without(how))
	panic("unreachable")
}

// listening is the listen() on a socket that was bound to the path.
func (p *PathProgram) listening() *netcore.Call {
	for _, bind := range p.Calls(Is(Bind), Succeeds) {
		if !bindsPath(bind, p.path) {
			continue
		}
		if c := First(On(Descriptor(bind)), Is(Listen), Succeeds)(p.After(bind)); c != nil {
			return c
		}
	}
	return nil
}

// bindsPath reports whether a call gave the kernel the address of a path.
func bindsPath(c *netcore.Call, path string) bool {
	for _, a := range c.Args {
		if a.Kind == netcore.KindSockaddrIn && len(a.Before) > 2 {
			name, _, _ := bytes.Cut(a.Before[2:], []byte{0})
			return string(name) == path
		}
	}
	return false
}

// Path is where the program listens.
func (p *PathProgram) Path() string { return p.path }

// meets makes a client's connection a Conn.
func (p *PathProgram) meets(conn net.Conn) *Conn {
	c := p.t.newConn(p.Program, conn)
	p.mu.Lock()
	defer p.mu.Unlock()
	c.number = p.conns
	p.conns++
	return c
}

// DialPath connects to the program.
func (p *PathProgram) DialPath() *Conn { return p.DialAt("unix", p.path) }

// Mode is the mode of the socket's file, 0 where there is none.
func (p *PathProgram) Mode() os.FileMode {
	info, err := os.Stat(p.path)
	if err != nil {
		return 0
	}
	return info.Mode().Perm()
}

// Stranger connects as another user, for whom the mode of the socket's file is changed
// before. Where the examiner may not act as another user the criterion is undecided.
func (p *PathProgram) Stranger() *Conn {
	if err := errors.Join(os.Chmod(filepath.Dir(p.path), 0o755), os.Chmod(p.path, 0o666)); err != nil {
		p.t.Unseen("the mode of the socket's file could not be changed: %v", err)
	}
	conn, err := dialAsNobody(p.path)
	if err != nil {
		p.t.Unseen("no client could be another user here: %v", err)
	}
	return p.meets(conn)
}

// OverWith waits until the program has ended the connection, as Over does, and returns
// the bytes that came before.
func (c *Conn) OverWith() []byte {
	c.Over()
	got, _ := c.state()
	return got
}
