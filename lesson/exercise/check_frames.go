package exercise

import (
	"encoding/binary"

	"sockstep/lesson/exercise/check"
)

// mostFrame is how many bytes a frame may have, mostTaken how much memory a length that
// is too large may cost.
const (
	mostFrame = 65_536
	mostTaken = 20_000_000
)

func init() {
	register("frames",
		listens, local, reuse,
		check.Criterion{
			Name: "frames", Needs: []string{"listens"}, Belief: "M50",
			Try:  "The length is 4 bytes, the high one first: ntohl() turns it. The answer has its length in front as well.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				sayFrame(c, []byte("one"))
				c.Quiet()
			},
		},
		check.Criterion{
			Name: "bytes", Needs: []string{"frames"}, Belief: "M25",
			Try:   "Look at as many bytes as the length says, and use no function for strings: none of them ends it. Change only those from a to z.",
			Show:  check.Last(check.Is(check.Out)),
			Check: func(t *check.T) { sayFrame(t.Serve().Dial(), everyByte()) },
		},
		check.Criterion{
			Name: "empty", Needs: []string{"frames"},
			Try:   "A length of 0 has no bytes behind it: receive none, and answer with a length of 0.",
			Check: func(t *check.T) { sayFrame(t.Serve().Dial(), nil) },
		},
		check.Criterion{
			Name: "again", Needs: []string{"frames"}, Belief: "M26",
			Try: "Go on with the next frame on the same connection. recv() returns 0 where the next one would begin when the client has ended.",
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				for _, text := range []string{"one", "two", "three"} {
					sayFrame(c, []byte(text))
				}
				c.Half()
				c.EOF()
			},
		},
		check.Criterion{
			Name: "glued", Needs: []string{"again"}, Belief: "M21",
			Try:  "Receive no more than the frame has, or keep what comes behind it for the next.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				var say, want []byte
				for i := range 300 {
					text := letters(i % 23)
					say, want = append(say, frame(text)...), append(want, frame(capital(text))...)
				}
				c := t.Serve().Dial()
				c.Say(say)
				c.Expect(want)
			},
		},
		check.Criterion{
			Name: "large", Needs: []string{"glued"}, Belief: "M24",
			Try:  "Receive in a loop until all bytes of the frame are there: one recv() brings what has come.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p := t.Serve()
				for _, n := range []int{60_000, mostFrame} {
					c := p.Dial()
					text := letters(n)
					sayCut(c, frame(text), n/2)
					c.Expect(frame(capital(text)))
					c.Close()
				}
			},
		},
		check.Criterion{
			Name: "split", Needs: []string{"large"}, Belief: "M24",
			Try:  "Receive the length in a loop as well: recv() may bring one of its four bytes.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				one := frame([]byte("hello"))
				for at := 1; at < len(one); at++ {
					sayCut(c, one, at)
					c.Expect(frame([]byte("HELLO")))
				}
			},
		},
		check.Criterion{
			Name: "short-reads", Needs: []string{"split"}, Belief: "M24",
			Try:  "recv() may bring a single byte. Receive in a loop.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve(check.ShortIn(1)).Dial()
				for _, n := range []int{3, 300, 0, 1} {
					sayFrame(c, letters(n))
				}
			},
		},
		check.Criterion{
			Name: "short-writes", Needs: []string{"again"}, Belief: "M23",
			Try:   "Send in a loop: send() returns how many bytes it took, and the rest has to be sent again from there.",
			Show:  check.Last(check.Is(check.Out)),
			Check: func(t *check.T) { sayFrame(t.Serve(check.ShortOut(3)).Dial(), letters(500)) },
		},
		check.Criterion{
			Name: "huge", Needs: []string{"again"},
			Try:   "Compare the length, kept in a uint32_t, with 65,536 before anything is done with it, and close the connection.",
			Show:  check.Last(check.Is(check.In)),
			Check: checkHuge,
		},
		check.Criterion{
			Name: "cut", Needs: []string{"split"}, Belief: "M26",
			Try: "When recv() returns 0 before all of a frame is there, close the connection without an answer.",
			Check: func(t *check.T) {
				p := t.Serve()
				for _, n := range []int{1, 4, 7} {
					c := p.Dial()
					c.Say(frame([]byte("hello"))[:n])
					c.Half()
					c.EOF()
					c.Close()
				}
				sayFrame(p.Dial(), []byte("next"))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"again"}, Belief: "M30",
			Try:   "close() the descriptor accept() returned when its client has ended. shutdown() does not do it.",
			Check: func(t *check.T) { closesAll(t, func(c *check.Conn) { sayFrame(c, []byte("hello")) }) },
		},
	)
}

// checkHuge has clients say lengths that are too large and wait.
func checkHuge(t *check.T) {
	p := t.Serve()
	c := p.Dial()
	sayFrame(c, []byte("before"))
	c.Close()
	before := p.Memory()
	for _, n := range []uint32{mostFrame + 1, 0xffffffff} {
		c := p.Dial()
		c.Say(append(binary.BigEndian.AppendUint32(nil, n), "the first of them"...))
		c.Over()
		if got := c.Read(); len(got) > 0 {
			t.Fail("%d bytes came in answer to a frame of %d bytes", len(got), n)
		}
		c.Close()
		if took := p.Memory() - before; took > mostTaken {
			t.Fail("a length of %d made the program take %d MB of memory", n, took/1_000_000)
		}
	}
	sayFrame(p.Dial(), []byte("next"))
}

// frame puts its length in front of bytes.
func frame(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// sayFrame says a frame and expects the answer.
func sayFrame(c *check.Conn, b []byte) {
	c.Say(frame(b))
	c.Expect(frame(capital(b)))
}
