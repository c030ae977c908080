package linear

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// traced is a recording that claims to live: each step shows one moment more.
type traced struct {
	*tracing.Session
	at    int
	asked []string
}

func (s *traced) View() *lesson.View {
	v := s.Record(s.at)
	v.Traced.Live, v.Traced.Stops = true, "each call"
	v.Serial = uint64(s.at)
	for i := range v.Sides {
		v.Sides[i].Traced.Console = true
	}
	return v
}

func (s *traced) say(text string) error { s.asked = append(s.asked, text); return nil }

func (s *traced) Start(context.Context) error { return nil }

func (s *traced) Changed(*lesson.View) <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func (s *traced) Step(_ context.Context, side string) error {
	s.at = min(s.at+1, s.Records()-1)
	return s.say("step " + side)
}

func (s *traced) StopAt(_ context.Context, stops tracer.Stops) error {
	if tracing.StopsText(stops) == "" {
		s.at = s.Records() - 1
	}
	return s.say("stop at " + tracing.StopsText(stops))
}

func (s *traced) Input(_ context.Context, side, text string) error {
	return s.say("input " + side + " " + text)
}

func (s *traced) Signal(_ context.Context, side string, sig syscall.Signal) error {
	return s.say("signal " + side + " " + sig.String())
}

func (s *traced) Restart(_ context.Context, side string) error { return s.say("restart " + side) }

// playTrace types lines into a trace and returns what was asked for and written.
func playTrace(t *testing.T, lines string) (asked []string, out string) {
	t.Helper()
	b, err := os.ReadFile("../testdata/trace.json")
	if err != nil {
		t.Fatal(err)
	}
	tl, _, err := netcore.ReadTimeline(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	s := &traced{Session: tracing.Replay(tl)}
	var w bytes.Buffer
	if err := Trace(context.Background(), s, NewInput(strings.NewReader(lines), true), NewOutput(&w, 78)); err != nil {
		t.Fatal(err)
	}
	return s.asked, w.String()
}

// TestTraceCommands types every command and looks at what was asked for.
func TestTraceCommands(t *testing.T) {
	asked, out := playTrace(t, "?\n\no\n\nstop accept\nstop error\nstop fd 4\nstop what\ne\ni hello\neof\nk int\nk nothing\nagain\ns\nf\nnonsense\nq\n")
	first, second := "server", "client"
	if strings.HasPrefix(out, "A trace of client") {
		first, second = second, first
	}
	want := []string{"step " + first, "step " + second, "stop at accept()", "stop at an error", "stop at calls on descriptor 4", "stop at each call",
		"input " + second + " hello\n", "input " + second + " \x04", "signal " + second + " interrupt", "restart " + second}
	if got := strings.Join(asked, "|"); got != strings.Join(want, "|") {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	for _, text := range []string{"enter: make the call", "Write stop with the name", "Write k int", `There is no command "nonsense"`, "ECONNREFUSED"} {
		if !strings.Contains(out, text) {
			t.Errorf("no %q in\n%s", text, out)
		}
	}
}

// TestTraceRunsOut ends the input at once: the programs run to their ends, and all of it
// is said, without a control code.
func TestTraceRunsOut(t *testing.T) {
	asked, out := playTrace(t, "")
	if len(asked) == 0 || asked[0] != "stop at " {
		t.Errorf("asked for %q", asked)
	}
	for _, text := range []string{"server: accept(3, NULL, NULL) = 4", "prints: back: hello", "server ended with exit status 0", "Why: connect() = ECONNREFUSED"} {
		if !strings.Contains(out, text) {
			t.Errorf("no %q in\n%s", text, out)
		}
	}
	if strings.ContainsAny(out, "\r\x1b\a") {
		t.Errorf("control codes in %q", out)
	}
}
