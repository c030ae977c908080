package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// replayed is a recording that claims to live, and counts what it is asked for.
type replayed struct {
	*tracing.Session
	view   *lesson.View
	asked  []string
	change chan struct{}
}

func (r *replayed) say(text string) error { r.asked = append(r.asked, text); return nil }

func (r *replayed) Start(context.Context) error                  { return nil }
func (r *replayed) View() *lesson.View                           { return r.view }
func (r *replayed) Changed(*lesson.View) <-chan struct{}         { return r.change }
func (r *replayed) Refresh(context.Context) error                { return nil }
func (r *replayed) Close() error                                 { return nil }
func (r *replayed) Step(_ context.Context, side string) error    { return r.say("step " + side) }
func (r *replayed) Restart(_ context.Context, side string) error { return r.say("restart " + side) }
func (r *replayed) Input(_ context.Context, side, text string) error {
	return r.say("input " + side + " " + text)
}
func (r *replayed) Signal(_ context.Context, side string, sig syscall.Signal) error {
	return r.say("signal " + side + " " + sig.String())
}
func (r *replayed) StopAt(_ context.Context, s tracer.Stops) error {
	return r.say("stop at " + tracing.StopsText(s))
}

// recordedTrace is the record of two programs that was stepped through: a client that is
// refused, waits for a key, connects, sends a line and gets it back.
func recordedTrace(t testing.TB) *netcore.Timeline {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "trace.json"))
	if err != nil {
		t.Fatal(err)
	}
	tl, skipped, err := netcore.ReadTimeline(bytes.NewReader(b))
	if err != nil || skipped > 0 {
		t.Fatalf("%v, %d skipped", err, skipped)
	}
	return tl
}

// replaying is a recording on the stage.
func replaying(t testing.TB, w, h int) Model {
	m := New(Options{Trace: tracing.Replay(recordedTrace(t)), Title: "replay: server, client", Course: &lesson.Course{}})
	m.width, m.height = w, h
	return m
}

// liveTrace is a trace that lives, as it stood after the moment whose call is named.
func liveTrace(t testing.TB, after string, w, h int, change func(*lesson.View)) (Model, *replayed) {
	t.Helper()
	s := tracing.Replay(recordedTrace(t))
	at := -1
	for i := range s.Records() {
		if v := s.Record(i); len(v.StepCalls) > 0 && strings.Contains(v.Result, after) {
			at = i
			break
		}
	}
	if at < 0 {
		t.Fatalf("no moment after %s", after)
	}
	v := s.Record(at)
	v.Traced.Live, v.Traced.Stops, v.Serial = true, "each call", 1
	v.Where, v.Tier = "private network", netcore.TierUser
	v.Snapshot.Missing = nil
	for i := range v.Sides {
		v.Sides[i].Traced.Console = true
	}
	if change != nil {
		change(v)
	}
	r := &replayed{Session: s, view: v, change: make(chan struct{})}
	m := New(Options{Trace: r, Title: "trace: server, client", Course: &lesson.Course{}})
	m.width, m.height = w, h
	m.stage.busy, m.stage.ready, m.stage.now = false, true, v.Snapshot.At
	return m, r
}

// stands puts a thread of a side at a call, with the source around it.
func stands(v *lesson.View, side, call string, source bool) {
	tl := v.Timeline
	for i := range v.Sides {
		s := &v.Sides[i]
		if s.Name != side {
			continue
		}
		for j := range tl.Len() {
			e := tl.At(j)
			if e.Call == nil || e.Call.Name != call || e.Call.Process != side {
				continue
			}
			c := *e.Call
			c.Ret, c.Errno, c.Cause, c.Exit = nil, 0, "", 0
			c.Args = append([]netcore.Arg(nil), c.Args...)
			for k := range c.Args {
				c.Args[k].After = nil
			}
			spec, _ := netcore.Describe(call)
			s.Traced.Stands = append(s.Traced.Stands, lesson.Stand{Process: side, TID: c.TID, Call: c, Waits: spec.Waits})
			s.State, s.Blocked, s.Call = lesson.SideStands, nil, nil
			if source {
				b, _ := os.ReadFile("../lesson/tracing/testdata/" + side + ".c")
				s.Traced.File = &lesson.SourceFile{Name: side + ".c", Lines: strings.Split(string(b), "\n")}
				s.Line = map[string]int{"server": 17, "client": 21}[side]
			}
			return
		}
	}
}

