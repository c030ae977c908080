package exercise

import (
	"bytes"
	"strconv"
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

const (
	// exchanged is how many bytes the client sends behind its questions.
	exchanged = 8 << 20
	// rounds is how many questions it asks before.
	rounds = 20
	// mostSlept is how long the program may sleep while the server waits for them.
	mostSlept = 100 * time.Millisecond
)

func init() {
	all := bytes.Repeat([]byte("x"), exchanged)
	register("exchange",
		connects,
		check.Criterion{
			Name: "asks", Needs: []string{"connects"},
			Try:  "Send the characters of ask, the number and a newline, then as many bytes x. Receive the line of the answer before the next question, and that of the last one before the 8 MiB.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				_, c := meet(t)
				for n := 1; n <= rounds; n++ {
					c.Expect(question(n))
					if n == 1 || n == rounds {
						c.Quiet()
					}
					c.Say(answer(n))
				}
			},
		},
		check.Criterion{
			Name: "rounds", Needs: []string{"asks"}, Belief: "M23",
			Try:   "Give the kernel header and body in one call: one send() of both, or writev(). Or set TCP_NODELAY before the first question. Else the kernel keeps the body back until the header is acknowledged (Nagle), and the other one waits 40 ms with the ACK (delayed ACK).",
			Show:  check.Last(check.Is(check.Out)),
			Check: checkRounds,
		},
		check.Criterion{
			Name: "sends", Needs: []string{"asks"}, Belief: "M23",
			Try:  "Send until all is taken: send() returns how many bytes it took, and the rest is still to be sent.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p, c := asked(t, check.ShortOut(5000))
				t.OnFail(func() { waitsInIn(t, p) })
				c.Expect(all)
				c.Quiet()
			},
		},
		check.Criterion{
			Name: "ends", Needs: []string{"sends"}, Belief: "M26",
			Try:  "Call shutdown(s, SHUT_WR) when all is sent: else the server does not know that it was all.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				_, c := asked(t)
				c.Expect(all)
				c.EOF()
			},
		},
		check.Criterion{
			Name: "counts", Needs: []string{"ends"}, Belief: "M21",
			Try:  "Add up what every recv() returns until it returns 0, and print the sum and a newline.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := asked(t)
				c.Expect(all)
				c.EOF()
				counted(p, c, 100_000)
			},
		},
		check.Criterion{
			Name: "writes-first", Needs: []string{"counts"}, Belief: "M23",
			Try:  "Receive while you send: with poll() on a socket with O_NONBLOCK, or with a thread for each direction. send() waits while the other side does not receive.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p, c := leftUnread(t)
				const much = 16 << 20
				c.Say(pattern(much))
				c.Said()
				c.Expect(all)
				c.EOF()
				counted(p, c, much)
			},
		},
		check.Criterion{
			Name: "waits", Needs: []string{"asks"}, Belief: "M43",
			Try:  "Wait with poll() until something can be done: EAGAIN says that nothing can be done now.",
			Show: check.Last(check.FailsWith("EAGAIN")),
			Check: func(t *check.T) {
				p, _ := leftUnread(t)
				p.Settle()
				p.Idle(500 * time.Millisecond)
			},
		},
	)
}

// question is a header, the line that tells its number, and a body of as many bytes.
func question(n int) []byte {
	return append([]byte("ask "+strconv.Itoa(n)+"\n"), bytes.Repeat([]byte("x"), n)...)
}

// answer is the line the server answers with.
func answer(n int) []byte { return []byte("got " + strconv.Itoa(n) + "\n") }

// lastAsked runs the program up to the last question.
func lastAsked(t *check.T, options ...check.Option) (*check.Program, *check.Conn) {
	p, c := meet(t, options...)
	for n := 1; n < rounds; n++ {
		c.Expect(question(n))
		c.Say(answer(n))
	}
	c.Expect(question(rounds))
	return p, c
}

// asked runs the program up to the last answer.
func asked(t *check.T, options ...check.Option) (*check.Program, *check.Conn) {
	p, c := lastAsked(t, options...)
	c.Say(answer(rounds))
	return p, c
}

// leftUnread is asked by a server that reads nothing behind the questions. Where something
// has come behind them the program has received the last answer.
func leftUnread(t *check.T) (*check.Program, *check.Conn) {
	p, c := lastAsked(t)
	c.Pause()
	c.Say(answer(rounds))
	c.Comes()
	return p, c
}

// checkRounds adds up how long the program sleeps while the server waits for a question.
// While Nagle's algorithm keeps back a part of it the program sleeps in recv().
func checkRounds(t *check.T) {
	p, c := meet(t)
	t.OnFail(func() { promisesMore(t, p) })
	var slept time.Duration
	for n := 1; n <= rounds; n++ {
		late := c.Slept(question(n))
		if slept += late; slept > mostSlept {
			t.Fail("the program slept for %v while the server waited for question %d, which makes %v so far", late.Round(time.Millisecond), n, slept.Round(time.Millisecond))
		}
		c.Say(answer(n))
		c.Said()
	}
}

// promisesMore blames a program that says of the last part, too, that more follows.
func promisesMore(t *check.T, p *check.Program) {
	const flags = 3 // of send() and sendto()
	more, _ := netcore.Constant("MSG_MORE")
	if last := p.Last(check.Is(check.Out)); last != nil && check.Argument(last, flags)&more != 0 {
		t.Blame("", "Leave MSG_MORE out with the last part of a question: the kernel waits some 200 ms for what it says will follow.", check.Last(check.Is(check.Out)))
	}
}

// counted has the server send some bytes more, if it has not yet, and end, and expects the
// client to have counted n.
func counted(p *check.Program, c *check.Conn, n int) {
	if n < exchanged {
		c.Say(pattern(n))
	}
	c.Half()
	p.Printed([]byte(strconv.Itoa(n) + "\n"))
	p.Status(0)
}

// waitsInIn blames a program that waits for bytes before it has sent its own.
func waitsInIn(t *check.T, p *check.Program) {
	for _, w := range p.Waiting() {
		if check.Is(check.In)(w) {
			t.Blame("M45", "Send while you wait for what the other side sends: it may send nothing before it has all.", func([]*netcore.Call) *netcore.Call { return w })
		}
	}
}
