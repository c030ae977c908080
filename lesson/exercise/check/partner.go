package check

import (
	"bytes"
	"fmt"
	"sync"
	"time"
)

// Partner is a client whose connection carries lines: it answers each line "ping" of the
// program with a line "pong", and keeps the others. It can vanish.
type Partner struct {
	t    *T
	c    *Conn
	slow bool

	mu    sync.Mutex
	lines []string
	pings int
	end   error

	saying sync.Mutex // one line at a time
}

// mostTalk bounds what a program may say to a partner.
const mostTalk = 1 << 20

// Partner connects to the program as a client that answers.
func (p *Program) Partner() *Partner { return p.partner(false) }

// SlowPartner is one that sends each byte by itself.
func (p *Program) SlowPartner() *Partner { return p.partner(true) }

func (p *Program) partner(slow bool) *Partner {
	a := &Partner{t: p.t, c: p.Dial(), slow: slow}
	go a.listen()
	return a
}

func (a *Partner) listen() {
	var rest []byte
	heard := 0
	buf := make([]byte, 4096)
	for {
		n, err := a.c.conn.Read(buf)
		rest = append(rest, buf[:n]...)
		if heard += n; heard > mostTalk {
			err = fmt.Errorf("more than %d KiB came", mostTalk>>10)
		}
		for {
			line, more, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			a.hear(string(line))
			rest = more
		}
		if err != nil {
			a.mu.Lock()
			a.end = err
			a.mu.Unlock()
			a.t.move()
			return
		}
	}
}

func (a *Partner) hear(line string) {
	ping := line == "ping"
	if ping {
		a.Say("pong\n")
	}
	a.mu.Lock()
	if ping {
		a.pings++
	} else {
		a.lines = append(a.lines, line)
	}
	a.mu.Unlock()
	a.t.move()
}

// Say sends some text, which may be several lines. What can no longer be sent shows in
// what comes.
func (a *Partner) Say(text string) {
	a.saying.Lock()
	defer a.saying.Unlock()
	size := len(text)
	if a.slow {
		size = 1
	}
	for part := range chunksOf([]byte(text), size) {
		_, _ = a.c.conn.Write(part)
		if a.slow {
			time.Sleep(time.Millisecond)
		}
	}
}

// Hears waits for the next line that is no ping, and expects it to be this one.
func (a *Partner) Hears(want string) {
	var lines []string
	var end error
	how := a.c.await(stillFor, func() bool { lines, end = a.state(); return len(lines) > 0 || end != nil })
	if len(lines) == 0 {
		a.t.fail(a.c, nil, "the line %q was expected, and came %s", want, a.c.after(how, end))
	}
	a.mu.Lock()
	a.lines = lines[1:]
	a.mu.Unlock()
	if lines[0] != want {
		a.t.fail(a.c, nil, "the line %q came, %q was expected", lines[0], want)
	}
}

// Kept expects that for some time the connection stays and no line comes but pings.
func (a *Partner) Kept(d time.Duration) {
	for begun := time.Now(); time.Since(begun) < d; a.t.pause() {
		a.t.inTime()
		lines, end := a.state()
		switch {
		case len(lines) > 0:
			a.t.fail(a.c, nil, "the line %q came where nothing was expected but ping", lines[0])
		case end != nil:
			a.t.fail(a.c, nil, "after %.1f s in which %s %s answered came %s", time.Since(begun).Seconds(), number(a.Pings(), "ping"), wasWere(a.Pings()), a.c.after(came, end))
		}
	}
	a.c.program.Alive()
}

func (a *Partner) state() ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lines, a.end
}

// Pings is how many pings it has answered.
func (a *Partner) Pings() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pings
}

// Close closes the connection, with a FIN.
func (a *Partner) Close() { a.c.drop() }

// Vanish has this client's machine be gone: nothing that is sent to it is taken or
// acknowledged from now on, and it sends nothing. Neither FIN nor RST tells of it.
func (a *Partner) Vanish() {
	a.c.Taken()
	if err := vanish(a.c.conn); err != nil {
		a.t.Unseen("no client could vanish here: %v", err)
	}
}

// HoldsIn waits for some time at most until the program's processes have n descriptors of
// sockets together, and reports whether they do.
func (p *Program) HoldsIn(d time.Duration, n int) bool {
	for begun := time.Now(); time.Since(begun) < d && !p.over(); p.t.pause() {
		p.t.inTime()
		if p.Sockets() == n {
			return true
		}
	}
	return !p.over() && p.Sockets() == n
}
