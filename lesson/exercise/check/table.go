package check

import "time"

// Made is how many calls on sockets the program has made so far.
func (p *Program) Made() int { return p.made() }

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

// ExpectWithin is Expect for a program that may sleep in between: it waits for the bytes
// for a time, also while the program stands still.
func (c *Conn) ExpectWithin(d time.Duration, want []byte) {
	c.hear()
	for end := time.Now().Add(d); time.Now().Before(end); c.t.pause() {
		if got, over := c.state(); len(got) >= len(want) || over != nil || c.program.over() {
			c.Expect(want)
			return
		}
		c.t.inTime()
	}
	got, _ := c.state()
	c.t.fail(c, nil, "%d of %s came within %v", len(got), number(len(want), "byte"), d)
}
