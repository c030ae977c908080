package exercise

import (
	"fmt"
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("heartbeat",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:   "Send back each line with its newline, until recv() returns 0.",
			Show:  check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) { talk(t.Serve().Partner(), 3) },
		},
		check.Criterion{
			Name: "left", Needs: []string{"echoes"}, Belief: "M26",
			Try:  "When recv() has returned 0 close the descriptor, and wait for the next client.",
			Show: check.Last(check.Is(check.In), check.Returns(0)),
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				for range 3 {
					c := p.Partner()
					talk(c, 1)
					c.Close()
					p.Holds(before)
				}
			},
		},
		check.Criterion{
			Name: "vanished", Needs: []string{"left"}, Belief: "M40",
			Try:  "Have recv() not wait for ever: send ping when nothing has come for a while, and close when nothing has come for 2 seconds.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Accept))),
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				c := p.Partner()
				talk(c, 1)
				c.Vanish()
				lastHeard := p.Last(check.Is(check.In))
				t.OnFail(func() { blameSilence(t, p, lastHeard) })
				gone(t, p, before)
				talk(p.Partner(), 1)
			},
		},
		check.Criterion{
			Name: "unanswered", Needs: []string{"vanished"}, Belief: "M23",
			Try:  "Count on what comes, not on what can be sent. With keepalive set TCP_USER_TIMEOUT too: while something sent is not acknowledged no keepalive goes out.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				c := p.Partner()
				talk(c, 1)
				p.HoldAt(check.Out)
				c.Say("are you there\n")
				p.Held()
				c.Vanish()
				p.Release()
				gone(t, p, before)
			},
		},
		check.Criterion{
			Name: "idle", Needs: []string{"vanished"},
			Try:  "Close only where nothing has come for 2 seconds though ping was sent: a client that has nothing to say is no dead one. Send nothing back for pong.",
			Show: check.OrElse(check.Last(check.Is(check.Close, check.Shutdown)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				c := t.Serve().Partner()
				talk(c, 1)
				c.Kept(keptFor)
				talk(c, 1)
			},
		},
		check.Criterion{
			Name: "pieces", Needs: []string{"idle"}, Belief: "M21",
			Try:  "Keep what has come in a buffer of the client's until its newline is there, and look at whole lines: recv() brings what is there, half a line or two.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().SlowPartner()
				talk(c, 2)
				c.Kept(1500 * time.Millisecond)
				talk(c, 1)
				quick := t.Serve().Partner()
				quick.Say("one\ntwo\n")
				quick.Hears("one")
				quick.Hears("two")
			},
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"echoes"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: accept(), poll(), recv() and send() alike.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				for _, k := range []int{4, 5} { // so that each call has its turn
					talk(t.Serve(check.Interrupt(k)).Partner(), 8)
				}
			},
		},
	)
}

// What the task fixes: a client that has vanished is dropped in the one time, an idle one
// kept for the other, which is longer.
const (
	goneWithin = 4 * time.Second
	keptFor    = 5 * time.Second
)

// talk says lines, each when the one before has come back.
func talk(c *check.Partner, n int) {
	for i := range n {
		line := fmt.Sprintf("line %d", i+1)
		c.Say(line + "\n")
		c.Hears(line)
	}
}

// gone expects that the program closes the connection of a client that has vanished.
func gone(t *check.T, p *check.Program, before int) {
	if p.HoldsIn(goneWithin, before) {
		return
	}
	p.Alive()
	t.Fail("the client's machine vanished, and %v later the connection was still open", goneWithin)
}

// blameSilence looks for what the program relied on when nothing came any more, after a
// call.
func blameSilence(t *check.T, p *check.Program, after *netcore.Call) {
	asks := func(c *netcore.Call) bool { return c.Name == "getpeername" }
	keepalive := check.Sets("SOL_SOCKET", "SO_KEEPALIVE")
	switch {
	case len(p.After(after, asks)) > 0:
		t.Blame("M41", "Look at what comes: getpeername() tells what this kernel noted when the connection began.", check.Last(asks))
	case p.First(keepalive) != nil && p.First(check.Names("IPPROTO_TCP", "TCP_KEEPIDLE")) == nil:
		t.Blame("M40", "Set TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT too: without them SO_KEEPALIVE asks for the first time after two hours.", check.Last(keepalive))
	case len(p.After(after, check.Is(check.Out), check.Succeeds)) > 1:
		t.Blame("M23", "Note when something has come last: send() succeeds for minutes after the other machine has vanished.", check.Last(check.Is(check.Out)))
	}
}
