package exercise

import (
	"strings"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("compile",
		check.Criterion{
			Name: "clean",
			Try:  "Include the header that the manual page of each function names in its first lines, cast pointers to an address with (struct sockaddr *), and use every variable.",
			Check: func(t *check.T) {
				for _, file := range []string{"server.c", "client.c"} {
					t.Compiles(file, "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror")
				}
			},
		},
		check.Criterion{
			Name: "server", Belief: "M07",
			Try: "Put the port of PORT into the address with htons(), the address as htonl(INADDR_LOOPBACK), and look at what bind() and listen() return.",
			Check: func(t *check.T) {
				p := t.Serve(check.Args("server"))
				if s := p.Listens(); !s.Local.Addr().Unmap().IsLoopback() {
					t.Blame("M11", "Bind 127.0.0.1: htonl(INADDR_LOOPBACK). INADDR_ANY is every address of the machine.", check.Last(check.Is(check.Bind)))
					t.Fail("it listens at %v, so at every address of the machine", s.Local)
				}
			},
		},
		check.Criterion{
			Name: "receives", Needs: []string{"server"}, Belief: "M25",
			Try:  `Print as many bytes as recv() returned: printf("%.*s\n", (int)n, buffer). Nothing ends them.`,
			Show: check.Last(check.Is(check.In)),
			Check: func(t *check.T) {
				for _, text := range []string{"hello", "bye"} {
					p := t.Serve(check.Args("server"))
					t.OnFail(func() { onListener(t, p) })
					c := p.Dial()
					c.Say([]byte(text))
					c.Half()
					p.Status(0)
					if got := strings.TrimSpace(p.Stdout()); got != text {
						t.Fail("the client sent %q, and the server printed %q", text, clip(got))
					}
				}
			},
		},
		check.Criterion{
			Name: "client", Belief: "M07",
			Try:  `Connect to 127.0.0.1 and the port of PORT, turned with htons(), and send 5 bytes.`,
			Show: check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Connect))),
			Check: func(t *check.T) {
				l := t.Listen()
				p := t.Start(check.Port(l.Port()), check.Args("client"))
				c := l.Accept(p)
				t.Blame("M24", `Send as many bytes as the text has: send(s, "hello", 5, 0). sizeof is what the buffer holds.`, check.Last(check.Is(check.Out)))
				c.Expect([]byte("hello"))
				c.Quiet()
				p.Status(0)
			},
		},
		check.Criterion{
			Name: "both", Needs: []string{"receives", "client"},
			Try: "Run them by hand, the server first.",
			Check: func(t *check.T) {
				server := t.Serve(check.Args("server"))
				client := t.Start(check.Port(server.Port()), check.Args("client"))
				client.Status(0)
				server.Status(0)
				if got := strings.TrimSpace(server.Stdout()); got != "hello" {
					t.Fail("the client sent hello, and the server printed %q", clip(got))
				}
			},
		},
	)
}
