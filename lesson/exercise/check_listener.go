package exercise

import (
	"strings"
	"time"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("listener",
		listens,
		local,
		reuse,
		check.Criterion{
			Name: "stays", Needs: []string{"listens"}, Belief: "M44",
			Try: "Have the program wait in a call that sleeps: pause(), or accept() on a socket that blocks.",
			Check: func(t *check.T) {
				p := t.Serve()
				p.Idle(600 * time.Millisecond)
			},
		},
		check.Criterion{
			Name: "alone", Needs: []string{"listens"}, Belief: "M14",
			Try:  "Look at what bind() returns, and end when it is -1: listen() would give the socket another port.",
			Show: check.OrElse(check.Last(check.Is(check.Bind), check.FailsWith()), check.Last(check.Is(check.Listen))),
			Check: func(t *check.T) {
				p := t.Start(check.Port(taken(t)))
				p.Settle()
				if at := p.Listeners(); len(at) > 0 {
					t.Fail("port %d is taken, and the program listens at port %d instead", p.Port(), at[0].Local.Port())
				}
			},
		},
		check.Criterion{
			Name: "busy", Needs: []string{"alone"}, Belief: "M14",
			Try: "End with exit(1) when bind() or listen() fails.",
			Check: func(t *check.T) {
				p := t.Start(check.Port(taken(t)))
				if p.Exit() == 0 {
					t.Fail("the exit status was 0, which says that all went well")
				}
			},
		},
		check.Criterion{
			Name: "reason", Needs: []string{"busy"},
			Try:  `Print the reason before the program ends: perror("bind") prints the text of errno.`,
			Show: check.Last(check.Is(check.Bind, check.Listen), check.FailsWith()),
			Check: func(t *check.T) {
				p := t.Start(check.Port(taken(t)))
				p.Exit()
				if said := p.Stdout() + p.Stderr(); !strings.Contains(strings.ToLower(said), "address already in use") {
					t.Fail("it printed %s, and nothing of the reason (Address already in use)", quantity(said))
				}
			},
		},
	)
}

// listens, local and reuse are criteria of every server.
var (
	listens = check.Criterion{
		Name: "listens", Belief: "M07",
		Try:   "Put the port of PORT into the address with htons(), and look at what bind() and listen() return.",
		Check: func(t *check.T) { t.Serve() },
	}
	local = check.Criterion{
		Name: "local", Needs: []string{"listens"}, Belief: "M11",
		Try:  "Bind 127.0.0.1: htonl(INADDR_LOOPBACK). INADDR_ANY is every address of the machine.",
		Show: check.Last(check.Is(check.Bind)),
		Check: func(t *check.T) {
			p := t.Start()
			if s := p.Listens(); !s.Local.Addr().Unmap().IsLoopback() {
				t.Fail("it listens at %v, so at every address of the machine", s.Local)
			}
		},
	}
	reuse = check.Criterion{
		Name: "reuse", Needs: []string{"listens"}, Belief: "M32",
		Try:   "Set SO_REUSEADDR with setsockopt() between socket() and bind(): bind() looks at it when it is called.",
		Check: checkReuse,
	}
)

// checkReuse looks for the option on the socket that was bound to the port, before it
// was bound.
func checkReuse(t *check.T) {
	p := t.Serve()
	set := check.Sets("SOL_SOCKET", "SO_REUSEADDR")
	for _, bind := range p.Calls(check.Is(check.Bind), check.Succeeds) {
		if a, ok := check.AddressOf(bind); !ok || int(a.Port()) != p.Port() {
			continue
		}
		on := check.On(check.Descriptor(bind))
		if len(p.Before(bind, on, set)) > 0 {
			continue
		}
		if late := p.After(bind, on, set); len(late) > 0 {
			t.Blame("M36", "", nil)
			t.FailAt(late[0], "SO_REUSEADDR was set after bind(), where it does nothing for it")
		}
		t.FailAt(bind, "bind() was called on a socket without SO_REUSEADDR")
	}
}

// taken is a port at which somebody listens.
func taken(t *check.T) int { return t.Listen().Port() }

// quantity says how much was printed.
func quantity(said string) string {
	if strings.TrimSpace(said) == "" {
		return "nothing"
	}
	return "something"
}
