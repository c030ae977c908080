package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// Tracing is what the screen needs of a *tracing.Session: programs that nobody here
// wrote, or a recording of them.
type Tracing interface {
	Source
	Step(ctx context.Context, side string) error
	StopAt(ctx context.Context, stops tracer.Stops) error
	Input(ctx context.Context, side, text string) error
	Signal(ctx context.Context, side string, sig syscall.Signal) error
	Restart(ctx context.Context, side string) error
}

// openTrace puts a trace on the stage. A recording is opened at its first moment.
func (m Model) openTrace() (Model, tea.Cmd) {
	s := m.o.Trace
	m.stage = stage{trace: s, gen: 1, left: make(chan struct{}), history: map[string][]string{}}
	m.stage.show(s.View())
	m.opened.set(s)
	m.onStage = true
	if m.stage.replaying() {
		m.stage.ready = true
		if s.Records() > 0 {
			m = m.lookAt(0)
		}
		return m, nil
	}
	watching := watch(s, m.stage.gen, m.stage.view, m.stage.left)
	m, started := m.actTrace(moveStart, func(ctx context.Context, t Tracing) error { return t.Start(ctx) })
	return m, tea.Batch(started, watching)
}

// replaying reports whether the stage shows a recording: nothing lives.
func (s *stage) replaying() bool { return s.trace != nil && !s.view.Traced.Live }

// actTrace begins a move of a trace; its end arrives as movedMsg.
func (m Model) actTrace(kind moveKind, f func(context.Context, Tracing) error) (Model, tea.Cmd) {
	st := &m.stage
	ctx, cancel := context.WithCancel(context.Background())
	st.move++
	st.busy, st.slow, st.kind, st.cancel = true, false, kind, cancel
	t, gen, move := st.trace, st.gen, st.move
	run := func() tea.Msg {
		err := f(ctx, t)
		return movedMsg{gen: gen, move: move, view: t.View(), kind: kind, err: err}
	}
	return m, tea.Batch(run, slowly(gen, move))
}

// judgeTrace shows the error of a trace's move.
func (m Model) judgeTrace(msg movedMsg) Model {
	switch {
	case msg.err == nil && m.field.open:
		m.field = field{}
	case msg.err == nil:
	case errors.Is(msg.err, context.Canceled):
		m.notice = "No longer waiting; the program goes on as it does."
	case errors.Is(msg.err, tracing.ErrNoStand):
		m.notice = m.noStand()
	case msg.kind == moveStart:
		m.over = overlay{kind: overCard, title: "the trace did not begin", lost: true, text: clean(firstLines(msg.err)) +
			"\n\n**q** quits. `sockstep doctor` says what this machine allows and how to allow more."}
	case m.field.open:
		m.field.err = msg.err.Error()
	default:
		m.notice = firstLines(msg.err)
	}
	return m
}

// traceNext is what enter does: let what stands in the program in focus make its call.
func (m Model) traceNext() (Model, tea.Cmd) {
	st := &m.stage
	switch {
	case st.past != nil:
		return m.forward()
	case st.replaying():
		m.notice = endOfRecording
		return m, nil
	case st.busy:
		m.notice = busyText
		return m, nil
	case st.view.Traced.Stops == "":
		return m.stopAt(tracer.Stops{Every: true})
	}
	side := st.focus()
	if s := st.current(); s == nil || len(s.Traced.Stands) == 0 {
		m.notice = m.noStand()
		return m, nil
	}
	st.side = side
	return m.actTrace(moveOther, func(ctx context.Context, t Tracing) error { return t.Step(ctx, side) })
}

const endOfRecording = "This is the end of the recording."

// noStand says why enter has nothing to let go on.
func (m Model) noStand() string {
	s := m.stage.current()
	if s == nil {
		return "No program has begun yet."
	}
	text := ""
	switch {
	case ended(s):
		text = s.Name + " has ended: r runs it again."
	case s.State == lesson.SideBlocked:
		text = s.Name + " waits in " + callName(s) + ": something has to happen first."
	default:
		text = s.Name + " runs between two calls, or reads its terminal (: types into it)."
	}
	if o := m.otherStand(); o != nil {
		text += " tab: " + o.Name + " stands."
	}
	return text
}

