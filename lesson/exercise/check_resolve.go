package exercise

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

// nameUnknown is what the client says by its exit status where there is no such name.
const nameUnknown = 2

// The names the client is given, as /etc/hosts has them.
const (
	twoFamilies = "both.test"
	threeHosts  = "three.test"
	noHost      = "nowhere.invalid"

	hostsFile = `127.0.0.1 localhost
::1 both.test
127.0.0.1 both.test
127.0.0.2 three.test
127.0.0.3 three.test
127.0.0.4 three.test
`
)

// threeAddresses are those of the name three.test.
var threeAddresses = []string{"127.0.0.2", "127.0.0.3", "127.0.0.4"}

func init() {
	register("resolve",
		check.Criterion{
			Name: "connects",
			Try:  "Have getaddrinfo() make an address of the two arguments, connect to it, and print what every recv() brings until it returns 0.",
			Show: check.OrElse(check.Last(check.Is(check.In)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				greeted(t, t.Listen(), "127.0.0.1").Status(0)
			},
		},
		check.Criterion{
			Name: "fresh", Needs: []string{"connects"},
			Try:  "A socket whose connect() has failed is used up: close it, and make a new one for the next address, of that address's family.",
			Show: check.Last(check.Is(check.Connect)),
			Check: func(t *check.T) {
				p := visitName(t, threeHosts, t.Refused())
				p.Settle()
				if again := reused(p); again != nil {
					t.FailAt(again, "connect() was called again on a descriptor for which it had failed")
				}
			},
		},
		check.Criterion{
			Name: "second", Needs: []string{"fresh"}, Belief: "M49",
			Try:  "Go through the list by ai_next until a connect() succeeds: the first address is one of several.",
			Show: check.Last(connecting),
			Check: func(t *check.T) {
				needsSix(t)
				helloFrom(t, "127.0.0.1:0", twoFamilies)
			},
		},
		check.Criterion{
			Name: "six", Needs: []string{"second"}, Belief: "M49",
			Try:  "Ask for AF_UNSPEC, and open each socket with the ai_family of its address.",
			Show: check.Last(connecting),
			Check: func(t *check.T) {
				needsSix(t)
				helloFrom(t, "[::1]:0", twoFamilies)
			},
		},
		check.Criterion{
			Name: "every", Needs: []string{"second"},
			Try:  "Go through the whole list, until ai_next is NULL.",
			Show: check.Last(connecting),
			Check: func(t *check.T) {
				for _, address := range threeAddresses {
					helloFrom(t, address+":0", threeHosts)
				}
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"every"},
			Try:  "close() the socket when its connect() has failed, before the next one is made.",
			Show: check.First(connecting),
			Check: func(t *check.T) {
				l := t.Listen()
				p := visitName(t, "127.0.0.1", l.Port())
				c := l.Accept(p)
				p.Settle()
				alone := p.Sockets()
				c.Close()
				l = t.ListenAt("tcp", threeAddresses[2]+":0")
				p = visitName(t, threeHosts, l.Port())
				l.Accept(p)
				p.Holds(alone)
			},
		},
		check.Criterion{
			Name: "refused", Needs: []string{"every"}, Belief: "M20",
			Try:  "End with exit status 3 behind the loop, when no address is left.",
			Show: check.Last(connecting),
			Check: func(t *check.T) {
				p := visitName(t, threeHosts, t.Refused())
				p.Status(wasRefused)
				tried := attempts(p)
				for _, address := range threeAddresses {
					if !tried[netip.MustParseAddr(address)] {
						t.Fail("of the name's %d addresses, %s was not tried", len(threeAddresses), address)
					}
				}
			},
		},
		check.Criterion{
			Name: "unknown", Needs: []string{"connects"}, Belief: "M62",
			Try:   "getaddrinfo() returns 0 or the reason: end with exit status 2 where it is not 0.",
			Check: func(t *check.T) { visitNobody(t).Status(nameUnknown) },
		},
		check.Criterion{
			Name: "reason", Needs: []string{"unknown"}, Belief: "M62",
			Try: "Print gai_strerror() of what getaddrinfo() returned, to standard error. perror() speaks of errno, which it does not set.",
			Check: func(t *check.T) {
				p := visitNobody(t)
				p.Exit()
				said := p.Stderr()
				if strings.TrimSpace(said) == "" {
					t.Blame("-", "", nil)
					t.Fail("nothing was printed on standard error")
				}
				for _, text := range errnoTexts {
					if strings.Contains(said, text) {
						t.Fail("it printed %q, which is a text of errno: the reason is the number that getaddrinfo() returned", text)
					}
				}
			},
		},
	)
}

// errnoTexts are what perror() says behind a getaddrinfo() that has failed, by what the C
// library has done meanwhile: nothing, looked for a file, waited for an answer.
var errnoTexts = []string{"Success", "No error information", "No such file or directory", "Resource temporarily unavailable"}

// visitName runs the client with a name of the check's and a port.
func visitName(t *check.T, name string, port int) *check.Program {
	t.Names(hostsFile)
	return visit(t, name, port)
}

// visitNobody runs the client with a name that does not exist. Where the machine's own resolver
// is asked, that may take a while.
func visitNobody(t *check.T) *check.Program {
	quick := t.OwnNames(hostsFile)
	p := visit(t, noHost, t.Refused())
	if !quick {
		t.Sleep(25 * time.Second)
	}
	return p
}

// greeted runs the client with a name, and sends it five bytes and the end.
func greeted(t *check.T, l *check.Listener, name string) *check.Program {
	p := visit(t, name, l.Port())
	t.OnFail(func() { blameDatagrams(t, p) })
	c := l.Accept(p)
	c.Say([]byte("hello"))
	c.Half()
	p.Printed([]byte("hello"))
	return p
}

// helloFrom expects that the client comes to a server at one of a name's addresses.
func helloFrom(t *check.T, address, name string) {
	t.Names(hostsFile)
	l := t.ListenAt("tcp", address)
	greeted(t, l, name)
	l.Close()
}

// needsSix leaves the criterion undecided where there is no IPv6.
func needsSix(t *check.T) {
	if !check.HasIPv6() {
		t.Unseen("this machine has no IPv6")
	}
}

// connecting matches a connect() to an address of IP that is an attempt to connect, as far as
// the call alone tells: one that a datagram socket makes cannot fail so.
func connecting(c *netcore.Call) bool {
	_, ok := check.AddressOf(c)
	return ok && check.Is(check.Connect)(c) && (c.Failed() || !c.Returned())
}

// walk shows the calls on sockets that were opened with SOCK_STREAM, or on the others.
func walk(p *check.Program, stream bool, see func(*netcore.Call)) {
	const flags = 0o2004000 // SOCK_CLOEXEC and SOCK_NONBLOCK
	want, _ := netcore.Constant("SOCK_STREAM")
	is := map[int]bool{}
	for _, c := range slices.Concat(p.Calls(), p.Waiting()) {
		fd := check.Descriptor(c)
		if c.Name == "socket" {
			is[fd] = (check.Argument(c, 1)&^flags == want) == stream
		}
		if is[fd] {
			see(c)
		}
	}
}

// attempts are the addresses to which the client has tried to connect with TCP.
func attempts(p *check.Program) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	walk(p, true, func(c *netcore.Call) {
		if to, ok := check.AddressOf(c); ok && check.Is(check.Connect)(c) {
			out[to.Addr()] = true
		}
	})
	return out
}

// blameDatagrams looks whether the client has taken a datagram socket for a connection.
// Those of the C library's own only connect, to learn the way to an address.
func blameDatagrams(t *check.T, p *check.Program) {
	connected := map[int]*netcore.Call{}
	walk(p, false, func(c *netcore.Call) {
		fd := check.Descriptor(c)
		_, address := check.AddressOf(c)
		switch {
		case c.Name == "socket":
			delete(connected, fd)
		case check.Is(check.Connect)(c) && check.Succeeds(c) && address:
			connected[fd] = c
		case check.Is(check.In)(c) && connected[fd] != nil:
			shown := connected[fd]
			t.Blame("M48", "Set ai_socktype of the hints to SOCK_STREAM: with 0 every address comes once for each type, and a datagram socket connects to anybody.",
				func([]*netcore.Call) *netcore.Call { return shown })
		}
	})
}
