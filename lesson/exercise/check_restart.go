package exercise

import "sockstep/lesson/exercise/check"

func init() {
	register("restart",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:   "Send back as many bytes as recv() returned, and go on until it returns 0.",
			Show:  check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) { t.Serve().Dial().Echo([]byte("hello")) },
		},
		check.Criterion{
			Name: "restart", Needs: []string{"reuse", "echoes"}, Belief: "M52",
			Try: "Nothing that the old server left behind may keep the new one from starting: neither connections in TIME_WAIT nor files.",
			Check: func(t *check.T) {
				p := t.Serve()
				for range 10 {
					talked, waits := p.Dial(), p.Dial()
					talked.Echo([]byte("hello"))
					p.Kill()
					for _, c := range []*check.Conn{talked, waits} {
						c.Over()
						c.Close()
					}
					p = t.Serve(check.Port(p.Port()))
				}
				p.Dial().Echo([]byte("again"))
			},
		},
		check.Criterion{
			Name: "second", Needs: []string{"echoes"},
			Try:  "Look at what bind() and listen() return: where the port is taken print the reason and end with exit(1).",
			Show: check.OrElse(check.Last(check.Is(check.Bind, check.Listen), check.FailsWith()), check.Last(check.Is(check.Listen))),
			Check: func(t *check.T) {
				first := t.Serve()
				second := t.Start(check.Port(first.Port()))
				share := check.Sets("SOL_SOCKET", "SO_REUSEPORT")
				t.OnFail(func() {
					switch bad := second.First(check.Is(check.Bind), check.FailsWith()); {
					case second.First(share) != nil && bad == nil:
						t.Blame("M35", "Leave SO_REUSEPORT out: it lets several servers listen at one port, and SO_REUSEADDR does not.", check.Last(share))
					case bad != nil && second.Runs() && second.First(check.Is(check.Bind), check.Succeeds) == nil && second.First(check.Is(check.Listen), check.Succeeds) != nil:
						t.Blame("M14", "Look at what bind() returns, and end when it is -1: listen() would give the socket another port.", check.Last(check.Is(check.Bind)))
					}
				})
				second.Settle()
				if at := second.Listeners(); len(at) > 0 {
					t.Fail("port %d is taken, and the second one listens at port %d", first.Port(), at[0].Local.Port())
				}
				if second.Exit() == 0 {
					t.Fail("the port was taken, and the exit status was 0, which says that all went well")
				}
				first.Dial().Echo([]byte("still here"))
			},
		},
	)
}
