package exercise

import (
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("sockets",
		check.Criterion{
			Name:  "opens",
			Try:   "Call socket() three times: (AF_INET, SOCK_STREAM, 0), (AF_INET6, SOCK_DGRAM, 0), (AF_UNIX, SOCK_STREAM, 0).",
			Show:  check.OrElse(check.Last(check.Is(check.Socket), check.FailsWith()), check.Last(check.Is(check.Socket))),
			Check: func(t *check.T) { threeSockets(t) },
		},
		check.Criterion{
			Name: "asks", Needs: []string{"opens"},
			Try:   "Call getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &len) on the descriptor of each.",
			Show:  check.Last(check.Is(check.GetOption)),
			Check: func(t *check.T) { answers(t) },
		},
		check.Criterion{
			Name: "prints", Needs: []string{"asks"}, Belief: "M04",
			Try: "Print what getsockopt() wrote into the variable, as a number, and a newline. The descriptor is another number.",
			Check: func(t *check.T) {
				p, told := answers(t)
				want := strings.Join(told, "\n") + "\n"
				p.Prints(func(text string) bool { return text == want })
				if got := p.Stdout(); got != want {
					t.Fail("the kernel told the types %s, and the program printed %q", strings.Join(told, ", "), got)
				}
			},
		},
		check.Criterion{
			Name: "together", Needs: []string{"opens"},
			Try: "Open all three before the first close().",
			Check: func(t *check.T) {
				p, sockets := threeSockets(t)
				for _, s := range sockets[:2] {
					for _, c := range p.Before(sockets[2], check.Is(check.Close), check.On(check.Returned(s)), check.Succeeds) {
						if c.Enter > s.Enter {
							t.FailAt(c, "descriptor %d was closed before the third socket was opened", check.Returned(s))
						}
					}
				}
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"asks", "together"}, Belief: "M30",
			Try:   "close() each descriptor once.",
			Check: checkThreeClosed,
		},
		check.Criterion{
			Name: "ends", Needs: []string{"asks"},
			Try:   "Return 0 from main().",
			Check: func(t *check.T) { t.Start().Status(0) },
		},
	)
}

// kind is what a socket is opened as.
type kind struct{ family, form string }

var threeKinds = []kind{{"AF_INET", "SOCK_STREAM"}, {"AF_INET6", "SOCK_DGRAM"}, {"AF_UNIX", "SOCK_STREAM"}}

// opens matches the call of socket that opens such a socket.
func (k kind) opens(c *netcore.Call) bool {
	const flags = 0o2004000 // SOCK_CLOEXEC and SOCK_NONBLOCK
	family, _ := netcore.Constant(k.family)
	form, _ := netcore.Constant(k.form)
	return c.Name == "socket" && check.Argument(c, 0) == family && check.Argument(c, 1)&^flags == form
}

// threeSockets runs the program to its end and finds the calls that opened the three.
func threeSockets(t *check.T) (*check.Program, []*netcore.Call) {
	p := t.Start()
	p.Exit()
	var out []*netcore.Call
	for _, k := range threeKinds {
		c := p.First(k.opens, check.Succeeds)
		if c == nil {
			k.missing(t, p)
		}
		out = append(out, c)
	}
	return p, out
}

// missing says that a socket was not opened.
func (k kind) missing(t *check.T, p *check.Program) {
	failed := p.First(k.opens, check.FailsWith())
	if failed != nil && k.family == "AF_INET6" && !check.HasIPv6() {
		t.Unseen("this machine has no IPv6: socket() fails with %s", failed.Errno.Name())
	}
	if failed != nil {
		t.FailAt(failed, "the socket of %s and %s could not be opened: %s", k.family, k.form, failed.Errno.Name())
	}
	t.Fail("no socket of %s and %s was opened", k.family, k.form)
}

// answers are the types the kernel told of each of the three.
func answers(t *check.T) (p *check.Program, told []string) {
	p, sockets := threeSockets(t)
	if p.First(check.Is(check.GetOption), check.FailsWith("ENOTSOCK")) != nil {
		t.Blame("M03", "Write if ((s = socket(...)) < 0), with brackets around the assignment: without them the comparison comes first, and s is 0.", check.Last(check.Is(check.GetOption), check.FailsWith("ENOTSOCK")))
	}
	for i, s := range sockets {
		asked := p.After(s, check.On(check.Returned(s)), check.Is(check.GetOption), check.Gets("SOL_SOCKET", "SO_TYPE"), check.Succeeds)
		if len(asked) == 0 {
			t.Fail("the socket of %s, descriptor %d, was not asked for SO_TYPE", threeKinds[i].family, check.Returned(s))
		}
		n, _ := check.Option32(asked[0])
		told = append(told, strconv.Itoa(n))
	}
	return p, told
}

// checkThreeClosed looks for one close of each.
func checkThreeClosed(t *check.T) {
	p, sockets := threeSockets(t)
	for i, s := range sockets {
		closed := p.After(s, check.Is(check.Close), check.On(check.Returned(s)))
		if len(closed) == 0 {
			t.FailAt(s, "the socket of %s, descriptor %d, was never closed", threeKinds[i].family, check.Returned(s))
		}
		if len(closed) > 1 {
			t.Blame("-", "close() a descriptor once: its number may belong to another by the second time.", nil)
			t.FailAt(closed[1], "descriptor %d was closed %d times", check.Returned(s), len(closed))
		}
	}
}
