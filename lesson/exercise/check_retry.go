package exercise

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("retry",
		check.Criterion{
			Name: "asks",
			Try:  "Send one datagram to port PORT of 127.0.0.1: the number, 4 bytes with the high one first, and the characters of the word.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				asking(t, "hello").request(1)
			},
		},
		check.Criterion{
			Name: "prints", Needs: []string{"asks"},
			Try:  "Print what stands behind the number of each answer, and a newline; end with exit status 0 when all answers are there.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				q := asking(t, "one", "two", "three")
				for n := 1; n <= 3; n++ {
					q.answer(q.request(n), n)
				}
				q.ends(3)
			},
		},
		check.Criterion{
			Name: "whole", Needs: []string{"prints"}, Belief: "M58",
			Try:  "Give recv() room for 4 bytes and 1,000 more: what does not fit is thrown away. Print as many bytes as came, whatever they are.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				q := asking(t, "all")
				text := join(everyByte(), pattern(longest))[:longest]
				q.r.Send(q.request(1).From, numbered(1, text))
				q.p.Printed(join(text, []byte("\n")))
			},
		},
		check.Criterion{
			Name: "again", Needs: []string{"prints"}, Belief: "M47",
			Try:  "Wait 100 ms for the answer, with poll() or SO_RCVTIMEO, and send the same datagram again where none came: nobody else does it.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				t.OnFail(q.blameTimeout)
				for n := 1; n <= 2; n++ {
					for range 2 {
						q.request(n)
					}
					q.answer(q.request(n), n)
				}
				q.ends(2)
			},
		},
		check.Criterion{
			Name: "twice", Needs: []string{"again"},
			Try:  "Compare the number of what comes with that of the request, and pass over the others: an answer may come twice.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two", "three")
				for n := 1; n <= 3; n++ {
					d := q.request(n)
					q.answer(d, n)
					q.answer(d, n)
				}
				q.ends(3)
			},
		},
		check.Criterion{
			Name: "stranger", Needs: []string{"prints"}, Belief: "M48",
			Try:  "Connect the socket to the server: it then takes what comes from there alone. With recvfrom() compare the address that it writes.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				stranger := t.Receive()
				for n := 1; n <= 2; n++ {
					d := q.request(n)
					stranger.Send(d.From, numbered(n, []byte("of a stranger")))
					q.answer(d, n)
				}
				q.ends(2)
			},
		},
		check.Criterion{
			Name: "short", Needs: []string{"again"}, Belief: "M48",
			Try:  "Pass over what is shorter than 4 bytes. A datagram without a byte is no end: recv() returns 0 for it, and the next one comes.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				for n := 1; n <= 2; n++ {
					d := q.request(n)
					q.r.Send(d.From, nil)
					q.r.Send(d.From, numbered(n, nil)[:3])
					q.answer(d, n)
				}
				q.ends(2)
			},
		},
		check.Criterion{
			Name: "gives-up", Needs: []string{"again"}, Belief: "M47",
			Try:  "Send a request 10 times and wait 100 ms each time, then end with exit status 4.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				for range mostSent {
					q.request(1)
				}
				if sent := q.p.Sent(mostSent + 1); len(sent) > mostSent {
					t.Fail("the request was sent an 11th time, 10 were expected")
				}
				q.givesUp(mostSent)
			},
		},
		check.Criterion{
			Name: "late", Needs: []string{"twice", "gives-up"},
			Try:  "Go on waiting for the rest of the 100 ms when something else has come than the answer. Sending again for each late answer brings more of them.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				q.answer(q.request(1), 1)
				for range mostSent {
					d := q.request(2)
					for range 3 {
						q.r.Send(d.From, q.late())
					}
				}
				q.givesUp(1 + mostSent)
				q.p.Printed(q.line(1))
			},
		},
		check.Criterion{
			Name: "clock", Needs: []string{"late"},
			Try:  "Note when the 100 ms are over, and wait each time for what is left of them: a datagram that is no answer does not make them begin again.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				q := asking(t, "one", "two")
				q.answer(q.request(1), 1)
				d := q.request(2)
				for begun := time.Now(); q.p.Runs(); t.Sleep(5 * time.Millisecond) {
					if time.Since(begun) > 8*time.Second {
						t.Fail("while late answers came all the time, the client did not give up within 8 s")
					}
					q.r.Send(d.From, q.late())
				}
				q.givesUp(1 + mostSent)
			},
		},
		check.Criterion{
			Name: "refused", Needs: []string{"gives-up"}, Belief: "M47",
			Try:  "Take ECONNREFUSED, of recv() or send(), for one more datagram that was lost: wait for the rest of the 100 ms, and send again.",
			Show: check.OrElse(check.Last(check.FailsWith("ECONNREFUSED")), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				p := t.Start(check.Args("hello"))
				p.Status(timedOut)
				if took := between(p.Calls(check.Is(check.Out))); took < atLeast {
					t.Fail("at a port that nobody has it sent the request for %v, and gave up", took.Round(time.Microsecond))
				}
			},
		},
		check.Criterion{
			Name: "starts", Needs: []string{"refused"}, Belief: "M47",
			Try:  "Go on after ECONNREFUSED with the same socket: it is about what was sent before, and told once.",
			Show: check.OrElse(check.Last(check.FailsWith("ECONNREFUSED")), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				q := &questions{t: t, words: []string{"hello"}}
				q.p = t.Start(check.Args(q.words...), check.Port(t.FreshPort()))
				q.p.Sent(1)
				q.p.HoldAt(check.Out)
				q.p.Held()
				q.r = t.ReceiveAt(q.p.Port())
				q.p.Release()
				q.answer(q.request(1), 1)
				q.ends(1)
			},
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"again"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: send(), recv() and poll() alike.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				for _, k := range []int{4, 5} { // so that each call has its turn
					q := askingWith(t, []check.Option{check.Interrupt(k)}, "one", "two", "three", "four", "five", "six")
					for n := 1; n <= len(q.words); n++ {
						q.answer(q.request(n), n)
					}
					q.ends(len(q.words))
				}
			},
		},
	)
}

