package exercise

import (
	"bytes"

	"sockstep/lesson/exercise/check"
)

// longestLine is how many bytes a line may have, without its newline.
const longestLine = 65_536

func init() {
	register("lines",
		listens, local, reuse,
		check.Criterion{
			Name: "upper", Needs: []string{"listens"},
			Try:  "Answer a line, when its newline has come, with its letters made capital and the newline.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say([]byte("hello, world\n"))
				c.Expect([]byte("HELLO, WORLD\n"))
				c.Quiet()
			},
		},
		check.Criterion{
			Name: "bytes", Needs: []string{"upper"}, Belief: "M25",
			Try:  "Look at bytes, and count them: no function for strings, none for text of a language. Change only those from a to z.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				line := bytes.ReplaceAll(everyByte(), []byte("\n"), []byte("caf\xc3\xa9"))
				sayLine(c, string(line))
				sayLine(c, "")
			},
		},
		check.Criterion{
			Name: "again", Needs: []string{"upper"}, Belief: "M26",
			Try: "Go on with the next line on the same connection until recv() returns 0.",
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				for _, line := range []string{"one", "two", "three"} {
					sayLine(c, line)
				}
				c.Half()
				c.EOF()
			},
		},
		check.Criterion{
			Name: "glued", Needs: []string{"again"}, Belief: "M21",
			Try:  "Behind a newline the next line begins: keep what stands there, and look for further newlines before the next recv().",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say([]byte("one\ntwo\nthree\n"))
				c.Expect([]byte("ONE\nTWO\nTHREE\n"))
			},
		},
		check.Criterion{
			Name: "whole", Needs: []string{"glued"}, Belief: "M21",
			Try:  "Keep what came until there is a newline in it: one recv() need not bring a whole line.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say([]byte("no newline"))
				c.Taken()
				c.Stays()
			},
		},
		check.Criterion{
			Name: "split", Needs: []string{"whole"}, Belief: "M21",
			Try:  "Put what came behind what is there already: a line may come in any pieces.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				lines := []byte("one\ntwo\n")
				for at := 1; at < len(lines); at++ {
					sayCut(c, lines, at)
					c.Expect(bytes.ToUpper(lines))
				}
			},
		},
		check.Criterion{
			Name: "fits", Needs: []string{"split"},
			Try:  "The buffer needs room for 65,536 bytes and the newline.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				line := letters(longestLine)
				c := t.Serve().Dial()
				c.Say(join(line, []byte("\n")))
				c.Expect(join(bytes.ToUpper(line), []byte("\n")))
			},
		},
		check.Criterion{
			Name: "long", Needs: []string{"fits"},
			Try:  "Close the connection when more than 65,536 bytes have come without a newline: else a client takes as much memory as it likes.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				c.Say(letters(70_000))
				c.Over()
				if got := c.Read(); len(got) > 0 {
					t.Fail("%d bytes came in answer to a line that is too long", len(got))
				}
				c.Close()
				sayLine(p.Dial(), "next")
			},
		},
		check.Criterion{
			Name: "short-reads", Needs: []string{"split"}, Belief: "M24",
			Try:  "recv() may bring a single byte. Keep it, and go on.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve(check.ShortIn(1)).Dial()
				for _, n := range []int{3, 200, 100} {
					sayLine(c, string(letters(n)))
				}
			},
		},
		check.Criterion{
			Name: "short-writes", Needs: []string{"again"}, Belief: "M23",
			Try:   "Send in a loop: send() returns how many bytes it took, and the rest has to be sent again from there.",
			Show:  check.Last(check.Is(check.Out)),
			Check: func(t *check.T) { sayLine(t.Serve(check.ShortOut(3)).Dial(), string(letters(500))) },
		},
		check.Criterion{
			Name: "cut", Needs: []string{"split"},
			Try:  "Answer nothing when recv() returns 0: what stands behind the last newline may be half of a line. Functions that read lines (getline(), Scanner, for line in file) take it for one.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				c.Say([]byte("one\nhalf of a li"))
				c.Half()
				c.Expect([]byte("ONE\n"))
				c.EOF()
				c.Close()
				sayLine(p.Dial(), "next")
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"again"}, Belief: "M30",
			Try:   "close() the descriptor accept() returned when its client has ended. shutdown() does not do it.",
			Check: func(t *check.T) { closesAll(t, func(c *check.Conn) { sayLine(c, "hello") }) },
		},
	)
}

// sayLine says a line and expects the answer.
func sayLine(c *check.Conn, line string) {
	c.Say([]byte(line + "\n"))
	c.Expect(append(capital([]byte(line)), '\n'))
}

// capital makes a to z capital, and leaves all other bytes.
func capital(b []byte) []byte {
	out := bytes.Clone(b)
	for i, x := range out {
		if x >= 'a' && x <= 'z' {
			out[i] = x - 'a' + 'A'
		}
	}
	return out
}

// letters are n letters in which a piece that is missing shows.
func letters(n int) []byte {
	b := pattern(n)
	for i := range b {
		b[i] = 'a' + b[i]%26
	}
	return b
}
