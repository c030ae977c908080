package exercise

import (
	"slices"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("pass",
		listens, local, reuse,
		check.Criterion{
			Name: "passes", Needs: []string{"listens"}, Belief: "M53",
			Try:   "Put the descriptor into the control data of a sendmsg() with one byte, SOL_SOCKET and SCM_RIGHTS, and take it with recvmsg() in the worker.",
			Show:  check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Accept))),
			Check: checkPasses,
		},
		check.Criterion{
			Name: "echoes", Needs: []string{"passes"}, Belief: "M24",
			Try:  "Have the worker send back as many bytes as recv() returned, on the number that recvmsg() brought, and go on until recv() returns 0.",
			Show: check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Echo([]byte("hello"))
				c.Echo(pattern(20_000))
			},
		},
		check.Criterion{
			Name: "worker", Needs: []string{"echoes"},
			Try: "Leave what the client says to the worker: what one process has read of a stream the other one does not get.",
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Echo([]byte("hello"))
				p.Settle()
				took := p.First(check.Is(check.Accept), check.Succeeds, check.By(p.PID()))
				if took == nil {
					t.Fail("the first process accepted no client")
				}
				if talks := check.First(check.By(p.PID()), check.On(check.Returned(took)), check.Is(check.In, check.Out))(p.After(took)); talks != nil {
					t.FailAt(talks, "the first process called %s on the client's descriptor itself", talks.Name)
				}
			},
		},
		check.Criterion{
			Name: "copy", Needs: []string{"echoes"}, Belief: "M29",
			Try:  "close() the descriptor in the first process when sendmsg() has returned: the message holds the socket open until the worker has it.",
			Show: check.Last(check.Is(check.Accept), check.Succeeds),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				c.Echo([]byte("hello"))
				p.Copies(c, 1)
			},
		},
		check.Criterion{
			Name: "end", Needs: []string{"copy"}, Belief: "M30",
			Try:  "close() the descriptor in the worker when recv() has returned 0 and all is sent.",
			Show: check.OrElse(check.Last(check.Is(check.In), check.Returns(0)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				p := t.Serve()
				for range 2 {
					c := p.Dial()
					c.Say(pattern(20_000))
					c.Half()
					c.Expect(pattern(20_000))
					c.EOF()
				}
			},
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"end"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: sendmsg() and recvmsg() too.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				p := t.Serve(interruptEach()...)
				for range 5 {
					c := p.Dial()
					c.Echo([]byte("hello"))
					c.Close()
				}
			},
		},
		check.Criterion{
			Name: "resets", Needs: []string{"end"}, Belief: "M39",
			Try:  "An error of recv() or send() ends this client only: close its descriptor and take the next one. Ignore SIGPIPE, or send with MSG_NOSIGNAL.",
			Show: check.Last(check.FailsWith("EPIPE", "ECONNRESET")),
			Check: func(t *check.T) {
				p := t.Serve()
				t.OnFail(func() {
					if len(p.Processes()) < 2 && p.First(check.FailsWith("EPIPE")) != nil {
						t.Blame("M38", "Ignore SIGPIPE, signal(SIGPIPE, SIG_IGN), or send with MSG_NOSIGNAL: else writing to a connection that is over ends the worker.", check.Last(check.FailsWith("EPIPE")))
					}
				})
				for range 3 {
					resetsLater(p)
					resetsPassed(p)
				}
				p.Dial().Echo([]byte("still there"))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"resets"}, Belief: "M30",
			Try: "close() the client's descriptor in both processes, after an error too.",
			Check: func(t *check.T) {
				p := t.Serve()
				resetsLater(p)
				p.Settle()
				before := p.Sockets()
				for range 3 {
					c := p.Dial()
					c.Echo([]byte("hello"))
					c.Close()
					resetsLater(p)
					resetsPassed(p)
				}
				p.Holds(before)
			},
		},
		check.Criterion{
			Name: "alone", Needs: []string{"end"}, Belief: "M54",
			Try: "Let the worker live on when the first process ends: its descriptor of the client is its own.",
			Check: func(t *check.T) {
				_, c := orphaned(t)
				c.EchoLeft([]byte("still served"))
				c.EchoLeft(pattern(20_000))
			},
		},
		check.Criterion{
			Name: "port", Needs: []string{"alone"}, Belief: "M54",
			Try:  "Start the worker before socket(), or close() the listening socket in it: fork() gives it a descriptor of every socket there is.",
			Show: check.Last(check.Is(check.Listen)),
			Check: func(t *check.T) {
				p, c := orphaned(t)
				c.EchoLeft([]byte("still served"))
				if at := p.Listeners(); len(at) > 0 {
					t.Fail("the first process has gone, and port %d is still listened at: the worker has the socket", at[0].Local.Port())
				}
			},
		},
		check.Criterion{
			Name: "leaves", Needs: []string{"alone"}, Belief: "M29",
			Try:  "When recvmsg() returns 0 nobody can send any more: end the worker. For it to return 0 the worker has to close the other end of the pair, which it got by fork().",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := orphaned(t)
				c.EchoLeft([]byte("still served"))
				c.Close()
				p.LeavesNobody()
			},
		},
	)
}

