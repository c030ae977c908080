package exercise

import (
	"encoding/binary"
	"time"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("time",
		check.Criterion{
			Name: "bound", Belief: "M07",
			Try:   "Make a socket of SOCK_DGRAM, put the port of PORT into the address with htons(), and look at what bind() returns.",
			Check: func(t *check.T) { clock(t) },
		},
		check.Criterion{
			Name: "local", Needs: []string{"bound"}, Belief: "M11",
			Try:  "Bind 127.0.0.1: htonl(INADDR_LOOPBACK). INADDR_ANY is every address of the machine.",
			Show: check.Last(check.Is(check.Bind)),
			Check: func(t *check.T) {
				p := clock(t)
				for _, s := range p.Table() {
					if s.Protocol == "UDP" && int(s.Local.Port()) == p.Port() && !s.Local.Addr().Unmap().IsLoopback() {
						t.Fail("it is bound to %v, so to every address of the machine", s.Local)
					}
				}
			},
		},
		check.Criterion{
			Name: "answers", Needs: []string{"bound"},
			Try:  "Send 4 bytes with sendto() to the address recvfrom() wrote; tell recvfrom() before how much room there is for it.",
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.In))),
			Check: func(t *check.T) {
				s := clock(t).Sender()
				s.Send([]byte("time"))
				got := s.Next()
				if len(got) == 8 {
					t.Blame("M50", "Send a uint32_t: a time_t has eight bytes here.", check.Last(check.Is(check.Out)))
				}
				t.Want(len(got) == 4, "the answer has %d bytes, 4 were expected", len(got))
				s.None()
			},
		},
		check.Criterion{
			Name: "order", Needs: []string{"answers"}, Belief: "M50",
			Try:  "Turn the number into network byte order with htonl() before it is sent.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				got := tick(t, clock(t).Sender())
				if turned := binary.LittleEndian.Uint32(got); near(turned, since1900) || near(turned, 0) {
					t.Fail("the bytes %x are the time with its low byte first", got)
				}
			},
		},
		check.Criterion{
			Name: "clock", Needs: []string{"order"},
			Try:  "Add 2208988800 to what time() returns: it counts from 1970, and the answer from 1900.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				got := binary.BigEndian.Uint32(tick(t, clock(t).Sender()))
				t.Want(near(got, since1900), "the answer is %d, and the seconds since 1900 are %d", got, time.Now().Unix()+since1900)
			},
		},
		check.Criterion{
			Name: "empty", Needs: []string{"answers"}, Belief: "M48",
			Try:  "Answer whatever recvfrom() returns that is not -1: 0 is a datagram without bytes. There is no end of a stream.",
			Show: check.Last(check.Is(check.In), check.Returns(0)),
			Check: func(t *check.T) {
				s := clock(t).Sender()
				s.Send(nil)
				t.Want(len(s.Next()) == 4, "the answer has not 4 bytes")
				tick(t, s)
			},
		},
		check.Criterion{
			Name: "each", Needs: []string{"answers"}, Belief: "M48",
			Try:  "Send each answer with sendto() to where its request came from. A socket that was connected gets datagrams of that one address only.",
			Show: check.OrElse(check.Last(check.Is(check.Connect)), check.Last(check.Is(check.Out))),
			Check: func(t *check.T) {
				p := clock(t)
				clients := []*check.Sender{p.Sender(), p.Sender(), p.Sender()}
				for range 2 {
					for _, s := range clients {
						tick(t, s)
					}
				}
				for _, s := range clients {
					s.None()
				}
			},
		},
		check.Criterion{
			Name: "large", Needs: []string{"answers"},
			Try:  "Give recvfrom() the size of your buffer: what is longer is cut off, and no matter here.",
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				s := clock(t).Sender()
				s.Send(pattern(largest))
				t.Want(len(s.Next()) == 4, "the answer to a datagram of %d bytes has not 4 bytes", largest)
				tick(t, s)
				s.None()
			},
		},
		check.Criterion{
			Name: "gone", Needs: []string{"each"}, Belief: "M47",
			Try:  "Go on when a call fails that was about one client: an error of sendto() may be about an earlier datagram.",
			Show: check.Last(check.FailsWith()),
			Check: func(t *check.T) {
				p := clock(t)
				for range 3 {
					p.HoldAt(check.Out)
					s := p.Sender()
					s.Send([]byte("time"))
					p.Held()
					s.Close()
					p.Release()
				}
				tick(t, p.Sender())
			},
		},
		check.Criterion{
			Name: "interrupted", Needs: []string{"answers"}, Belief: "M42",
			Try:  "Make a call again that returned -1 with EINTR: recvfrom() and sendto() alike.",
			Show: check.Last(check.FailsWith("EINTR")),
			Check: func(t *check.T) {
				p := clock(t, check.Interrupt(4))
				s := p.Sender()
				for range 8 {
					tick(t, s)
				}
			},
		},
	)
}

// largest is how many bytes a datagram of IPv4 can carry: 65535 without the headers.
const largest = 65_507

// since1900 is how many seconds 1900 began before 1970.
const since1900 = 2208988800

// clock runs the program until it is bound to its port.
func clock(t *check.T, options ...check.Option) *check.Program {
	p := t.Start(options...)
	p.Binds()
	return p
}

// tick asks for the time once, and returns the answer's 4 bytes.
func tick(t *check.T, s *check.Sender) []byte {
	s.Send([]byte("time"))
	got := s.Next()
	t.Want(len(got) == 4, "the answer has %d bytes, 4 were expected", len(got))
	return got
}

// near reports whether a number is this machine's time, counted from some seconds
// before 1970.
func near(n uint32, before int64) bool {
	d := int64(n) - (time.Now().Unix() + before)
	return -10 <= d && d <= 10
}
