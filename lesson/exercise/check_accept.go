package exercise

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("accept",
		listens, local, reuse,
		check.Criterion{
			Name: "prints", Needs: []string{"listens"},
			Try:   "Print the address that accept() wrote, or that of getpeername(): inet_ntop() for the address, ntohs() for the port, and a newline.",
			Show:  check.Last(check.Is(check.Accept, check.AskName)),
			Check: checkPeerPrinted,
		},
		check.Criterion{
			Name: "five", Needs: []string{"prints"},
			Try:   "Go round: accept() the next client on the listening socket, print, close.",
			Show:  check.Last(check.Is(check.Accept)),
			Check: checkFivePrinted,
		},
		check.Criterion{
			Name: "end", Needs: []string{"five"}, Belief: "M30",
			Try: "close() the descriptor accept() returned, and send nothing.",
			Check: func(t *check.T) {
				p := t.Serve()
				for range 2 {
					p.Dial().EOF()
				}
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"end"}, Belief: "M30",
			Try: "close() the descriptor accept() returned. shutdown() does not do it.",
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				for range 5 {
					c := p.Dial()
					c.Over()
					c.Close()
				}
				p.Holds(before)
			},
		},
	)
}

// checkPeerPrinted has one client connect and looks for its address.
func checkPeerPrinted(t *check.T) {
	p := t.Serve()
	c := p.Dial()
	want := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(c.Port()))
	if p.Prints(func(text string) bool { return slices.Contains(addresses(text), want) }) {
		return
	}
	swapped := netip.AddrPortFrom(want.Addr(), want.Port()>>8|want.Port()<<8)
	all := addresses(p.Stdout())
	took := p.Last(check.Is(check.Accept))
	switch length, given := givenLength(took); {
	case given && length < 8: // where the address stands in struct sockaddr_in
		t.Blame("-", "Put the size of the structure into the length before each accept(): it says how much room there is.", check.Last(check.Is(check.Accept)))
		t.Fail("%s() was given a length of %d, so the address of the client, %v, was cut off", took.Name, length, want)
	case slices.Contains(all, swapped):
		t.Blame("M07", "Turn the port round with ntohs() before it is printed: in the structure it is in network byte order.", nil)
		t.Fail("the client came from %v, and %v was printed: the two bytes of the port the other way round", want, swapped)
	case slices.ContainsFunc(all, func(a netip.AddrPort) bool { return int(a.Port()) == p.Port() }):
		t.Blame("M05", "Print the other end: the address accept() wrote, or that of getpeername(). getsockname() tells this end.", nil)
		t.Fail("the client came from %v, and the server's own port %d was printed", want, p.Port())
	case len(all) > 0:
		t.Fail("the client came from %v, and %v was printed", want, all[len(all)-1])
	}
	t.Fail("the client came from %v, and no address was printed", want)
}

func givenLength(took *netcore.Call) (int, bool) {
	if took == nil {
		return 0, false
	}
	return check.Gives(took)
}

// checkFivePrinted has five clients connect, one behind the other, and compares the
// order.
func checkFivePrinted(t *check.T) {
	p := t.Serve()
	t.OnFail(func() {
		if p.Last(check.Is(check.Accept), check.FailsWith("EINVAL", "EBADF")) != nil {
			t.Blame("M18", "Keep the listening socket's descriptor: accept() is called on it every time, and what it returns goes into another variable.", check.Last(check.Is(check.Accept), check.FailsWith("EINVAL", "EBADF")))
		}
	})
	var want []netip.AddrPort
	for range 5 {
		c := p.Dial()
		want = append(want, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(c.Port())))
	}
	clients := func() []netip.AddrPort {
		return slices.DeleteFunc(addresses(p.Stdout()), func(a netip.AddrPort) bool { return !slices.Contains(want, a) })
	}
	p.Prints(func(string) bool { return len(clients()) >= len(want) })
	switch got := clients(); {
	case len(got) < len(want) && !p.Runs():
		t.Fail("five clients connected, and the program ended when it had printed %d", len(got))
	case len(got) != len(want):
		t.Fail("five clients connected, and the addresses of clients were printed %d times", len(got))
	case !slices.Equal(got, want):
		t.Fail("they connected in the order %v, and were printed in the order %v", want, got)
	}
}

var addressForm = regexp.MustCompile(`[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+:[0-9]+`)

// addresses are those in a text of whole lines.
func addresses(text string) (out []netip.AddrPort) {
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		for _, form := range addressForm.FindAllString(line, -1) {
			if a, err := netip.ParseAddrPort(form); err == nil {
				out = append(out, a)
			}
		}
	}
	return out
}
