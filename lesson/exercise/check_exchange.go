package exercise

import (
	"bytes"
	"strconv"
	"time"

	"sockstep/lesson/exercise/check"
)

// exchanged is how many bytes the client sends.
const exchanged = 8 << 20

func init() {
	all := bytes.Repeat([]byte("x"), exchanged)
	register("exchange",
		connects,
		check.Criterion{
			Name: "sends", Needs: []string{"connects"}, Belief: "M23",
			Try:  "Send until all is taken: send() returns how many bytes it took, and the rest is still to be sent.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p, c := meet(t, check.ShortOut(5000))
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
				_, c := meet(t)
				c.Expect(all)
				c.EOF()
			},
		},
		check.Criterion{
			Name: "counts", Needs: []string{"ends"}, Belief: "M21",
			Try:  "Add up what every recv() returns until it returns 0, and print the sum and a newline.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := meet(t)
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
				p, c := meet(t)
				const much = 16 << 20
				c.Say(pattern(much))
				c.Said()
				c.Expect(all)
				c.EOF()
				counted(p, c, much)
			},
		},
		check.Criterion{
			Name: "waits", Needs: []string{"connects"}, Belief: "M43",
			Try:  "Wait with poll() until something can be done: EAGAIN says that nothing can be done now.",
			Show: check.Last(check.FailsWith("EAGAIN")),
			Check: func(t *check.T) {
				p, _ := meet(t)
				p.Settle()
				p.Idle(500 * time.Millisecond)
			},
		},
	)
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
			t.Blame("M45", "Send while you wait for what the other side sends: it may send nothing before it has all.", check.Last(check.Is(check.In)))
		}
	}
}