// resetsPassed ends a client with an RST in the moment in which the worker is about to
// send to it: it has the client, so that the call is not the message it came with.
func resetsPassed(p *check.Program) {
	c := p.Dial()
	c.Echo([]byte("hello"))
	p.HoldAt(check.Out)
	c.Say([]byte("gone"))
	c.Half()
	p.Held()
	c.Reset()
	p.Release()
}

// interruptEach has every second call of each name be interrupted: whichever process
// makes them, the same ones are.
func interruptEach() (faults []check.Option) {
	for _, name := range []string{"accept", "accept4", "sendmsg", "recvmsg", "sendto", "recvfrom", "write", "read"} {
		faults = append(faults, check.FailEvery(2, name, "EINTR"))
	}
	return faults
}

// orphaned is a client that is served by the worker, when the first process was killed.
// The program has no terminal, with which its other processes would get a SIGHUP.
func orphaned(t *check.T) (*check.Program, *check.Conn) {
	p := t.Serve(check.Piped())
	c := p.Dial()
	c.Echo([]byte("hello"))
	p.KillFirst()
	return p, c
}

// checkPasses looks for the message that takes a client's descriptor to another process.
func checkPasses(t *check.T) {
	p := t.Serve()
	c := p.Dial()
	c.Say([]byte("hello"))
	got := p.Makes(check.Is(check.In), check.Passes)
	took := p.First(check.Is(check.Accept), check.Succeeds)
	sent := p.First(check.Is(check.Out), check.Passes)
	if got != nil {
		sent = p.Makes(check.Is(check.Out), check.Passes) // may be told behind what it caused
	}
	switch {
	case took == nil:
		t.Blame("-", "Call accept() in the first process.", nil)
		t.Fail("a client connected, and no accept() returned it")
	case took.PID != p.PID():
		t.Blame("-", "Call accept() in the first process: the worker has no listening socket.", nil)
		t.FailAt(took, "accept() was called by another process than the first")
	case sent == nil:
		unsent(t, p)
	case got == nil:
		unreceived(t, p, sent)
	case got.PID == took.PID:
		t.Blame("-", "Take the descriptor with recvmsg() in the worker, which is another process.", nil)
		t.FailAt(got, "the process that accepted the client received its descriptor itself")
	}
}

// unsent says why no message took a descriptor along.
func unsent(t *check.T, p *check.Program) {
	if bad := p.Last(isMessage, check.Is(check.Out), check.FailsWith()); bad != nil {
		t.Blame("-", "Close the descriptor when sendmsg() has returned, not before, and give cmsg_len as CMSG_LEN(sizeof(int)).", nil)
		t.FailAt(bad, "sendmsg() failed with %s", bad.Errno.Name())
	}
	t.Fail("no message with SCM_RIGHTS was sent")
}

// unreceived says why the descriptor that was sent did not come.
func unreceived(t *check.T, p *check.Program, sent *netcore.Call) {
	calls := p.Calls(check.Is(check.In))
	read := check.Last(check.Not(check.By(sent.PID)), check.Not(isMessage), check.Succeeds)(calls)
	switch i := slices.IndexFunc(calls, check.CutOff); {
	case check.Returned(sent) == 0:
		t.Blame("-", "Send one byte along: without a byte a stream carries no message.", nil)
		t.FailAt(sent, "sendmsg() sent 0 bytes, and the descriptor with none")
	case i >= 0:
		t.Blame("-", "Give recvmsg() a buffer of CMSG_SPACE(sizeof(int)) bytes in msg_control, and its size in msg_controllen, before each call.", nil)
		t.FailAt(calls[i], "recvmsg() had no room for the descriptor that came (MSG_CTRUNC)")
	case read != nil:
		t.Blame("-", "Use recvmsg() with a control buffer: recv() and read() bring the byte, and the descriptor is closed.", nil)
		t.FailAt(read, "%s() took the byte, and the descriptor that came with it was lost", read.Name)
	}
	t.FailAt(sent, "the descriptor was sent, and no recvmsg() brought it to another process")
}

// isMessage matches sendmsg and recvmsg.
func isMessage(c *netcore.Call) bool { return c.Name == "sendmsg" || c.Name == "recvmsg" }
