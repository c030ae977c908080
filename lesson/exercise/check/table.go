package check

import (
	"bytes"
	"time"
)

// Full fills the descriptor tables of the program's processes, and returns what makes
// room in them again. The limit RLIMIT_NOFILE is lowered to the lowest number that is
// free, see prlimit(2): a call that needs a new descriptor fails with EMFILE. Where the
// limit cannot be changed the criterion is undecided.
func (p *Program) Full() (room func()) {
	var undo []func()
	room = func() {
		for _, u := range undo {
			u()
		}
	}
	for _, pid := range p.pids() {
		u, err := fill(pid)
		if err != nil {
			room()
			p.t.Unseen("the limit of the program's descriptors could not be changed: %v", err)
		}
		undo = append(undo, u)
	}
	return room
}

// AnswersWithin has clients connect and say something, one after the other, until one of
// them gets the same back, which is closed then. A program may sleep meanwhile or turn
// clients away; one that answers none within a time ends the criterion.
func (p *Program) AnswersWithin(d time.Duration, b []byte) {
	for end := time.Now().Add(d); time.Now().Before(end) && !p.over(); {
		c := p.Dial()
		c.Say(b)
		for !c.answered(len(b)) && time.Now().Before(end) {
			p.t.inTime()
			p.t.pause()
		}
		got := c.Read()
		c.drop()
		if bytes.Equal(got, b) {
			return
		}
	}
	if p.over() {
		p.t.Fail("no client was served any more, for %s", p.ending())
	}
	p.t.Fail("no client was served within %v", d)
}

// answered reports whether n bytes have come, or the end.
func (c *Conn) answered(n int) bool {
	c.hear()
	got, end := c.state()
	return len(got) >= n || end != nil
}
