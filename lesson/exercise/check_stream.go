package exercise

import (
	"bytes"

	"sockstep/lesson/exercise/check"
)

// join puts bytes one behind the other.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// sayCut says bytes in two pieces: the second goes out when the program has taken the
// first.
func sayCut(c *check.Conn, b []byte, at int) {
	c.Say(b[:at])
	c.Taken()
	c.Say(b[at:])
}

// closesAll has five clients talk and go, one after the other, and expects that nothing
// of theirs is left open.
func closesAll(t *check.T, talk func(*check.Conn)) {
	p := t.Serve()
	before := p.Sockets()
	for range 5 {
		c := p.Dial()
		talk(c)
		c.Close()
	}
	p.Holds(before)
}
