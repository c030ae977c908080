package exercise

import (
	"bytes"
	"slices"
	"time"

	"sockstep/lesson/exercise/check"
)

func init() { register("echo", echoServer...) }

// echoServer are the criteria of a server that sends back what its clients send.
var echoServer = check.Exercise{
	listens, local, reuse,
	check.Criterion{
		Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
		Try:  "Send back as many bytes as recv() returned, neither fewer nor the whole buffer.",
		Show: check.Last(check.Is(check.Out)),
		Check: func(t *check.T) {
			c := t.Serve().Dial()
			c.Echo([]byte("hello"))
			c.Quiet()
		},
	},
	check.Criterion{
		Name: "zeros", Needs: []string{"echoes"}, Belief: "M25",
		Try:   "Use the number recv() returned and no function for strings: what comes is bytes, and none of them ends it.",
		Show:  check.Last(check.Is(check.Out)),
		Check: func(t *check.T) { t.Serve().Dial().Echo(everyByte()) },
	},
	check.Criterion{
		Name: "empty", Needs: []string{"echoes"}, Belief: "M26",
		Try: "When recv() returns 0 this client has ended: close its descriptor and accept() the next one.",
		Check: func(t *check.T) {
			p := t.Serve()
			t.OnFail(func() {
				if bad := p.Last(check.Is(check.Accept), check.FailsWith("EBADF", "EINVAL")); bad != nil {
					t.Blame("M18", "accept() needs the listening socket's descriptor: close the one it returned, and keep the listener.", check.Last(check.Is(check.Accept), check.FailsWith()))
				}
			})
			p.Dial().Close()
			p.Dial().Echo([]byte("next"))
		},
	},
	check.Criterion{
		Name: "large", Needs: []string{"zeros", "empty"}, Belief: "M21",
		Try:  "Call recv() again until it returns 0: one call brings what is there, not what the client sent at once.",
		Show: check.Last(check.Is(check.In)),
		Check: func(t *check.T) {
			p := t.Serve()
			for _, n := range []int{3000, 100_000} {
				c := p.Dial()
				c.Echo(pattern(n))
				c.Close()
			}
		},
	},
	check.Criterion{
		Name: "pieces", Needs: []string{"large"}, Belief: "M21",
		Try:  "Send back what each recv() brings, and call recv() again.",
		Show: check.Last(check.Is(check.In)),
		Check: func(t *check.T) {
			c := t.Serve().Dial()
			c.SayIn(1, time.Millisecond, pattern(200))
			c.Expect(pattern(200))
		},
	},
	check.Criterion{
		Name: "short-reads", Needs: []string{"large"}, Belief: "M24",
		Try:   "recv() may bring a single byte. Send what came, and go on.",
		Show:  check.Last(check.Is(check.In)),
		Check: func(t *check.T) { t.Serve(check.ShortIn(1)).Dial().Echo(pattern(600)) },
	},
	check.Criterion{
		Name: "short-writes", Needs: []string{"large"}, Belief: "M23",
		Try:   "Send in a loop: send() returns how many bytes it took, and the rest has to be sent again from there.",
		Show:  check.Last(check.Is(check.Out)),
		Check: func(t *check.T) { t.Serve(check.ShortOut(3)).Dial().Echo(pattern(1500)) },
	},
	check.Criterion{
		Name: "interrupted", Needs: []string{"large"}, Belief: "M42",
		Try:  "Make a call again that returned -1 with EINTR: accept(), recv() and send() alike.",
		Show: check.Last(check.FailsWith("EINTR")),
		Check: func(t *check.T) {
			p := t.Serve(check.Interrupt(4))
			for range 3 {
				c := p.Dial()
				for range 8 {
					c.Echo([]byte("once more"))
				}
				c.Close()
			}
		},
	},
	check.Criterion{
		Name: "half", Needs: []string{"large"}, Belief: "M26",
		Try:  "recv() returns 0 when the client has sent its last byte: send what is left, then close its descriptor.",
		Show: check.OrElse(check.Last(check.Is(check.In), check.Returns(0)), check.Last(check.Is(check.In))),
		Check: func(t *check.T) {
			c := t.Serve().Dial()
			c.Say(pattern(20_000))
			c.Half()
			c.Expect(pattern(20_000))
			c.EOF()
		},
	},
	check.Criterion{
		Name: "resets", Needs: []string{"half"}, Belief: "M39",
		Try:   "An error of recv() or send() ends this client only: close its descriptor and accept() the next one. Ignore SIGPIPE, or send with MSG_NOSIGNAL.",
		Show:  check.Last(check.FailsWith("EPIPE", "ECONNRESET")),
		Check: func(t *check.T) { resets(t, t.Serve()) },
	},
	check.Criterion{
		Name: "closes", Needs: []string{"half"}, Belief: "M30",
		Try: "close() the descriptor accept() returned when its client has ended, after an error too. shutdown() does not do it.",
		Check: func(t *check.T) {
			p := t.Serve()
			before := p.Sockets()
			for range 5 {
				c := p.Dial()
				c.Echo([]byte("hello"))
				c.Close()
			}
			p.Holds(before)
		},
	},
	check.Criterion{
		Name: "restart", Needs: []string{"reuse", "echoes"}, Belief: "M32",
		Try: "Set SO_REUSEADDR before bind(), each time the server starts.",
		Check: func(t *check.T) {
			p := t.Serve()
			c := p.Dial()
			c.Echo([]byte("hello"))
			p.Kill()
			c.Over()
			c.Close()
			t.Serve(check.Port(p.Port())).Dial().Echo([]byte("again"))
		},
	},
}

// resets has twenty clients end with an RST: every second one in the moment in which
// the server is about to send to it, when its end has come already.
func resets(t *check.T, p *check.Program) {
	for i := range 20 {
		c := p.Dial()
		if i%2 == 0 {
			p.HoldAt(check.Out)
			c.Say([]byte("gone"))
			c.Half()
			p.Held()
			c.Reset()
			p.Release()
		} else {
			c.Echo([]byte("hello"))
			c.Reset()
		}
	}
	p.Settle()
	p.Alive()
	p.Dial().Echo([]byte("still there"))
}

// pattern is n bytes that repeat late and at no power of two, so that a piece that is
// missing shows.
func pattern(n int) []byte {
	const period = 251
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i%period) ^ byte(i/period)
	}
	return b
}

// everyByte is each value of a byte once, from 255 down to 0 and behind it a text.
func everyByte() []byte {
	var b bytes.Buffer
	for i := 255; i >= 0; i-- {
		b.WriteByte(byte(i))
	}
	b.WriteString("and more")
	return b.Bytes()
}

// pick takes some criteria out of others, by their names. What they need and is not
// among them they do without.
func pick(from check.Exercise, names ...string) (picked check.Exercise) {
	for _, c := range from {
		if !slices.Contains(names, c.Name) {
			continue
		}
		c.Needs = slices.DeleteFunc(slices.Clone(c.Needs), func(n string) bool { return !slices.Contains(names, n) })
		picked = append(picked, c)
	}
	return picked
}