// What the task fixes.
const (
	mostSent = 10   // how often a request is sent
	longest  = 1000 // bytes of an answer's text

	// How long it takes to send them all; with 100 ms between them it is 900.
	atLeast = 500 * time.Millisecond
)

// questions is a run of the program and the server it asks.
type questions struct {
	t     *check.T
	p     *check.Program
	r     *check.Receiver
	words []string
}

// asking runs the program with words to ask for.
func asking(t *check.T, words ...string) *questions { return askingWith(t, nil, words...) }

func askingWith(t *check.T, options []check.Option, words ...string) *questions {
	r := t.Receive()
	p := t.Start(append(options, check.Args(words...), check.Port(r.Port()))...)
	return &questions{t, p, r, words}
}

// request waits for the n-th request, from 1. Those before it may come once more: their
// answers were on the way.
func (q *questions) request(n int) check.Datagram {
	for {
		d := q.r.Next(q.p)
		if !q.earlier(d, n) {
			q.must(d, n)
			return d
		}
	}
}

func (q *questions) earlier(d check.Datagram, n int) bool {
	for i := 1; i < n; i++ {
		if bytes.Equal(d.Data, numbered(i, []byte(q.words[i-1]))) {
			return true
		}
	}
	return false
}

// must ends the criterion unless a datagram is the n-th request.
func (q *questions) must(d check.Datagram, n int) {
	word := q.words[n-1]
	if bytes.Equal(d.Data, numbered(n, []byte(word))) {
		return
	}
	t := q.t
	if len(d.Data) < 4 {
		t.Fail("a datagram of %d bytes came, and a number of 4 bytes was expected", len(d.Data))
	}
	got, text := binary.BigEndian.Uint32(d.Data), string(d.Data[4:])
	switch {
	case int(binary.LittleEndian.Uint32(d.Data)) == n:
		t.Blame("M50", "Turn the number into network byte order with htonl() before it is sent.", check.Last(check.Is(check.Out)))
		t.Fail("the bytes %x are the number %d with its low byte first", d.Data[:4], n)
	case int(got) != n && text == word:
		t.Blame("-", "Keep the number of a request when it is sent again: it says that it is the same one.", check.Last(check.Is(check.Out)))
		t.Fail("the word %q came with the number %d, which was %d before", word, got, n)
	case int(got) != n:
		t.Fail("a request with the number %d came, %d was expected", got, n)
	case text == word+"\x00":
		t.Blame("M25", "Send as many bytes as the word has, strlen(): the zero that ends it in C is not one of them.", check.Last(check.Is(check.Out)))
	}
	t.Fail("the text behind the number is %q, %q was expected", text, word)
}

// answer answers the n-th request.
func (q *questions) answer(d check.Datagram, n int) { q.r.Send(d.From, numbered(n, q.text(n))) }

// text is the answer to the n-th request.
func (q *questions) text(n int) []byte { return []byte("the answer to " + q.words[n-1]) }

// late is an answer to the first request that nobody waits for any more.
func (q *questions) late() []byte { return numbered(1, []byte("late")) }

// line is what is printed of the n-th answer.
func (q *questions) line(n int) []byte { return append(q.text(n), '\n') }

// ends expects that the program has printed the first n answers, each once, and ends.
func (q *questions) ends(n int) {
	var want []byte
	for i := 1; i <= n; i++ {
		want = append(want, q.line(i)...)
	}
	q.p.Printed(want)
	q.p.Status(0)
	q.p.Printed(want)
}

// givesUp expects that the program ends because no answer came, that it had sent so many
// times by then, and took its time for the last tries. Requests before those may have been
// sent once more.
func (q *questions) givesUp(sent int) {
	q.p.Status(timedOut)
	calls := q.p.Sent(sent)
	if len(calls) < sent {
		q.t.Fail("it sent %s, %d were expected", times(len(calls)), sent)
	}
	if took := between(calls[len(calls)-mostSent:]); took < atLeast {
		q.t.Fail("it sent the request %d times in %v, and gave up", mostSent, took.Round(time.Microsecond))
	}
}

// between is the time from the first to the last of some calls.
func between(calls []*netcore.Call) time.Duration {
	if len(calls) == 0 {
		return 0
	}
	return time.Duration(calls[len(calls)-1].Enter - calls[0].Enter)
}

// blameTimeout looks for a timeout of SO_RCVTIMEO that was not taken for one.
func (q *questions) blameTimeout() {
	if !q.p.Runs() && q.p.First(check.Is(check.In), check.FailsWith("EAGAIN")) != nil {
		q.t.Blame("M64", "Look for EAGAIN: that is what recv() fails with when the time of SO_RCVTIMEO is over.", check.Last(check.Is(check.In), check.FailsWith("EAGAIN")))
	}
}

func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// numbered is a request or an answer: a number, high byte first, and a text.
func numbered(n int, text []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(n)), text...)
}
