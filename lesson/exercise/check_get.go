package exercise

import (
	"strconv"
	"time"

	"sockstep/lesson/exercise/check"
)

// isUnreachable is what the client says by its exit status where there is no way.
const isUnreachable = 5

func init() {
	register("get",
		check.Criterion{
			Name: "prints", Belief: "M21",
			Try:  "Connect to the address and port of the arguments, and print what every recv() brings until it returns 0.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				p, c := visited(t)
				c.Say([]byte("hello"))
				c.Taken()
				c.SayIn(1, time.Millisecond, pattern(200))
				c.Half()
				p.Printed(join([]byte("hello"), pattern(200)))
			},
		},
		check.Criterion{
			Name: "ok", Needs: []string{"prints"}, Belief: "M26",
			Try: "End with exit status 0 when recv() has returned 0.",
			Check: func(t *check.T) {
				p, c := visited(t)
				c.Say([]byte("hello"))
				c.Half()
				p.Status(0)
			},
		},
		check.Criterion{
			Name: "refused", Needs: []string{"prints"}, Belief: "M20",
			Try:   "End with exit status 3 where the error is ECONNREFUSED.",
			Show:  check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) { visit(t, "127.0.0.1", t.Refused()).Status(wasRefused) },
		},
		check.Criterion{
			Name: "unreachable", Needs: []string{"refused"}, Belief: "M20",
			Try:   "End with exit status 5 where the error is ENETUNREACH or EHOSTUNREACH. Keep errno at once: later calls change it.",
			Show:  check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) { visit(t, t.Unreachable(), 7777).Status(isUnreachable) },
		},
		check.Criterion{
			Name: "once", Needs: []string{"refused"},
			Try:  "A socket whose connect() has failed is used up: close it, and make a new one.",
			Show: check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) {
				p := visit(t, "127.0.0.1", t.Refused())
				p.Exit()
				if again := reused(p); again != nil {
					t.FailAt(again, "connect() was called again on a descriptor for which it had failed")
				}
			},
		},
		check.Criterion{
			Name: "timeout", Needs: []string{"refused"}, Belief: "M20",
			Try:  "Wait 3 seconds at most: poll() for a socket that does not block, or SO_SNDTIMEO. connect() alone waits for minutes.",
			Show: check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) {
				p := visit(t, "127.0.0.1", t.Deaf())
				t.Sleep(6 * time.Second)
				if p.Runs() {
					t.Fail("after 6 s without an answer the program was still there")
				}
				const timedOutEarly = 2500 * time.Millisecond
				p.Status(timedOut)
				if took := p.Lasted(); took < timedOutEarly {
					t.Fail("it gave up after %v", took.Round(time.Millisecond))
				}
			},
		},
	)
}

// visit runs the program with an address and a port.
func visit(t *check.T, host string, port int) *check.Program {
	return t.Start(check.Args(host, strconv.Itoa(port)))
}

// visited runs the program and accepts its connection.
func visited(t *check.T) (*check.Program, *check.Conn) {
	l := t.Listen()
	p := visit(t, "127.0.0.1", l.Port())
	return p, l.Accept(p)
}
