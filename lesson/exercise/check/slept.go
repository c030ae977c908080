package check

import "time"

// Slept is Expect that returns how long the program slept, all its threads, before the
// bytes had come. It is what the program, or its kernel, is late: a busy machine does not
// put a program to sleep, and what has come and was not read yet is not waited for.
func (c *Conn) Slept(want []byte) (slept time.Duration) {
	c.hear()
	asleep, begun := false, time.Now()
	for last := begun; !c.decided(want) && c.program.Runs() && slept < stillFor && last.Sub(begun) < patience; {
		c.t.Sleep(time.Millisecond)
		still, now := c.program.Asleep(), time.Now()
		if asleep && still && unread(c.conn) == 0 && !c.decided(want) {
			slept += now.Sub(last)
		}
		asleep, last = still, now
	}
	c.Expect(want)
	return slept
}

// Comes waits until something has come, and leaves it unread. It returns as well when the
// program stands still without: the next word finds out.
func (c *Conn) Comes() {
	c.await(stillFor, func() bool { return unread(c.conn) > 0 })
}
