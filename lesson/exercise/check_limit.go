package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
)

// What the client with a limit says by its exit status.
const (
	wasRefused = 3
	timedOut   = 4
)

func init() {
	register("limit",
		check.Criterion{
			Name: "sends", Belief: "M44",
			Try:  "A connect() that does not block returns -1 with EINPROGRESS: wait with poll() until the attempt is over, then send.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				l := t.Listen()
				p := t.Start(check.Port(l.Port()))
				t.OnFail(func() {
					begun := p.First(check.Is(check.Connect), check.FailsWith("EINPROGRESS"))
					if begun != nil && p.First(check.Is(check.Out)) == nil && !p.Runs() {
						t.Blame("M43", "EINPROGRESS is no failure: the kernel goes on connecting. Wait with poll() until it is done.", check.First(check.Is(check.Connect)))
					}
				})
				p.Status(0)
				c := l.Accept(p)
				c.Expect([]byte("hello\n"))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "refused", Needs: []string{"sends"},
			Try:  "End with status 3 where connect(), or SO_ERROR behind it, says ECONNREFUSED.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				p := t.Start(check.Port(t.Refused()))
				p.Exit()
				if sent := p.First(check.Is(check.Out)); sent != nil {
					t.Blame("M61", "When poll() says POLLOUT the attempt is over. SO_ERROR says whether it is a connection.", nil)
					t.FailAt(sent, "nothing listened, and the program sent something")
				}
				p.Status(wasRefused)
			},
		},
		check.Criterion{
			Name: "asks", Needs: []string{"refused"}, Belief: "M61",
			Try:  "Ask for SO_ERROR with getsockopt() when poll() says that the attempt is over: 0 is a connection.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				l := t.Listen()
				p := t.Start(check.Port(l.Port()))
				l.Accept(p).Expect([]byte("hello\n"))
				p.Exit()
				waits := p.First(check.Is(check.Connect), check.FailsWith("EINPROGRESS"))
				if waits != nil && !askedOutcome(p) {
					t.FailAt(p.First(check.Is(check.Out)), "something was sent before the program had asked what came of connect()")
				}
			},
		},
		check.Criterion{
			Name: "at-once", Needs: []string{"refused"},
			Try:  "A refusal is an answer: do not wait for the time to pass.",
			Show: check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) {
				var took time.Duration
				for range 3 { // the machine may be busy with something else
					p := t.Start(check.Port(t.Refused()))
					p.Status(wasRefused)
					if took = p.Lasted(); took < 400*time.Millisecond {
						return
					}
				}
				t.Fail("between connect() and the last call on its socket %v passed", took.Round(time.Millisecond))
			},
		},
		check.Criterion{
			Name: "limit", Needs: []string{"sends"},
			Try:  "Give poll() a limit, in milliseconds, and have the socket not block: connect() alone waits for minutes.",
			Show: check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) {
				p := t.Start(check.Port(t.Deaf()))
				t.Sleep(3 * time.Second)
				if p.Runs() {
					t.Fail("after 3 s without an answer the program was still there")
				}
				p.Status(timedOut)
			},
		},
		check.Criterion{
			Name: "late", Needs: []string{"limit"},
			Try:  "Wait 500 milliseconds: poll() takes milliseconds, tv_usec has microseconds.",
			Show: check.Last(check.Is(check.Wait, check.Connect)),
			Check: func(t *check.T) {
				p := t.Start(check.Port(t.Deaf()))
				p.Status(timedOut)
				if took := p.Lasted(); took < 400*time.Millisecond {
					t.Fail("it gave up after %v", took.Round(time.Millisecond))
				}
			},
		},
	)
}

// askedOutcome reports whether the program has learned what came of its connect() before
// it sent anything: from SO_ERROR, from another connect(), or from getpeername().
func askedOutcome(p *check.Program) bool {
	sent := p.First(check.Is(check.Out))
	if sent == nil {
		return true
	}
	begun := p.First(check.Is(check.Connect), check.FailsWith("EINPROGRESS"))
	for _, c := range p.Before(sent, check.On(check.Descriptor(sent))) {
		if c.Enter <= begun.Enter {
			continue
		}
		if check.Gets("SOL_SOCKET", "SO_ERROR")(c) || check.Is(check.Connect, check.AskName)(c) {
			return true
		}
	}
	return false
}
