package exercise

import (
	"fmt"
	"time"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("reject",
		listens, local, reuse,
		check.Criterion{
			Name: "accepts", Needs: []string{"listens"},
			Try:  "Read the number in the first line, receive as many bytes, send 200 and a newline, and close the client's descriptor.",
			Show: check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) {
				p := t.Serve()
				for _, n := range []int{5, 1000} {
					c := p.Dial()
					c.Say(upload(n, n))
					c.Expect([]byte("200\n"))
					c.EOF()
					c.Close()
				}
			},
		},
		check.Criterion{
			Name: "pieces", Needs: []string{"accepts"}, Belief: "M21",
			Try:  "Receive until as many bytes have come as the line says: one recv() brings what is there.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.SayIn(1, time.Millisecond, upload(100, 100))
				c.Expect([]byte("200\n"))
			},
		},
		check.Criterion{
			Name: "early", Needs: []string{"accepts"},
			Try:  "Send 413 as soon as the line has been read, and end your half with shutdown(c, SHUT_WR), so that the client knows that it has all of the answer.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say(upload(1_000_000, 0))
				c.Expect([]byte("413\n"))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "whole", Needs: []string{"early"}, Belief: "M29",
			Try:  "Receive until recv() returns 0 before you close(): with bytes left, or still to come, the client gets an RST.",
			Show: check.Last(check.Is(check.Close)),
			Check: func(t *check.T) {
				p := t.Serve()
				t.OnFail(func() {
					if set := check.Sets("SOL_SOCKET", "SO_LINGER"); p.First(set) != nil {
						t.Blame("M28", "SO_LINGER has close() wait until what was sent has arrived. It receives nothing: do that yourself, until recv() returns 0.", check.Last(set))
					}
				})
				c := p.Dial()
				c.Say(upload(1_000_000, 1_000_000))
				c.Said()
				p.Settle()
				c.Expect([]byte("413\n"))
				c.EOF()
				c.Half()
				c.Whole()
			},
		},
		check.Criterion{
			Name: "resets", Needs: []string{"early"}, Belief: "M39",
			Try:  "An error of recv() or send() ends this client only. Ignore SIGPIPE, or send with MSG_NOSIGNAL.",
			Show: check.Last(check.FailsWith("EPIPE", "ECONNRESET")),
			Check: func(t *check.T) {
				p := t.Serve()
				for i := range 50 {
					c := p.Dial()
					if i%10 == 0 {
						resetsAtAnswer(p, c)
						continue
					}
					c.Say(upload(1_000_000, 1000))
					c.Reset()
				}
				p.Settle()
				p.Alive()
				c := p.Dial()
				c.Say(upload(5, 5))
				c.Expect([]byte("200\n"))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"early"}, Belief: "M30",
			Try: "close() the descriptor accept() returned when its client has ended, after 413 too.",
			Check: func(t *check.T) {
				closesAll(t, func(c *check.Conn) {
					c.Say(upload(5000, 0))
					c.Expect([]byte("413\n"))
				})
			},
		},
	)
}

// upload is a request that announces some bytes, and has the first of them.
func upload(announced, sent int) []byte {
	return join(fmt.Appendf(nil, "%d\n", announced), pattern(sent))
}

// resetsAtAnswer ends a client with an RST in the moment in which the server is about to
// answer it, when its end has come already.
func resetsAtAnswer(p *check.Program, c *check.Conn) {
	p.HoldAt(check.Out)
	c.Say(upload(1_000_000, 0))
	c.Half()
	p.Held()
	c.Reset()
	p.Release()
}