// traceStates are the screens of a trace.
func traceStates(t testing.TB) map[string]func(w, h int) Model {
	live := func(after string, change func(*lesson.View), more func(*Model)) func(w, h int) Model {
		return func(w, h int) Model {
			m, _ := liveTrace(t, after, w, h, change)
			if more != nil {
				more(&m)
			}
			return m
		}
	}
	sending := func(v *lesson.View) { stands(v, "client", "send", false); stands(v, "server", "recv", false) }
	keys := func(keys ...string) func(*Model) {
		return func(m *Model) {
			for _, k := range keys {
				next, _ := m.Update(key(k))
				*m = next.(Model)
			}
		}
	}
	return map[string]func(w, h int) Model{
		"trace-stands":   live("connect(3, 127.0.0.1:7777, 16) = 0", sending, nil),
		"trace-source":   live("connect(3, 127.0.0.1:7777, 16) = 0", func(v *lesson.View) { stands(v, "server", "recv", true) }, keys("tab")),
		"trace-refused":  live("ECONNREFUSED", nil, nil),
		"trace-terminal": live("connect(3, 127.0.0.1:7777, 16) = 0", sending, keys("o")),
		"trace-bytes":    live("connect(3, 127.0.0.1:7777, 16) = 0", sending, keys("b")),
		"trace-menu":     live("connect(3, 127.0.0.1:7777, 16) = 0", sending, keys("a")),
		"trace-help":     live("connect(3, 127.0.0.1:7777, 16) = 0", sending, keys("?")),
		"trace-found": live("ECONNREFUSED", func(v *lesson.View) {
			v.Traced.Found = []lesson.Found{{Call: v.StepCalls[0], Process: "client", Line: "client.c:12", What: "The client did what it should not.", Why: "It will hurt.", Fix: "Do the other thing.", Lesson: "bind#busy"}}
		}, nil),
		"trace-free": live("connect(3, 127.0.0.1:7777, 16) = 0", func(v *lesson.View) { v.Traced.Stops = "" }, nil),
		"trace-many": live("connect(3, 127.0.0.1:7777, 16) = 0", func(v *lesson.View) {
			sending(v)
			v.Sides = append(v.Sides, lesson.Side{Name: "third", State: lesson.SideEnded, Exit: 3, Traced: &lesson.TracedSide{}})
			v.Traced.Notes = []string{"third uses io_uring: what it has the kernel do that way is no system call and is not visible here"}
			v.Snapshot.Missing = []string{"Packets are not visible here: not permitted."}
		}, nil),
		"replay-first": func(w, h int) Model { return replaying(t, w, h) },
		"replay-last": func(w, h int) Model {
			m := replaying(t, w, h)
			return m.lookAt(m.stage.trace.Records() - 1)
		},
	}
}

// TestTraceFrames compares the screens of a trace with pictures.
func TestTraceFrames(t *testing.T) {
	for name, build := range traceStates(t) {
		for _, size := range [][2]int{{80, 24}, {120, 36}} {
			golden(t, name+"-"+itoa(size[0])+"x"+itoa(size[1]), picture(build(size[0], size[1])))
		}
	}
}

// TestTraceEverySize draws the screens of a trace at many sizes.
func TestTraceEverySize(t *testing.T) {
	for name, build := range traceStates(t) {
		for _, size := range [][2]int{{1, 1}, {79, 24}, {80, 24}, {81, 25}, {109, 30}, {110, 30}, {120, 46}, {80, 46}, {170, 40}, {200, 60}, {400, 120}} {
			checkFrame(t, name, build(size[0], size[1]), size[0], size[1])
		}
	}
}

// TestTraceKeys presses keys and looks at what the trace was asked for.
func TestTraceKeys(t *testing.T) {
	for _, c := range []struct {
		keys string
		want string
	}{
		{"enter", "step client"}, {"tab enter", "step server"}, {"g", "stop at "}, {"a 1 enter", "stop at each call"},
		{"a 3 enter", "stop at an error"}, {"a 2 enter 4 enter", "stop at accept(), accept4()"},
		{"a 4 enter 1 enter", "stop at calls on descriptor 3"}, {"c 2 enter", "signal client terminated"},
		{"r enter", "restart client"}, {": h i enter", "input client hi\n"}, {": ctrl+d", "input client \x04"},
	} {
		m, r := liveTrace(t, "connect(3, 127.0.0.1:7777, 16) = 0", 120, 36, func(v *lesson.View) {
			stands(v, "client", "send", false)
			stands(v, "server", "recv", false)
		})
		var cmd tea.Cmd
		for _, k := range strings.Fields(c.keys) {
			var next tea.Model
			next, cmd = m.Update(key(k))
			m = next.(Model)
		}
		ask(cmd)
		if len(r.asked) != 1 || r.asked[0] != c.want {
			t.Errorf("%s: asked for %q, want %q; %s", c.keys, r.asked, c.want, m.notice)
		}
	}
}

// ask runs the first of a command's parts: the move.
func ask(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if batch, ok := cmd().(tea.BatchMsg); ok && len(batch) > 0 {
		_ = batch[0]()
	}
}

