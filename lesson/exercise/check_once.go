package exercise

import (
	"strings"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("once",
		listens, local, reuse,
		check.Criterion{
			Name: "echoes", Needs: []string{"listens"}, Belief: "M24",
			Try:  "Send back as many bytes as recv() returned, neither fewer nor the whole buffer.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				for _, text := range []string{"hello", strings.Repeat("sixteen letters ", 4)} {
					p := t.Serve()
					c := p.Dial()
					t.OnFail(func() { onListener(t, p); unanswered(t, p, c) })
					c.Echo([]byte(text))
					c.Quiet()
				}
			},
		},
		check.Criterion{
			Name: "zeros", Needs: []string{"echoes"}, Belief: "M25",
			Try:  "Use the number recv() returned and no function for strings: what comes is bytes, and none of them ends it.",
			Show: check.Last(check.Is(check.Out)),
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Echo([]byte("a\x00b\xff\x00"))
				c.Quiet()
			},
		},
		check.Criterion{
			Name: "fin", Needs: []string{"echoes"}, Belief: "M29",
			Try:  "close() sends a FIN when all that came has been received, and an RST when something is left.",
			Show: check.Last(check.Is(check.Close)),
			Check: func(t *check.T) {
				p := t.Serve()
				t.OnFail(func() {
					if set := check.Sets("SOL_SOCKET", "SO_LINGER"); p.First(set) != nil {
						t.Blame("M32", "Leave SO_LINGER alone: with a time of 0 it has close() send an RST. TIME_WAIT does no harm.", check.Last(set))
					}
				})
				c := p.Dial()
				c.Echo([]byte("hello"))
				c.EOF()
			},
		},
		check.Criterion{
			Name: "closes", Needs: []string{"echoes"}, Belief: "M30",
			Try: "close() the descriptor accept() returned.",
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Echo([]byte("hello"))
				took := p.First(check.Is(check.Accept), check.Succeeds)
				fd := check.Returned(took)
				if p.Makes(check.Is(check.Close), check.On(fd), check.Succeeds) == nil {
					t.FailAt(took, "descriptor %d, which %s() returned, was never closed", fd, took.Name)
				}
			},
		},
		check.Criterion{
			Name: "ends", Needs: []string{"echoes"},
			Try: "Return 0 from main() when the one client has been served.",
			Check: func(t *check.T) {
				p := t.Serve()
				p.Dial().Echo([]byte("hello"))
				p.Status(0)
			},
		},
	)
}

// onListener blames a conversation on the descriptor that listens.
func onListener(t *check.T, p *check.Program) {
	bad := check.FailsWith("ENOTCONN", "EPIPE")
	talk := p.Last(check.Is(check.In, check.Out), bad)
	if talk != nil && p.First(check.Is(check.Listen), check.On(check.Descriptor(talk))) != nil {
		t.Blame("M18", "Talk on the descriptor accept() returned: the other one only listens.", check.Last(check.Is(check.In, check.Out), bad))
	}
}

// unanswered blames a program that has received something, answers nothing and waits
// for more.
func unanswered(t *check.T, p *check.Program, c *check.Conn) {
	got := p.First(check.Is(check.In), check.Succeeds, check.Not(check.Returns(0)))
	if got != nil && p.First(check.Is(check.Out)) == nil && len(c.Read()) == 0 && p.Runs() {
		t.Blame("M26", "Answer what came. recv() returns 0 only when the client has ended its side, and this one waits for the answer first.", check.Last(check.Is(check.In)))
	}
}
