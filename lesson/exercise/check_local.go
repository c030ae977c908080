package exercise

import "sockstep/lesson/exercise/check"

func init() {
	register("local",
		check.Criterion{
			Name: "listens", Belief: "M12",
			Try:   "Bind a socket of AF_UNIX and SOCK_STREAM to the path of SOCKET, listen(), and look at what both return.",
			Check: func(t *check.T) { household(t) },
		},
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M21",
			Try:  "Send back as many bytes as recv() returned, and go on until it returns 0. Then close the client's descriptor.",
			Show: check.Last(check.Is(check.In, check.Out)),
			Check: func(t *check.T) {
				p := household(t)
				c := p.DialPath()
				c.Echo([]byte("hello"))
				c.Close()
				c = p.DialPath()
				c.Say(pattern(20_000))
				c.Half()
				c.Expect(pattern(20_000))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "mode", Needs: []string{"listens"},
			Try:  "Call umask(0177) before bind(), or chmod() with the path behind it.",
			Show: check.Last(check.Is(check.Bind)),
			Check: func(t *check.T) {
				p := household(t)
				p.Settle()
				if mode := p.Mode(); mode != 0o600 {
					t.Fail("the file has mode %04o", mode)
				}
			},
		},
		check.Criterion{
			Name: "asks", Needs: []string{"echoes"},
			Try:  "Call getsockopt() with SOL_SOCKET and SO_PEERCRED for each client before you talk with it.",
			Show: check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) {
				p := household(t)
				for range 2 {
					c := p.DialPath()
					c.Echo([]byte("hello"))
					c.Close()
				}
				p.Settle()
				for _, took := range p.Calls(check.Is(check.Accept), check.Succeeds) {
					on := check.On(check.Returned(took))
					said := check.First(on, check.Is(check.Out))(p.After(took))
					if said == nil {
						continue
					}
					asked := check.First(on, check.Gets("SOL_SOCKET", "SO_PEERCRED"))(p.After(took))
					if asked == nil || asked.Enter > said.Enter {
						t.FailAt(said, "something was sent to a client before the kernel was asked who it is")
					}
				}
			},
		},
		check.Criterion{
			Name: "refuses", Needs: []string{"asks"},
			Try:  "Look at what getsockopt() returns and at the user it tells, and close the descriptor unless it is yours.",
			Show: check.Last(check.Gets("SOL_SOCKET", "SO_PEERCRED")),
			Check: func(t *check.T) {
				p := household(t, check.FailEvery(1, "getsockopt", "ENOBUFS"))
				c := p.DialPath()
				c.Say([]byte("hello"))
				c.Half()
				if got := c.OverWith(); len(got) > 0 {
					t.Fail("getsockopt() failed, so that the client's user was not known, and it got %d bytes", len(got))
				}
				p.Alive()
			},
		},
		check.Criterion{
			Name: "strangers", Needs: []string{"refuses"},
			Try:  "Compare the user that SO_PEERCRED tells with geteuid(), and close the descriptor where it is another.",
			Show: check.Last(check.Gets("SOL_SOCKET", "SO_PEERCRED")),
			Check: func(t *check.T) {
				p := household(t)
				p.Settle()
				c := p.Stranger()
				c.Say([]byte("hello"))
				c.Half()
				if got := c.OverWith(); len(got) > 0 {
					t.Fail("a client of another user got %d bytes", len(got))
				}
				p.DialPath().Echo([]byte("hello"))
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"echoes"}, Belief: "M30",
			Try: "close() the descriptor accept() returned when its client has ended. shutdown() does not do it.",
			Check: func(t *check.T) {
				p := household(t)
				before := p.Sockets()
				for range 5 {
					c := p.DialPath()
					c.Echo([]byte("hello"))
					c.Close()
				}
				p.Holds(before)
			},
		},
		check.Criterion{
			Name: "restart", Needs: []string{"echoes"}, Belief: "M52",
			Try:  "unlink() the path before bind(): the file of a server that was killed is still there.",
			Show: check.Last(check.Is(check.Bind), check.FailsWith()),
			Check: func(t *check.T) {
				p := household(t)
				for range 3 {
					c := p.DialPath()
					c.Echo([]byte("hello"))
					p.Kill()
					c.Over()
					c.Close()
					p = t.ServePath(p.Path())
				}
				p.DialPath().Echo([]byte("again"))
			},
		},
	)
}

// household runs the program with a path nobody has used.
func household(t *check.T, options ...check.Option) *check.PathProgram {
	return t.ServePath(t.FreshPath(), options...)
}