// TestReplayMoves walks through a recording to its end and back: nothing is asked for
// that would run, and every frame says that it is recorded.
func TestReplayMoves(t *testing.T) {
	m := replaying(t, 80, 24)
	press := func(k string) {
		next, _ := m.Update(key(k))
		m = next.(Model)
	}
	for range m.stage.trace.Records() - 1 {
		press("enter")
		if !strings.Contains(picture(m), "recorded") {
			t.Fatalf("no word of the recording:\n%s", picture(m))
		}
	}
	press("enter")
	if m.notice != endOfRecording {
		t.Errorf("behind the end: %q", m.notice)
	}
	for _, k := range []string{"g", "e", "a", ":", "c", "r"} {
		if press(k); !strings.Contains(m.notice, "recording") {
			t.Errorf("%s in a recording: %q", k, m.notice)
		}
	}
	for range m.stage.trace.Records() {
		press("left")
	}
	if m.stage.pastAt != 0 || m.notice == "" {
		t.Errorf("at moment %d, notice %q", m.stage.pastAt, m.notice)
	}
}

// TestTraceInjection has a program print and pass what a terminal would obey.
func TestTraceInjection(t *testing.T) {
	const evil = "\x1b[31mred\x1b]0;title\a\x1b[2J\x9b1m‮\r\n"
	for _, keys := range []string{"", "o", "b", "v", "tab o", "f enter", "i"} {
		m, _ := liveTrace(t, "connect(3, 127.0.0.1:7777, 16) = 0", 120, 36, func(v *lesson.View) {
			stands(v, "client", "send", false)
			for i := range v.Sides {
				s := &v.Sides[i]
				s.Output = evil + evil
				for j := range s.Traced.Stands {
					c := &s.Traced.Stands[j].Call
					c.Process += evil
					c.Line, c.Source = evil, evil
				}
			}
			v.Traced.Notes = []string{evil}
			v.Traced.Found = []lesson.Found{{Call: v.StepCalls[0], Process: evil, Line: evil, What: evil, Why: evil, Fix: evil}}
			v.Result = evil
			v.Sides[1].Traced.File = &lesson.SourceFile{Name: evil, Lines: []string{evil, evil}}
			v.Sides[1].Line = 1
		})
		m.o.Title = evil
		for _, k := range strings.Fields(keys) {
			next, _ := m.Update(key(k))
			m = next.(Model)
		}
		for _, l := range m.frame() {
			if text := l.plain(); strings.ContainsAny(text, "\x1b\a\r\u009b‮") {
				t.Errorf("after %q: %q", keys, text)
			}
		}
	}
}

// longTrace is the record of a hundred thousand calls of two programs.
func longTrace(t testing.TB, calls int) *netcore.Timeline {
	tl := netcore.NewTimeline(netcore.Header{Program: "test"})
	at := 100 * second
	for i, name := range []string{"server", "client"} {
		tl.Add(netcore.Event{Type: netcore.ProcessEvent, At: at, Process: &netcore.ProcessChange{Name: name, PID: 100 + i, Change: "start"}})
	}
	for i := range calls {
		at += 1000
		name, call := "server", "recv"
		if i%2 == 1 {
			name, call = "client", "send"
		}
		five := int64(5)
		tl.Add(netcore.Event{Type: netcore.CallEvent, At: at, Call: &netcore.Call{ID: tl.NewID(), Process: name, PID: 100, TID: 100, Origin: netcore.FromTraced,
			Name: call, Syscall: call + "to", Ret: &five, Enter: at - 500, Exit: at,
			Args: []netcore.Arg{number(3), {Name: "buf", Kind: netcore.KindBufOut, Value: 0x1000, Pointer: netcore.MemoryValue, Before: []byte("hello"), After: []byte("hello")}, number(5), number(0)}}})
	}
	return tl
}

// BenchmarkTraceFrame is a frame of a trace with a hundred thousand calls.
func BenchmarkTraceFrame(b *testing.B) {
	m := New(Options{Trace: tracing.Replay(longTrace(b, 100000)), Course: &lesson.Course{}})
	m.width, m.height = 120, 36
	m = m.lookAt(99990)
	b.ReportAllocs()
	for b.Loop() {
		_ = m.View()
	}
}

// BenchmarkTraceBack is looking back one moment in it, and the frame after that.
func BenchmarkTraceBack(b *testing.B) {
	m := New(Options{Trace: tracing.Replay(longTrace(b, 100000)), Course: &lesson.Course{}})
	m.width, m.height = 120, 36
	m = m.lookAt(99990)
	b.ReportAllocs()
	for b.Loop() {
		m, _ = m.back()
		_ = m.View()
	}
}
