package check

import (
	"encoding/binary"
	"errors"
	"syscall"
	"time"

	"sockstep/netcore"
)

// Rights are the descriptors that went along with a message, SCM_RIGHTS of unix(7): for
// a sendmsg that was made the sender's numbers, for a recvmsg the receiver's; nil for
// none.
func Rights(c *netcore.Call) (fds []int) {
	const controlAt, headSize = 32, 16 // in a struct msghdr, and of a struct cmsghdr
	if c.Name != "sendmsg" && c.Name != "recvmsg" || !Succeeds(c) || len(c.Args) < 2 {
		return nil
	}
	for b := part(&c.Args[1], controlAt, c.Name == "recvmsg"); len(b) >= headSize; {
		n := binary.NativeEndian.Uint64(b)
		if n < headSize || n > uint64(len(b)) {
			break
		}
		if is(b[8:], "SOL_SOCKET") && is(b[12:], "SCM_RIGHTS") {
			for data := b[headSize:n]; len(data) >= 4; data = data[4:] {
				fds = append(fds, int(int32(binary.NativeEndian.Uint32(data))))
			}
		}
		b = b[min((n+7)&^7, uint64(len(b))):]
	}
	return fds
}

// part is what a pointer in an argument leads to, at entry or at return.
func part(a *netcore.Arg, offset int, after bool) []byte {
	for _, p := range a.Parts {
		if p.Offset == offset && after {
			return p.After
		} else if p.Offset == offset {
			return p.Before
		}
	}
	return nil
}

// is reports whether a number in memory is the constant of a name.
func is(b []byte, name string) bool {
	want, ok := netcore.Constant(name)
	return ok && int64(int32(binary.NativeEndian.Uint32(b))) == want
}

// Passes matches calls by which descriptors went to another process, or came from one.
func Passes(c *netcore.Call) bool { return len(Rights(c)) > 0 }

// CutOff reports whether a recvmsg had no room for control data that came, MSG_CTRUNC.
func CutOff(c *netcore.Call) bool {
	const flagsAt = 48 // in a struct msghdr
	if c.Name != "recvmsg" || !Succeeds(c) || len(c.Args) < 2 || len(c.Args[1].After) < flagsAt+4 {
		return false
	}
	truncated, ok := netcore.Constant("MSG_CTRUNC")
	return ok && int64(binary.NativeEndian.Uint32(c.Args[1].After[flagsAt:]))&truncated != 0
}

// By matches calls of a process.
func By(pid int) Match { return func(c *netcore.Call) bool { return c.PID == pid } }

// Copies waits until the program has n descriptors of its end of a connection, in all its
// processes, and ends the criterion when it stands still with more or fewer.
func (p *Program) Copies(c *Conn, n int) {
	have := 0
	how := p.t.until(p, stillFor, func() bool { have = p.copies(c); return have == n })
	if how != came {
		p.t.fail(c, nil, "the program's processes have %s of this client's socket, %d %s expected%s", number(have, "descriptor"), n, wasWere(n), p.afterEnd(how))
	}
}

// KillFirst ends the program's first process at once, kill -9, and waits until it is
// gone. The processes it made are left alone.
func (p *Program) KillFirst() {
	p.Signal("SIGKILL")
	p.t.until(nil, stillFor, p.over)
}

// EchoLeft is Echo with the processes that the program's first one left behind.
func (c *Conn) EchoLeft(b []byte) {
	c.Say(b)
	c.hear()
	there := func() bool {
		got, end := c.state()
		return len(got) >= len(b) || end != nil || mismatch(got, b) >= 0
	}
	c.program.leftDo(there)
	if got, end := c.state(); len(got) < len(b) && mismatch(got, b) < 0 {
		c.t.fail(c, nil, "the first process was killed, and %d of %s came, then %s", len(got), number(len(b), "byte"), ending(end))
	}
	c.Expect(b)
}

// ending names what ended a stream, nil for nothing.
func ending(end error) string {
	switch {
	case end == nil:
		return "nothing"
	case errors.Is(end, syscall.ECONNRESET):
		return "an RST"
	}
	return "the end of the stream"
}

// LeavesNobody waits until no process of the program is left, and ends the criterion when
// those that are stand still.
func (p *Program) LeavesNobody() {
	if !p.leftDo(func() bool { return p.others() == 0 }) {
		p.t.Fail("the first process and the clients have gone, and %s did not end", number(p.others(), "process"))
	}
}

// leftDo waits for something that processes do whose first one has ended, and reports
// whether it came: all of them asleep for a while, or gone, do nothing any more.
func (p *Program) leftDo(there func() bool) bool {
	deadline := time.Now().Add(patience)
	since, moved, looks := time.Now(), p.t.moved.Load(), 0
	for time.Now().Before(deadline) && !there() {
		p.t.inTime()
		p.t.pause()
		now := p.t.moved.Load()
		if now != moved || p.others() > 0 && !p.Asleep() {
			since, moved, looks = time.Now(), now, 0
			continue
		}
		const leastLooks = 6
		if looks++; time.Since(since) > stillFor && looks > leastLooks {
			break
		}
	}
	return there()
}
