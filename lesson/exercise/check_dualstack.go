package exercise

import (
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("dualstack",
		listens, reuse,
		check.Criterion{
			Name: "six", Needs: []string{"listens"}, Belief: "M49",
			Try:  "Listen with a socket of AF_INET6: one of AF_INET is not reached by clients that connect to ::1.",
			Show: check.Last(check.Is(check.Bind)),
			Check: func(t *check.T) {
				both(t).six().Echo([]byte("hello"))
			},
		},
		check.Criterion{
			Name: "four", Needs: []string{"listens"},
			Try:  "Set IPV6_V6ONLY to 0 before bind(), or listen with a second socket, of AF_INET.",
			Show: check.OrElse(check.Last(check.Names("IPPROTO_IPV6", "IPV6_V6ONLY")), check.Last(check.Is(check.Bind))),
			Check: func(t *check.T) {
				s := both(t)
				t.OnFail(func() {
					for _, at := range s.Listeners() {
						if a := at.Local.Addr(); a.Is6() && a.IsLoopback() {
							t.Blame("M10", "Bind in6addr_any, which is every address: ::1 is reached by clients of IPv6 alone.", check.Last(check.Is(check.Bind)))
						}
					}
				})
				s.Dial().Echo([]byte("hello"))
			},
		},
		check.Criterion{
			Name: "sets", Needs: []string{"six", "four"}, Belief: "M55",
			Try:   "Set IPV6_V6ONLY between socket() and bind(), to what you need: what it is by itself depends on the system.",
			Show:  check.Last(check.Is(check.Bind)),
			Check: setsOnly,
		},
		check.Criterion{
			Name: "prints", Needs: []string{"six", "four"},
			Try:  "Give accept() room for an address of either family, a struct sockaddr_storage and its size, and print it at once (fflush).",
			Show: check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) {
				s := both(t)
				tells(t, s.Program, s.six(), "::1")
				tells(t, s.Program, s.Dial(), "127.0.0.1")
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"six", "four"}, Belief: "M30",
			Try: "close() the descriptor accept() returned when its client has ended. shutdown() does not do it.",
			Check: func(t *check.T) {
				s := both(t)
				before := s.Sockets()
				for range 3 {
					for _, dial := range []func() *check.Conn{s.six, s.Dial} {
						c := dial()
						c.Echo([]byte("hello"))
						c.Close()
					}
				}
				s.Holds(before)
			},
		},
	)
}

// dual is a server of both families.
type dual struct {
	*check.Program
	t *check.T
}

// both runs the program and waits until it has done what it does by itself: it may have
// two sockets that listen. Where there is no IPv6 nothing can be said.
func both(t *check.T) dual {
	t.ListenAt("tcp6", "[::1]:0").Close()
	p := t.Serve()
	p.Settle()
	return dual{p, t}
}

// six connects to ::1.
func (d dual) six() *check.Conn {
	return d.DialAt("tcp6", "[::1]:"+strconv.Itoa(d.Port()))
}

// tells expects a line with a client's address and port.
func tells(t *check.T, p *check.Program, c *check.Conn, address string) {
	port := strconv.Itoa(c.Port())
	c.Echo([]byte("hello"))
	ok := p.Prints(func(said string) bool {
		for line := range strings.Lines(said) {
			if strings.Contains(line, address) && strings.Contains(line, port) {
				return true
			}
		}
		return false
	})
	c.Close()
	if !ok {
		t.Fail("no line was printed that holds %s and %s", address, port)
	}
}

// setsOnly looks for IPV6_V6ONLY on every socket of IPv6 that was bound to the port.
func setsOnly(t *check.T) {
	p := both(t)
	option := check.Names("IPPROTO_IPV6", "IPV6_V6ONLY")
	for _, bind := range p.Calls(check.Is(check.Bind), check.Succeeds, check.Six) {
		if a, ok := check.AddressOf(bind); !ok || int(a.Port()) != p.Port() {
			continue
		}
		on := check.On(check.Descriptor(bind))
		if len(p.Before(bind, on, option, check.Succeeds)) > 0 {
			continue
		}
		if late := p.After(bind, on, option); len(late) > 0 {
			t.FailAt(late[0], "IPV6_V6ONLY was set after bind()")
		}
		t.FailAt(bind, "bind() was called on a socket of AF_INET6 on which IPV6_V6ONLY was not set")
	}
}