// otherStand is another side than the one in focus that stands.
func (m Model) otherStand() *lesson.Side {
	v, now := m.stage.seen(), m.stage.focus()
	for i := range v.Sides {
		if s := &v.Sides[i]; s.Name != now && s.Traced != nil && len(s.Traced.Stands) > 0 {
			return s
		}
	}
	return nil
}

func (m Model) stopAt(stops tracer.Stops) (Model, tea.Cmd) {
	m.stage.side = m.stage.focus()
	return m.actTrace(moveOther, func(ctx context.Context, t Tracing) error { return t.StopAt(ctx, stops) })
}

func (m Model) runFreely() (Model, tea.Cmd) { return m.stopAt(tracer.Stops{}) }
func (m Model) eachCall() (Model, tea.Cmd)  { return m.stopAt(tracer.Stops{Every: true}) }

// stopMenu offers where threads stop.
func (m Model) stopMenu() (Model, tea.Cmd) {
	row := func(text string, value int) item { return item{ln(roleText, text), value} }
	m.over = overlay{kind: overList, title: "stop at", text: "What stands goes on until this comes; each call is e, running freely g.",
		items: []item{
			row("each call", 0), row("one kind of call ...", 1), row("an error: a call that comes back with -1", 2),
			row("calls on one descriptor ...", 3), row("nothing: run freely", 4),
		},
		pick: func(m Model, value int) (Model, tea.Cmd) {
			switch value {
			case 0:
				return m.eachCall()
			case 1:
				return m.callMenu(), nil
			case 2:
				return m.stopAt(tracer.Stops{Errors: true})
			case 3:
				return m.descriptorMenu(), nil
			}
			return m.runFreely()
		}}
	return m, nil
}

// kinds are the kinds of calls one may stop at, each with the calls that do the same.
var kinds = [][]string{
	{"socket", "socketpair"}, {"bind"}, {"listen"}, {"accept", "accept4"}, {"connect"},
	{"send", "sendto", "sendmsg", "sendmmsg", "write", "writev", "sendfile"},
	{"recv", "recvfrom", "recvmsg", "recvmmsg", "read", "readv"},
	{"poll", "ppoll", "select", "pselect", "epoll_wait", "epoll_pwait", "epoll_pwait2"},
	{"setsockopt"}, {"getsockopt"}, {"getsockname", "getpeername"}, {"fcntl", "ioctl"}, {"shutdown"}, {"close"},
}

func (m Model) callMenu() Model {
	o := overlay{kind: overList, title: "stop at one kind of call", text: "Every program stops at its next call of this kind.",
		pick: func(m Model, i int) (Model, tea.Cmd) { return m.stopAt(tracer.Stops{Calls: kinds[i]}) }}
	for i, names := range kinds {
		l := ln(roleText, padded(names[0], 14))
		if len(names) > 1 {
			l = append(l, sp(roleMuted, strings.Join(names[1:], " ")))
		}
		o.items = append(o.items, item{l, i})
	}
	m.over = o
	return m
}

// descriptorMenu offers the descriptors there are, and a few that may come.
func (m Model) descriptorMenu() Model {
	var fds []int
	for _, p := range m.stage.view.Snapshot.Processes {
		for _, d := range p.FDs {
			if d.Kind == "socket" {
				fds = append(fds, d.FD)
			}
		}
	}
	for fd := 3; fd < 10; fd++ {
		fds = append(fds, fd)
	}
	slices.Sort(fds)
	o := overlay{kind: overList, title: "stop at calls on one descriptor", text: "Every program stops at calls on the descriptor of this number.",
		pick: func(m Model, fd int) (Model, tea.Cmd) {
			return m.stopAt(tracer.Stops{HasDescriptor: true, Descriptor: fd})
		}}
	for _, fd := range slices.Compact(fds) {
		l := ln(roleText, padded("descriptor "+itoa(fd), 16))
		for i := range m.stage.view.Snapshot.Sockets {
			k := &m.stage.view.Snapshot.Sockets[i]
			for _, own := range k.Owners {
				if own.FD == fd {
					l = append(l, sp(roleMuted, own.Process+": "+socketKind(k)+" "+addresses(k)+" "+k.State+"  "))
				}
			}
		}
		o.items = append(o.items, item{l, fd})
	}
	m.over = o
	return m
}

