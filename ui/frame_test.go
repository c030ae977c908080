package ui

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/netcore"
)

var update = flag.Bool("update", false, "write the expected frames anew")

// picture is a frame as plain text, without blanks at the ends of lines.
func picture(m Model) string {
	var b strings.Builder
	for _, l := range m.frame() {
		b.WriteString(strings.TrimRight(l.plain(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// states are the screens in each of their states.
func states(t testing.TB) map[string]func(w, h int) Model {
	l := sample(t)
	view := func(change func(*lesson.View)) *lesson.View {
		v := acceptView(t, l)
		change(v)
		return v
	}
	on := func(v *lesson.View, change func(*Model)) func(w, h int) Model {
		return func(w, h int) Model {
			m := staged(t, v, w, h)
			if change != nil {
				change(&m)
			}
			return m
		}
	}
	asking := baseView(l)
	asking.Step, asking.Phase = 1, lesson.Asking
	typing := view(func(v *lesson.View) { v.Step, v.Phase = 2, lesson.Typing })
	ran := view(func(v *lesson.View) {
		v.Step, v.Phase, v.Result = 1, lesson.Ran, "socket() = 3"
		v.Answers["socket"] = lesson.Answer{Step: "socket", Chosen: 1, Correct: 0, Mark: lesson.Wrong, Observed: "3"}
		v.Sides[0].State, v.Sides[0].Blocked, v.Sides[0].Call = lesson.SideReady, nil, nil
	})
	failure := view(func(v *lesson.View) {
		v.Step, v.Phase, v.Result = 4, lesson.Ran, "bind() = -1 EADDRINUSE"
		v.Differed = []string{"result: expected 0, observed EADDRINUSE"}
	})
	killed := view(func(v *lesson.View) {
		v.Sides[1].State, v.Sides[1].Signal, v.Sides[1].Line = lesson.SideKilled, "SIGPIPE", 0
		v.OffPath = "the client was driven past the lesson's path."
		v.Result = "send() never returned: killed by SIGPIPE"
	})
	free := view(func(v *lesson.View) { v.Lesson, v.Phase = nil, lesson.Free })
	finished := view(func(v *lesson.View) { v.Step, v.Phase = len(l.Steps), lesson.Finished })
	accept := acceptView(t, l)
	blocked := blockedViews(t, l)
	all := practiceStates(t)
	maps.Copy(all, map[string]func(w, h int) Model{
		"course": func(w, h int) Model {
			m := New(Options{Course: course(t), Open: func(*lesson.Lesson) Session { return newScript(t, accept) }, Progress: &keeper{last: "tcp", kept: map[string]lesson.Kept{
				"tcp": {Ran: []string{"headers", "socket"}, Journal: lesson.Journal{Step: 2, Moves: make([]lesson.Move, 2)}}}}})
			m.width, m.height, m.machine = w, h, "Each lesson gets a private network here."
			return m
		},
		"first":   on(baseView(l), nil),
		"opening": on(baseView(l), func(m *Model) { m.stage.ready, m.stage.busy = false, true }),
		"reading": on(accept, nil),
		"belief": on(baseView(l), func(m *Model) {
			m.o.Progress = &keeper{due: []string{"M07"}}
			*m = m.askAgain(l)
		}),
		"asking":   on(asking, func(m *Model) { m.stage.choice = 1 }),
		"hidden":   on(asking, func(m *Model) { m.hide = true }),
		"hints":    on(asking, func(m *Model) { m.stage.hints = 2 }),
		"typing":   on(typing, func(m *Model) { *m = m.fieldForStep() }),
		"ran":      on(ran, nil),
		"failure":  on(failure, nil),
		"killed":   on(killed, nil),
		"free":     on(free, nil),
		"finished": on(finished, nil),
		"recorded": on(accept, func(m *Model) { m.stage.past, m.stage.pastAt, m.stage.pastLadder = ran, 1, (*ladder)(nil).follow(ran) }),
		"editing":  on(accept, func(m *Model) { m.stage.side = "client"; *m = m.editLine(7) }),
		"refused": on(accept, func(m *Model) {
			m.stage.side = "client"
			*m = m.editLine(7)
			m.field.err = "client.c:7:5: unknown function konnect; write connect(...)"
		}),
		"bytes":           on(accept, func(m *Model) { m.stage.large = paneBytes }),
		"tables":          on(accept, func(m *Model) { m.stage.large = paneTables }),
		"log":             on(accept, func(m *Model) { m.stage.large = paneLadder }),
		"program":         on(accept, func(m *Model) { m.stage.large = paneProgram }),
		"text":            on(accept, func(m *Model) { m.stage.large = paneText }),
		"help":            on(accept, func(m *Model) { *m, _ = m.openHelp() }),
		"jump":            on(accept, func(m *Model) { *m, _ = m.jumpPart("3") }),
		"earlier":         on(accept, func(m *Model) { *m, _ = m.editEarlier() }),
		"restart":         on(accept, func(m *Model) { *m, _ = m.restart() }),
		"lost":            on(accept, func(m *Model) { m.over = lostCard(errLab, true); m.stage.ready = false }),
		"gone":            on(accept, func(m *Model) { m.over = lostCard(errLab, false) }),
		"error":           on(accept, func(m *Model) { m.over = errorCard(errLab) }),
		"notice":          on(accept, func(m *Model) { m.notice = m.noStep() }),
		"noprocess":       on(&lesson.View{Lesson: l, Where: "no lab yet"}, nil),
		"slow":            on(accept, func(m *Model) { m.stage.busy, m.stage.slow = true, true }),
		"sixprocess":      on(view(sixProcesses), nil),
		"diagram":         on(handshakeView(t, l), func(m *Model) { m.stage.large = paneStates }),
		"fullqueue":       on(aboutWhat(fullQueueView(t, l), "sockets"), nil),
		"fullqueuelarge":  on(fullQueueView(t, l), func(m *Model) { m.stage.large = paneTables }),
		"bytequeues":      on(aboutWhat(byteQueueView(t, l), "sockets"), nil),
		"bytequeueslarge": on(byteQueueView(t, l), func(m *Model) { m.stage.large = paneTables }),
		"blockedaccept":   on(blocked["accept"], nil),
		"blockedconnect":  on(blocked["connect"], nil),
		"blockedrecv":     on(blocked["recv"], nil),
		"blockedsend":     on(blocked["send"], nil),
		"held":            on(heldView(t, l), nil),
		"waiting": on(waitingView(t, l), func(m *Model) {
			m.stage.busy, m.stage.slow, m.stage.waiting, m.stage.now = true, true, 97*second, 98*second+2e8
			m.stage.view.Snapshot.At = m.stage.now
		}),
		"selected":     on(accept, selecting(cellPacket)),
		"selectedcall": on(accept, selecting(cellReturn)),
		"change":       on(accept, selecting(cellChange)),
		"details": on(accept, func(m *Model) {
			selecting(cellPacket)(m)
			*m, _ = m.toggleDetails()
		}),
		"wirehalves": on(wireView(t, l), func(m *Model) { m.stage.large = paneLadder }),
		"puzzle":     on(goalView(t), func(m *Model) { m.stage.picks = []int{1, 3} }),
		"puzzlehints": on(goalView(t), func(m *Model) {
			m.stage.picks = []int{1}
			for range 4 {
				*m, _ = m.hint()
			}
		}),
		"tried":         on(triedView(t), func(m *Model) { m.stage.picks = []int{3} }),
		"halfway":       on(halfwayView(t), nil),
		"uncompiled":    on(unitView(t), nil),
		"compiling":     on(unitView(t), func(m *Model) { m.stage.busy, m.stage.slow, m.stage.kind = true, true, moveGuided }),
		"compiled":      on(compiledView(t, ""), nil),
		"said":          on(compiledView(t, ""), func(m *Model) { m.stage.large = paneText }),
		"saidbefore":    on(compiledView(t, "no C++ compiler here (c++, g++ or clang++)"), nil),
		"unit":          on(compiledView(t, ""), func(m *Model) { m.stage.large = paneProgram }),
		"unwatched":     on(watchView(t), nil),
		"watching":      on(watchView(t), func(m *Model) { m.stage.busy, m.stage.slow, m.stage.kind = true, true, moveGuided }),
		"watched":       on(watchedView(t, ""), nil),
		"watchedall":    on(watchedView(t, ""), func(m *Model) { m.stage.large = paneText }),
		"watchedcalls":  on(watchedView(t, ""), func(m *Model) { m.stage.large = paneLadder }),
		"watchedbefore": on(watchedView(t, "no C compiler here (cc, gcc or clang)"), nil),
		"statesstep":    on(aboutWhat(handshakeView(t, l), "states"), nil),
	})
	return all
}

type labError struct{}

func (labError) Error() string {
	return "start the lab: unshare: operation not permitted\n(Ubuntu restricts user namespaces)"
}

var errLab = labError{}

func sixProcesses(v *lesson.View) {
	defer func() { v.Events = v.Timeline.Len() }()
	for i := range 4 {
		name := "worker" + itoa(i)
		v.Sides = append(v.Sides, lesson.Side{Name: name, State: lesson.SideIdle})
		ret := int64(7)
		v.Timeline.Add(netcore.Event{Type: netcore.CallEvent, At: 89*second + int64(i), Call: &netcore.Call{Process: name, Name: "close", Ret: &ret, Enter: 89*second + int64(i) - 1, Args: []netcore.Arg{number(3)}}})
	}
}

// TestFrames compares every screen in each of its states with a picture.
func TestFrames(t *testing.T) {
	for name, build := range states(t) {
		for _, size := range [][2]int{{80, 24}, {120, 36}} {
			golden(t, name+"-"+itoa(size[0])+"x"+itoa(size[1]), picture(build(size[0], size[1])))
		}
	}
	wide := states(t)["reading"](200, 60)
	golden(t, "reading-200x60", picture(wide))
	golden(t, "reading-80x60", picture(states(t)["reading"](80, 60)))
	golden(t, "small-40x10", picture(states(t)["reading"](40, 10)))
}

// TestEverySize draws every screen at sizes from nothing to large: no line is
// wider than the window, there are as many as it has rows, nothing panics.
func TestEverySize(t *testing.T) {
	for name, build := range states(t) {
		for w := 1; w <= 210; w += 1 + w/9 {
			for h := 1; h <= 70; h += 1 + h/7 {
				checkFrame(t, name, build(w, h), w, h)
			}
		}
		for _, size := range [][2]int{{79, 24}, {80, 23}, {80, 24}, {81, 25}, {109, 30}, {110, 29}, {110, 30}, {120, 46}, {80, 46}, {169, 40}, {170, 40}, {200, 60}, {400, 120}, {0, 0}, {1, 0}} {
			checkFrame(t, name, build(size[0], size[1]), size[0], size[1])
		}
	}
}

func checkFrame(t *testing.T, name string, m Model, w, h int) {
	t.Helper()
	ls := m.frame()
	if w < 1 || h < 1 {
		if len(ls) != 0 {
			t.Errorf("%s at %dx%d: %d lines", name, w, h, len(ls))
		}
		return
	}
	if len(ls) != h {
		t.Errorf("%s at %dx%d: %d lines", name, w, h, len(ls))
	}
	for i, l := range ls {
		if n := width(l.plain()); n != w {
			t.Errorf("%s at %dx%d: line %d has %d columns: %q", name, w, h, i, n, l.plain())
			return
		}
	}
}
