package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	own := check.Exercise{
		{
			Name: "vanished", Needs: []string{"resets", "closes"}, Belief: "M30",
			Try: "Every way out of the function that serves a client has to close its descriptor: leave that to the value that owns it.",
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				for range 4 {
					resetsLate(p)
					resetsLater(p)
				}
				p.Settle()
				p.Holds(before)
			},
		},
		{
			Name: "errors", Needs: []string{"vanished"}, Belief: "M39",
			Try:  "Whatever error recv() or send() reports, but EINTR: it ends this client only, and its descriptor is closed.",
			Show: check.OrElse(check.Last(check.FailsWith("ETIMEDOUT")), check.Last(check.Is(check.Accept))),
			Check: func(t *check.T) {
				failing(t, 3, "read", "readv", "recvfrom", "recvmsg")
				failing(t, 2, "write", "writev", "sendto", "sendmsg")
			},
		},
		{
			Name: "once", Needs: []string{"resets", "closes"},
			Try: "A descriptor has one owner: forbid copies, and have a move leave -1 behind. A second close() may hit a descriptor that has got the number since.",
			Check: func(t *check.T) {
				p := t.Serve()
				for range 3 {
					c := p.Dial()
					c.Echo([]byte("hello"))
					c.Close()
				}
				resetsLate(p)
				resetsLater(p)
				p.Settle()
				if again := p.First(check.Is(check.Close), check.FailsWith("EBADF"), named); again != nil {
					t.FailAt(again, "descriptor %d was closed when it was closed already", check.Descriptor(again))
				}
			},
		},
		{
			Name: "full", Needs: []string{"closes"},
			Try:  "EMFILE passes: wait for some milliseconds and call accept() again. A server that ends is no help, nor one that asks without a pause.",
			Show: check.Last(check.Is(check.Accept), check.FailsWith()),
			Check: func(t *check.T) {
				p := t.Serve()
				fullTable(p)
				made, begun := p.Made(), time.Now()
				t.Sleep(300 * time.Millisecond)
				if !p.Runs() {
					t.Fail("its descriptor table was full, and the program ended")
				}
				if rate := float64(p.Made()-made) / time.Since(begun).Seconds(); rate >= 200 {
					t.Fail("while its descriptor table was full it made %.0f calls a second", rate)
				}
			},
		},
		{
			Name: "room", Needs: []string{"full"}, Belief: "M30",
			Try:  "Go back to accept() when it has failed. A descriptor that was opened to make room has to be closed as well.",
			Show: check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				waits, room := fullTable(p)
				room()
				waits.Close()
				p.AnswersWithin(3*time.Second, []byte("hello"))
				p.Holds(before)
			},
		},
	}
	register("classes", append(pick(echoServer,
		"listens", "local", "reuse", "echoes", "large", "short-reads", "short-writes", "interrupted", "half", "resets", "closes"), own...)...)
}

// fullTable has the server meet a full descriptor table, with a client that waits. Linux
// sets a number aside before accept() waits, so that the client before it may get in.
func fullTable(p *check.Program) (waits *check.Conn, room func()) {
	p.Settle()
	room = p.Full()
	p.Dial().Close()
	waits = p.Dial()
	p.Makes(check.Is(check.Accept), check.FailsWith("EMFILE"))
	return waits, room
}

// named matches calls about a number that may be a descriptor: close(-1) does no harm.
func named(c *netcore.Call) bool { return check.Descriptor(c) >= 0 }

// failing runs the server with calls of some names that fail: each k-th of them says that
// the connection is over because the other machine does not answer. Six clients send a
// byte each. Some of them are served, and nothing is left of the others.
func failing(t *check.T, k int, calls ...string) {
	var faults []check.Option
	for _, name := range calls {
		faults = append(faults, check.FailEvery(k, name, "ETIMEDOUT"))
	}
	p := t.Serve(faults...)
	before := p.Sockets()
	var clients []*check.Conn
	for range 6 {
		c := p.Dial()
		c.Say([]byte("x"))
		c.Half()
		clients = append(clients, c)
	}
	p.Settle()
	p.Alive()
	t.Blame("M30", "", nil)
	p.Holds(before)
	served := 0
	for _, c := range clients {
		served += len(c.OverWith())
	}
	if served == 0 {
		t.Fail("of 6 clients none got its byte back, and only some calls failed")
	}
}
