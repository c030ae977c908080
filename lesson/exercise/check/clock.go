package check

import "time"

// Clock counts what a program does with its time, from when the clock was made on. Where a
// goal limits these and not the time of day, a program that waits for a processor is not
// to blame for a busy machine.
type Clock struct {
	// Slept is how long all threads of the program slept at once, Used how much processor
	// time its processes used, to a hundredth of a second.
	Slept, Used time.Duration

	program *Program
	asleep  bool // at the last look
	looked  time.Time
	used    time.Duration // by those alive at the last look
}

// Clock makes one.
func (p *Program) Clock() *Clock {
	return &Clock{program: p, asleep: p.Asleep(), looked: time.Now(), used: p.CPU()}
}

// Look brings the clock up to date and reports whether the program sleeps. Time between
// two looks counts as slept where the program sleeps at both: look every few milliseconds.
func (c *Clock) Look() (asleep bool) {
	asleep, now, used := c.program.Asleep(), time.Now(), c.program.CPU()
	if c.asleep && asleep {
		c.Slept += now.Sub(c.looked)
	}
	c.Used += max(0, used-c.used) // less when a process has ended
	c.asleep, c.looked, c.used = asleep, now, used
	return asleep
}
