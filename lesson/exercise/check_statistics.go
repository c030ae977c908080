package exercise

import (
	"strings"
	"time"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("statistics",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:   "Send back as many bytes as recv() returned, and go on until it returns 0.",
			Show:  check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) { t.Serve().Dial().Echo([]byte("hello")) },
		},
		check.Criterion{
			Name: "survives", Needs: []string{"echoes"},
			Try:  "Set a handler with sigaction(): without one SIGUSR1 ends the program.",
			Show: check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) {
				p := t.Serve()
				t.OnFail(func() {
					if p.First(check.Is(check.Accept), check.FailsWith("EINTR")) != nil {
						t.Blame("M42", "Call accept() again when it has returned -1 with EINTR.", check.Last(check.Is(check.Accept)))
					}
				})
				p.Settle()
				p.Signal("SIGUSR1")
				p.Settle()
				p.Alive()
				p.Dial().Echo([]byte("hello"))
			},
		},
		check.Criterion{
			Name: "prints", Needs: []string{"survives"},
			Try:  "Print where the interrupted call has come back with EINTR, and flush: fflush(stdout).",
			Show: check.OrElse(check.Last(check.FailsWith("EINTR")), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Echo([]byte("hello"))
				p.Settle()
				before := p.Stdout()
				t.OnFail(func() {
					if p.First(check.FailsWith("EINTR")) == nil && len(p.Waiting()) > 0 {
						t.Blame("M51", "Set the handler with sigaction() and sa_flags 0: with SA_RESTART, which signal() sets, the call goes on waiting and nobody looks.", check.Last(check.Is(check.In)))
					}
				})
				p.Signal("SIGUSR1")
				if !p.Prints(func(said string) bool { return tellsNumbers(strings.TrimPrefix(said, before)) }) {
					t.Fail("SIGUSR1 came, and no line with two numbers was printed")
				}
			},
		},
		check.Criterion{
			Name: "intact", Needs: []string{"survives"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: recv() and send() alike. What send() took before it was interrupted counts.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				const pieces, size = 20, 5000
				for i := range pieces {
					c.Say(pattern(pieces * size)[i*size : (i+1)*size])
					p.Signal("SIGUSR1")
					time.Sleep(time.Millisecond) // so that some signals find it waiting, others at work
				}
				c.Expect(pattern(pieces * size))
				p.Settle()
				p.Signal("SIGUSR1")
				p.Settle()
				c.Echo([]byte("still here"))
				p.Alive()
			},
		},
	)
}

// tellsNumbers reports whether a text has a whole line with two numbers in it.
func tellsNumbers(said string) bool {
	for line := range strings.Lines(said) {
		numbers := strings.FieldsFunc(line, func(r rune) bool { return r < '0' || '9' < r })
		if len(numbers) >= 2 && strings.HasSuffix(line, "\n") {
			return true
		}
	}
	return false
}
