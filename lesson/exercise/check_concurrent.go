package exercise

import "sockstep/lesson/exercise/check"

func init() {
	register("concurrent",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:  "Send back as many bytes as recv() returned, and go on until it returns 0.",
			Show: check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) {
				p := t.Serve()
				for _, n := range []int{5, 100_000} {
					c := p.Dial()
					c.Echo(pattern(n))
					c.Close()
				}
			},
		},
		check.Criterion{
			Name: "beside", Needs: []string{"echoes"},
			Try: "Have each client served by a process or thread of its own, or wait for all of them at once with poll(): nothing but accept() may keep the one that accepts.",
			Check: func(t *check.T) {
				p := t.Serve()
				silent := p.Dial()
				p.Dial().Echo([]byte("hello"))
				p.Dial().Echo([]byte("hello"))
				silent.Echo([]byte("now I say something"))
			},
		},
		check.Criterion{
			Name: "stuck", Needs: []string{"beside"},
			Try: "A send() to a client that does not read waits until it does. It must keep nobody but the one who serves that client.",
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Say(pattern(16 << 20))
				p.Settle()
				p.Flood(50, pattern(1000), pattern(1000))
			},
		},
		check.Criterion{
			Name: "half", Needs: []string{"beside"}, Belief: "M29",
			Try:  "close() the client's descriptor, and after fork() in the parent as well, at once: the client gets the end when the last of them is closed.",
			Show: check.Last(check.Is(check.Accept), check.Succeeds),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say(pattern(20_000))
				c.Half()
				c.Expect(pattern(20_000))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "survives", Needs: []string{"half"}, Belief: "M39",
			Try:  "An error of recv() or send() ends this client only. Ignore SIGPIPE: it ends a process with all of its threads.",
			Show: check.Last(check.FailsWith("EPIPE", "ECONNRESET")),
			Check: func(t *check.T) {
				p := t.Serve()
				other := p.Dial()
				other.Echo([]byte("hello"))
				for range 5 {
					resetsLate(p)
					resetsLater(p)
				}
				p.Settle()
				other.Echo([]byte("still here"))
				p.Dial().Echo([]byte("hello"))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"half"}, Belief: "M30",
			Try: "close() the client's descriptor when it has ended. A child ends when its client has: it does not go back to accept().",
			Check: func(t *check.T) {
				p := t.Serve()
				t.OnFail(func() {
					if len(p.Processes()) > 1 {
						t.Blame("M54", "End the child with _exit(0) when its client has gone: else it goes back into the loop, with the listening socket.", nil)
					}
				})
				comeAndGo(p)
			},
		},
		check.Criterion{
			Name: "reaps", Needs: []string{"closes"},
			Try: "Wait for the children that have ended: signal(SIGCHLD, SIG_IGN) has the kernel do it, or a handler that calls waitpid(-1, NULL, WNOHANG) until none is left.",
			Check: func(t *check.T) {
				p := t.Serve()
				comeAndGo(p)
				p.Settle()
				p.Reaped()
				p.Alive()
			},
		},
	)
}

// comeAndGo has ten clients connect, five at a time, and go.
func comeAndGo(p *check.Program) {
	before := p.Sockets()
	for range 2 {
		var at []*check.Conn
		for range 5 {
			c := p.Dial()
			c.Echo([]byte("hello"))
			at = append(at, c)
		}
		for _, c := range at {
			c.Half()
			c.EOF()
			c.Close()
		}
	}
	p.Holds(before)
}

// resetsLate ends a client with an RST in the moment in which the server is about to send
// to it, when its end has come already.
func resetsLate(p *check.Program) {
	p.HoldAt(check.Out)
	c := p.Dial()
	c.Say([]byte("gone"))
	c.Half()
	p.Held()
	c.Reset()
	p.Release()
}

// resetsLater ends a client with an RST while the server waits for it.
func resetsLater(p *check.Program) {
	c := p.Dial()
	c.Echo([]byte("hello"))
	c.Reset()
}