// signals are those the menu offers.
var signals = []struct {
	sig  syscall.Signal
	name string
	text string
}{
	{syscall.SIGINT, "SIGINT", "what ctrl+C sends: interrupts a call that waits, ends a program that has no handler"},
	{syscall.SIGTERM, "SIGTERM", "the polite way to end it"},
	{syscall.SIGHUP, "SIGHUP", "its terminal is gone, or: read your settings again"},
	{syscall.SIGKILL, "SIGKILL", "ends it at once; no handler can catch it"},
}

func (m Model) signalMenu() (Model, tea.Cmd) {
	side := m.stage.focus()
	o := overlay{kind: overList, title: "send the " + clean(side) + " a signal", text: "A thread that stands gets it when it goes on.",
		pick: func(m Model, i int) (Model, tea.Cmd) {
			m.stage.side = side
			return m.actTrace(moveOther, func(ctx context.Context, t Tracing) error { return t.Signal(ctx, side, signals[i].sig) })
		}}
	for i, s := range signals {
		o.items = append(o.items, item{line{sp(roleText, padded(s.name, 9)), sp(roleMuted, s.text)}, i})
	}
	m.over = o
	return m, nil
}

// restartProgram runs the program in focus again, after a question while it lives.
func (m Model) restartProgram() (Model, tea.Cmd) {
	side := m.stage.focus()
	again := func(m Model) (Model, tea.Cmd) {
		m.stage.side = side
		return m.actTrace(moveOther, func(ctx context.Context, t Tracing) error { return t.Restart(ctx, side) })
	}
	if s := m.stage.current(); s != nil && ended(s) {
		return again(m)
	}
	return m.ask("End the "+side+" and run it again?", again), nil
}

// typeInput opens the field for what goes into the program's terminal.
func (m Model) typeInput() (Model, tea.Cmd) {
	side := m.stage.focus()
	m.field = newField(moveTyped, "into the terminal of "+side, side, "")
	return m, nil
}

// handInput types the field's text into the program's terminal.
func (m Model) handInput(f field) (Model, tea.Cmd) {
	text := f.input.Value()
	if text != "" {
		m.stage.history[f.side] = append(m.stage.history[f.side], text)
	}
	m.stage.side = f.side
	return m.actTrace(moveTyped, func(ctx context.Context, t Tracing) error { return t.Input(ctx, f.side, text+"\n") })
}

// endInput is ctrl+d in the field: the end of the program's input.
func (m Model) endInput(f field) (Model, tea.Cmd) {
	return m.actTrace(moveTyped, func(ctx context.Context, t Tracing) error { return t.Input(ctx, f.side, "\x04") })
}

// findingList lists what went wrong so far; choosing one selects its call.
func (m Model) findingList() (Model, tea.Cmd) {
	found := m.stage.seen().Traced.Found
	o := overlay{kind: overList, title: "what went wrong", text: "Only what the calls prove is said. enter reads one, and selects its call.",
		pick: func(m Model, i int) (Model, tea.Cmd) { return m.openFinding(found[i]), nil }}
	for i := range found {
		f := &found[i]
		o.items = append(o.items, item{line{sp(roleNotice, "! "), sp(roleMuted, strings.TrimSpace(f.Process+" "+f.Line)+" "), sp(roleText, f.What)}, i})
	}
	o.index = max(len(found)-1, 0)
	m.over = o
	return m, nil
}

