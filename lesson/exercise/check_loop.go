package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("loop",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:   "Send back as many bytes as recv() returned.",
			Show:  check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) { t.Serve().Dial().Echo([]byte("hello")) },
		},
		check.Criterion{
			Name: "idle", Needs: []string{"echoes"}, Belief: "M61",
			Try:  "Wait for POLLOUT only while there is something to send, and give poll() no limit of time.",
			Show: check.Last(check.Is(check.Wait)),
			Check: func(t *check.T) {
				p := t.Serve()
				for range 3 {
					p.Dial().Echo([]byte("hello"))
				}
				p.Idle(600 * time.Millisecond)
			},
		},
		check.Criterion{
			Name: "large", Needs: []string{"idle"}, Belief: "M23",
			Try:  "Keep what send() did not take, and send it from there when poll() says POLLOUT. EAGAIN means later.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				const n = 3_000_000
				p := t.Serve()
				c := p.Dial()
				c.Say(pattern(n))
				p.Settle()
				c.Expect(pattern(n))
			},
		},
		check.Criterion{
			Name: "half", Needs: []string{"idle"}, Belief: "M26",
			Try:  "When recv() returns 0 send what is left, then close the client's descriptor.",
			Show: check.OrElse(check.Last(check.Is(check.In), check.Returns(0)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say(pattern(20_000))
				c.Half()
				c.Expect(pattern(20_000))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "many", Needs: []string{"idle"}, Belief: "M15",
			Try:  "Have room for as many clients as there are descriptors, in one process and one thread.",
			Show: check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) {
				p := t.Serve()
				var all []*check.Conn
				for range 200 {
					all = append(all, p.Dial())
				}
				for _, c := range all {
					c.Say([]byte("hello"))
				}
				for _, c := range all {
					c.Expect([]byte("hello"))
				}
				const fewest = 30
				if n := p.Threads(); n >= fewest || len(p.Processes()) > 1 {
					t.Blame("-", "One thread is enough for all clients: wait for all of them at once, with poll().", nil)
					t.Fail("with 200 clients it has %d processes with %d threads", len(p.Processes()), n)
				}
			},
		},
		check.Criterion{
			Name: "nonblocking", Needs: []string{"idle"}, Belief: "M55",
			Try:  "Set O_NONBLOCK with fcntl() on the listening socket and on every descriptor accept() returns: it is not inherited.",
			Show: check.Last(check.Is(check.Accept), check.Succeeds),
			Check: func(t *check.T) {
				p := t.Serve()
				for range 3 {
					p.Dial().Echo([]byte("hello"))
				}
				if n := p.Blocking(); n > 0 {
					t.Fail("with three clients %d of its TCP sockets have no O_NONBLOCK", n)
				}
			},
		},
		check.Criterion{
			Name: "stuck", Needs: []string{"nonblocking"}, Belief: "M45",
			Try:  "Do not wait for one client: send what send() takes, keep the rest, and go back to poll() for all of them.",
			Show: check.Last(check.Is(check.Out, check.Wait)),
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Say(pattern(16 << 20))
				p.Settle()
				p.Flood(20, pattern(1000), pattern(1000))
			},
		},
		check.Criterion{
			Name: "memory", Needs: []string{"stuck"}, Belief: "M23",
			Try:  "Receive no more from a client while something of its is not sent: leave POLLIN out for it.",
			Show: check.Last(check.Is(check.In), check.Succeeds),
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Echo([]byte("hello"))
				before := p.Memory()
				p.Dial().Say(pattern(24 << 20))
				p.Settle()
				const most = 8 << 20
				if more := p.Memory() - before; more > most {
					t.Fail("a client that sends and does not read costs %d MiB of memory", more>>20)
				}
			},
		},
		check.Criterion{
			Name: "resets", Needs: []string{"half"}, Belief: "M39",
			Try:   "An error of recv() or send() ends this client only. Ignore SIGPIPE, or send with MSG_NOSIGNAL.",
			Show:  check.Last(check.FailsWith("EPIPE", "ECONNRESET")),
			Check: func(t *check.T) { resets(t, t.Serve()) },
		},
		check.Criterion{
			Name: "closes", Needs: []string{"half"}, Belief: "M30",
			Try:   "close() the descriptor of a client that has ended, after an error too. shutdown() does not do it.",
			Check: func(t *check.T) { closesAll(t, func(c *check.Conn) { c.Echo([]byte("hello")) }) },
		},
	)
}
