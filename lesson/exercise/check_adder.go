package exercise

import (
	"encoding/binary"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("adder",
		listens, local, reuse,
		check.Criterion{
			Name: "sums", Needs: []string{"listens"}, Belief: "M50",
			Try:  "Turn the count with ntohs(), each number with ntohl(), and the sum with htobe64() before it is sent.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				c.Say(addition(1, 2))
				c.Expect(total(1, 2))
				c.Quiet()
				c.Close()
				c = p.Dial()
				c.Say(addition(0x01020304, 0x10203040))
				c.Expect(total(0x01020304, 0x10203040))
			},
		},
		check.Criterion{
			Name: "wide", Needs: []string{"sums"},
			Try:  "Add in a uint64_t, and send all 8 bytes of it.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				const most = 0xffffffff
				c := t.Serve().Dial()
				c.Say(addition(most, most, most))
				c.Expect(total(most, most, most))
			},
		},
		check.Criterion{
			Name: "none", Needs: []string{"sums"},
			Try: "A count of 0 has no numbers behind it: receive none, and answer 0.",
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say(addition())
				c.Expect(total())
			},
		},
		check.Criterion{
			Name: "again", Needs: []string{"sums"},
			Try: "Go on with the next request on the same connection. recv() returns 0 where the next one would begin when the client has ended.",
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				for i := range uint32(3) {
					c.Say(addition(i, 1))
					c.Expect(total(i, 1))
				}
				c.Half()
				c.EOF()
			},
		},
		check.Criterion{
			Name: "glued", Needs: []string{"again"}, Belief: "M21",
			Try:  "Receive no more than the request has, or keep what comes behind it for the next.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Say(join(addition(1, 2), addition(3), addition(4, 5, 6)))
				c.Expect(join(total(1, 2), total(3), total(4, 5, 6)))
			},
		},
		check.Criterion{
			Name: "most", Needs: []string{"glued"}, Belief: "M24",
			Try:  "Receive in a loop until all numbers are there: one recv() brings what has come. Keep the count unsigned.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				numbers := make([]uint32, 65_535)
				for i := range numbers {
					numbers[i] = uint32(i)
				}
				c := t.Serve().Dial()
				c.Say(addition(numbers...))
				c.Taken()
				c.Expect(total(numbers...))
			},
		},
		check.Criterion{
			Name: "split", Needs: []string{"glued"}, Belief: "M24",
			Try:  "Receive the count in a loop as well: recv() may bring one of its two bytes.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				p := t.Serve()
				c := p.Dial()
				request := addition(0x01020304, 0x05060708)
				for at := 1; at < len(request); at++ {
					sayCut(c, request, at)
					c.Expect(total(0x01020304, 0x05060708))
				}
			},
		},
		check.Criterion{
			Name: "short-reads", Needs: []string{"split"}, Belief: "M24",
			Try:  "recv() may bring a single byte. Receive in a loop.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				c := t.Serve(check.ShortIn(1)).Dial()
				for range 10 {
					c.Say(addition(1, 2, 3, 1<<31))
					c.Expect(total(1, 2, 3, 1<<31))
				}
			},
		},
		check.Criterion{
			Name: "short-writes", Needs: []string{"again"}, Belief: "M23",
			Try:  "Send in a loop: send() returns how many bytes it took, and the rest has to be sent again from there.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				c := t.Serve(check.ShortOut(3)).Dial()
				for range 3 {
					c.Say(addition(0x01020304, 0x10203040))
					c.Expect(total(0x01020304, 0x10203040))
				}
			},
		},
		check.Criterion{
			Name: "cut", Needs: []string{"split"}, Belief: "M26",
			Try: "When recv() returns 0 before all of a request is there, close the connection without an answer.",
			Check: func(t *check.T) {
				p := t.Serve()
				request := addition(1, 2)
				for _, n := range []int{1, 2, 7} {
					c := p.Dial()
					c.Say(request[:n])
					c.Half()
					c.EOF()
					c.Close()
				}
				c := p.Dial()
				c.Say(request)
				c.Expect(total(1, 2))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"again"}, Belief: "M30",
			Try: "close() the descriptor accept() returned when its client has ended. shutdown() does not do it.",
			Check: func(t *check.T) {
				closesAll(t, func(c *check.Conn) {
					c.Say(addition(1, 2))
					c.Expect(total(1, 2))
				})
			},
		},
	)
}

// addition is a request of the adder.
func addition(numbers ...uint32) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(numbers)))
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// total is the answer to it.
func total(numbers ...uint32) []byte {
	var s uint64
	for _, n := range numbers {
		s += uint64(n)
	}
	return binary.BigEndian.AppendUint64(nil, s)
}