func (m Model) openFinding(f lesson.Found) Model {
	for _, kind := range []cellKind{cellCall, cellReturn} {
		if c := (cell{id: int32(f.Call), kind: kind}); m.stage.rungs().find(c) >= 0 {
			m.stage.selected = c
		}
	}
	text := escaped(f.What) + "\n\n" + escaped(f.Why) + "\n\n**Instead:** " + escaped(f.Fix)
	if e, ok := m.stage.seen().Timeline.Get(f.Call); ok && e.Call != nil {
		text = "`" + netcore.Short(e.Call) + "`\n\n" + text
	}
	if f.Lesson != "" {
		name, _, _ := strings.Cut(f.Lesson, "#")
		text += "\n\nThe lesson about it: `sockstep learn " + name + "`"
	}
	return m.openPages(page{strings.TrimSpace(f.Process + " " + f.Line), text})
}

// goTo opens the field for the number of a call to look at.
func (m Model) goTo() (Model, tea.Cmd) {
	m.field = newField(moveInput, fmt.Sprintf("look at moment, 1 to %d", m.stage.source().Records()), m.stage.focus(), "")
	return m, nil
}

func (m Model) goneTo(text string) (Model, tea.Cmd) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if last := m.stage.source().Records(); err != nil || n < 1 || n > last {
		m.field.err = fmt.Sprintf("a number from 1 to %d is wanted", last)
		return m, nil
	}
	m.field = field{}
	return m.lookAt(n - 1), nil
}

func (m Model) noMoment() string {
	if m.stage.source().Records() == 0 {
		return "Nothing has been recorded yet."
	}
	return ""
}

// These say why a key of a trace does nothing now.

func (m Model) noTrace() string {
	switch {
	case m.stage.replaying():
		return "This is a recording: nothing runs. ← and → look around in it."
	case m.stage.past != nil:
		return pastText
	case m.stage.busy:
		return busyText
	case !m.stage.ready:
		return "The trace did not begin. q quits."
	}
	return ""
}

func (m Model) noFree() string {
	if why := m.noTrace(); why != "" {
		return why
	}
	if m.stage.view.Traced.Stops == "" {
		return "The programs run freely already; e stops them at each call."
	}
	return ""
}

func (m Model) noEach() string {
	if why := m.noTrace(); why != "" {
		return why
	}
	if m.stage.view.Traced.Stops == tracing.StopsText(tracer.Stops{Every: true}) {
		return "They stop at each call already: enter makes the next, g runs freely."
	}
	return ""
}

func (m Model) noInput() string {
	if why := m.noTrace(); why != "" {
		return why
	}
	switch s := m.stage.current(); {
	case s == nil || ended(s):
		return "There is no program that could read what is typed."
	case s.Traced.Elsewhere != "":
		return "The terminal of " + s.Name + " is " + s.Traced.Elsewhere + ": type there."
	case !s.Traced.Console:
		return s.Name + " has no terminal here."
	}
	return ""
}

func (m Model) noSignal() string {
	if why := m.noTrace(); why != "" {
		return why
	}
	if s := m.stage.current(); s == nil || ended(s) && len(s.Traced.Children) == 0 {
		return "This program has ended: r runs it again."
	}
	return ""
}

func (m Model) noRestart() string {
	if why := m.noTrace(); why != "" {
		return why
	}
	if m.stage.current() == nil {
		return "No program has begun yet."
	}
	return ""
}

func (m Model) noFinding() string {
	if len(m.stage.seen().Traced.Found) == 0 {
		return "Nothing that went wrong is certain so far."
	}
	return ""
}

// traceWord is what enter does in a trace.
func (m Model) traceWord() string {
	switch s := m.stage.current(); {
	case m.stage.past != nil:
		return "forward"
	case m.stage.replaying():
		return ""
	case m.stage.view.Traced.Stops == "":
		return "stop at each call"
	case s == nil || len(s.Traced.Stands) == 0:
		return ""
	case s.Traced.Stands[0].Returned:
		return "go on"
	}
	return "make the call"
}

func (m Model) findingWord() string {
	return "findings " + itoa(len(m.stage.seen().Traced.Found))
}
