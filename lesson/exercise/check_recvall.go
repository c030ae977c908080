package exercise

import (
	"slices"
	"strconv"
	"time"

	"sockstep/lesson/exercise/check"
)

// The sizes of the blocks.
const (
	smallBlock = 600
	largeBlock = 1_000_000
	fullBlocks = 16 // of the large ones: more than the buffers of both ends hold
)

// withoutBlocking is the program's second argument.
const withoutBlocking = "nonblocking"

func init() {
	register("recvall",
		check.Criterion{
			Name: "block", Belief: "M24",
			Try:  "recv() brings what is there, at most what it was asked for: go on behind it until the block is complete.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				for _, n := range []int{smallBlock, largeBlock} {
					_, c := blocks(t, n)
					sayCut(c, pattern(n), n/2)
					c.Expect(pattern(n))
				}
			},
		},
		check.Criterion{
			Name: "end", Needs: []string{"block"}, Belief: "M26",
			Try:  "recv() returns 0 at the end of the stream, for ever: end with exit status 0 when it comes in front of a block.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := blocks(t, smallBlock)
				for range 3 {
					c.Echo(pattern(smallBlock))
				}
				c.Half()
				p.Status(0)
			},
		},
		check.Criterion{
			Name: "split", Needs: []string{"block"}, Belief: "M24",
			Try:  "Ask recv() for what is still missing, and have it write behind what is there.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				_, c := blocks(t, smallBlock)
				sayPieces(c)
				c.Expect(append(pattern(smallBlock), pattern(smallBlock)...))
			},
		},
		check.Criterion{
			Name: "short-reads", Needs: []string{"split", "end"}, Belief: "M24",
			Try:   "recv() may bring a single byte. Go on behind it.",
			Show:  check.Last(check.Is(check.In)),
			Check: func(t *check.T) { echoBlocks(t, 1, nil, check.ShortIn(1)) },
		},
		check.Criterion{
			Name: "short-writes", Needs: []string{"end"}, Belief: "M23",
			Try:   "send() returns how many bytes it took: send the rest from there, until all are taken.",
			Show:  check.Last(check.Is(check.Out)),
			Check: func(t *check.T) { echoBlocks(t, 2, nil, check.ShortOut(3)) },
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"end"}, Belief: "M42",
			Try:   "Make a call again that returned -1 with EINTR.",
			Show:  check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) { echoBlocks(t, 10, nil, check.Interrupt(3)) },
		},
		check.Criterion{
			Name: "cut", Needs: []string{"end", "split"}, Belief: "M26",
			Try:  "Compare what recv_all got with the size of the block: fewer is an error, and nothing of it is sent.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p, c := blocks(t, smallBlock)
				c.Say(pattern(smallBlock - 1))
				c.Half()
				p.Status(1)
				c.Quiet()
				p, c = blocks(t, smallBlock)
				c.Say(pattern(10))
				c.Taken()
				c.Reset()
				p.Status(1)
			},
		},
		check.Criterion{
			Name: "nonblocking", Needs: []string{"split"}, Belief: "M43",
			Try:  "EAGAIN says: not now. Wait with poll() until the socket is ready, and make the call again.",
			Show: check.OrElse(check.Last(check.FailsWith("EAGAIN")), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				p, c := blocks(t, smallBlock, withoutBlocking)
				sayPieces(c)
				c.Expect(append(pattern(smallBlock), pattern(smallBlock)...))
				if !p.Nonblocking(c) {
					t.Blame("-", "Set O_NONBLOCK with fcntl(s, F_SETFL, ...) when the second argument is nonblocking.", check.Last(check.Is(check.Connect)))
					t.Fail("the socket is not O_NONBLOCK")
				}
			},
		},
		check.Criterion{
			Name: "full", Needs: []string{"nonblocking", "short-writes"}, Belief: "M43",
			Try:  "send() returns -1 with EAGAIN when the buffers are full. Wait for POLLOUT with poll(), and send the rest.",
			Show: check.OrElse(check.Last(check.Is(check.Out), check.FailsWith()), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				p, c := blocks(t, largeBlock, withoutBlocking)
				all := slices.Repeat(pattern(largeBlock), fullBlocks)
				c.Say(all)
				p.Settle()
				c.Expect(all)
			},
		},
		check.Criterion{
			Name: "waits", Needs: []string{"nonblocking"}, Belief: "M44",
			Try:  "Wait in poll() for POLLIN: a call that is made again and again takes a whole processor.",
			Show: check.Last(check.FailsWith("EAGAIN")),
			Check: func(t *check.T) {
				p, c := blocks(t, smallBlock, withoutBlocking)
				c.Echo(pattern(smallBlock))
				c.Say(pattern(10))
				c.Taken()
				p.Idle(600 * time.Millisecond)
			},
		},
		check.Criterion{
			Name: "all", Needs: []string{"short-reads", "short-writes", "interrupted", "full", "waits"}, Belief: "M24",
			Try:  "Look at all that a call may return, each time: fewer bytes, EINTR, EAGAIN; poll() may return EINTR as well.",
			Show: check.Last(check.FailsWith()),
			Check: func(t *check.T) {
				for _, args := range [][]string{nil, {withoutBlocking}} {
					echoBlocks(t, 2, args, check.ShortIn(7), check.ShortOut(3), check.Interrupt(4))
				}
			},
		},
	)
}

// blocks runs the program for blocks of a size, and takes its connection.
func blocks(t *check.T, size int, args ...string) (*check.Program, *check.Conn) {
	return startBlocks(t, size, args)
}

// startBlocks is blocks with options.
func startBlocks(t *check.T, size int, args []string, options ...check.Option) (*check.Program, *check.Conn) {
	l := t.Listen()
	options = append(options, check.Port(l.Port()), check.Args(strconv.Itoa(size)), check.Args(args...))
	p := t.Start(options...)
	return p, l.Accept(p)
}

// echoBlocks sends small blocks one after the other, and then the end.
func echoBlocks(t *check.T, n int, args []string, options ...check.Option) {
	p, c := startBlocks(t, smallBlock, args, options...)
	for range n {
		c.Echo(pattern(smallBlock))
	}
	c.Half()
	p.Status(0)
}

// sayPieces says two blocks in pieces that begin and end within them.
func sayPieces(c *check.Conn) {
	both := append(pattern(smallBlock), pattern(smallBlock)...)
	from := 0
	for _, to := range []int{1, 2, 300, smallBlock + 1, smallBlock + 300, len(both)} {
		c.Say(both[from:to])
		c.Taken()
		from = to
	}
}
