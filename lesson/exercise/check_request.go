package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
)

// connects is a criterion of every client.
var connects = check.Criterion{
	Name: "connects", Belief: "M07",
	Try:  "Put the port of PORT into the address with htons(), and look at what connect() returns.",
	Show: check.Last(check.Is(check.Connect)),
	Check: func(t *check.T) {
		meet(t)
	},
}

func init() {
	register("request",
		connects,
		check.Criterion{
			Name: "request", Needs: []string{"connects"}, Belief: "M25",
			Try:  "Send the characters of the request, and not the zero that ends a text in C: sizeof counts it, strlen() does not.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				_, c := meet(t)
				c.Expect(request)
				c.Quiet()
			},
		},
		check.Criterion{
			Name: "half", Needs: []string{"request"}, Belief: "M26",
			Try:  "Call shutdown(s, SHUT_WR) behind the request: else the server waits for more, and this program for the answer.",
			Show: check.OrElse(check.Last(check.Is(check.Shutdown)), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				_, c := meet(t)
				c.Expect(request)
				c.EOF()
			},
		},
		check.Criterion{
			Name: "answer", Needs: []string{"half"}, Belief: "M31",
			Try:  "End the half in which you send, and no other: shutdown(s, SHUT_WR). Then receive until recv() returns 0.",
			Show: check.Last(check.Is(check.Shutdown)),
			Check: func(t *check.T) {
				p, c := ask(t)
				t.OnFail(func() {
					if closed := p.First(check.Is(check.Close)); closed != nil && len(p.After(closed, check.Is(check.In), check.FailsWith("EBADF"))) > 0 || p.First(check.Is(check.Shutdown)) == nil {
						t.Blame("M30", "End the half in which you send with shutdown(s, SHUT_WR): close() gives the whole descriptor away.", check.Last(check.Is(check.Close)))
					}
				})
				replies(p, c, []byte("hello\n"))
			},
		},
		check.Criterion{
			Name: "zeros", Needs: []string{"answer"}, Belief: "M25",
			Try:  "Print as many bytes as recv() returned, with fwrite() or write(): no byte ends them.",
			Show: check.Last(check.Is(check.In), check.Not(check.Returns(0))),
			Check: func(t *check.T) {
				p, c := ask(t)
				replies(p, c, everyByte())
			},
		},
		check.Criterion{
			Name: "pieces", Needs: []string{"zeros"}, Belief: "M21",
			Try:  "Call recv() until it returns 0: one call brings what is there, not the answer.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := ask(t)
				c.SayIn(1, time.Millisecond, pattern(200))
				c.Half()
				p.Printed(pattern(200))
			},
		},
		check.Criterion{
			Name: "short-writes", Needs: []string{"answer"}, Belief: "M23",
			Try:  "Send in a loop: send() returns how many bytes it took, and the rest has to be sent again from there.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p, c := ask(t, check.ShortOut(3))
				replies(p, c, []byte("hello\n"))
			},
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"pieces"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: send() and recv() alike.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				p, c := ask(t, check.Interrupt(2))
				c.SayIn(10, time.Millisecond, pattern(100))
				c.Half()
				p.Printed(pattern(100))
			},
		},
		check.Criterion{
			Name: "ends", Needs: []string{"answer"}, Belief: "M26",
			Try: "When recv() returns 0 the answer is there: end with exit status 0.",
			Check: func(t *check.T) {
				p, c := ask(t)
				replies(p, c, []byte("hello\n"))
				p.Status(0)
			},
		},
		check.Criterion{
			Name: "cut", Needs: []string{"ends", "pieces"}, Belief: "M39",
			Try:  "recv() returns 0 at the end of the answer and -1 where the connection broke: end with another exit status than 0 then.",
			Show: check.Last(check.Is(check.In), check.FailsWith()),
			Check: func(t *check.T) {
				p, c := ask(t)
				c.Say([]byte("hel"))
				c.Taken()
				c.Reset()
				if p.Exit() == 0 {
					t.Fail("an RST came in the middle of the answer, and the exit status was 0, which says that all went well")
				}
			},
		},
	)
}

// request is what the client sends.
var request = []byte("GET / HTTP/1.0\r\n\r\n")

// meet runs the program and accepts its connection.
func meet(t *check.T, options ...check.Option) (*check.Program, *check.Conn) {
	l := t.Listen()
	p := t.Start(append(options, check.Port(l.Port()))...)
	return p, l.Accept(p)
}

// ask runs the program up to the end of its request.
func ask(t *check.T, options ...check.Option) (*check.Program, *check.Conn) {
	p, c := meet(t, options...)
	c.Expect(request)
	c.EOF()
	return p, c
}

// replies sends an answer and its end, and expects it to be printed.
func replies(p *check.Program, c *check.Conn, b []byte) {
	c.Say(b)
	c.Half()
	p.Printed(b)
}
