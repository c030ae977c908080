package ui

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// driver plays a model as the framework does: commands run beside it, their
// messages come back one by one.
type driver struct {
	t    testing.TB
	m    Model
	msgs chan tea.Msg
	quit bool
}

func drive(t testing.TB, m Model) *driver {
	d := &driver{t: t, m: m, msgs: make(chan tea.Msg, 100)}
	d.run(m.Init())
	d.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	return d
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.run(c)
			}
		default:
			if seq := reflect.ValueOf(msg); seq.Kind() == reflect.Slice && seq.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
				for i := range seq.Len() {
					d.msgs <- seq.Index(i).Interface().(tea.Cmd)()
				}
				return
			}
			d.msgs <- msg
		}
	}()
}

func (d *driver) send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	next, cmd := d.m.Update(msg)
	d.m = next.(Model)
	_ = d.m.View()
	d.run(cmd)
}

// until handles messages till a condition holds.
func (d *driver) until(what string, ok func() bool) {
	d.t.Helper()
	end := time.After(clocktest.Patience)
	for !ok() {
		select {
		case msg := <-d.msgs:
			d.send(msg)
		case <-end:
			d.t.Fatalf("waited in vain: %s\n%s", what, picture(d.m))
		}
	}
}

func (d *driver) shows(text string) {
	d.t.Helper()
	d.until("the screen shows "+text, func() bool { return strings.Contains(picture(d.m), text) })
}

func (d *driver) settled() {
	d.t.Helper()
	d.until("nothing runs", func() bool { return !d.m.stage.busy })
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "left": tea.KeyLeft, "right": tea.KeyRight,
	"up": tea.KeyUp, "down": tea.KeyDown, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
}

func key(k string) tea.KeyPressMsg {
	if r, ok := named[k]; ok {
		return tea.KeyPressMsg{Code: r}
	}
	if rest, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

func (d *driver) press(keys ...string) {
	for _, k := range keys {
		d.send(key(k))
	}
}

func (d *driver) typed(text string) {
	for _, r := range text {
		d.send(key(string(r)))
	}
}

// opening is a course whose lesson runs on a script.
func opening(t testing.TB) (*driver, *script, *keeper) {
	c := course(t)
	s := newScript(t, baseView(c.Lessons[0]))
	k := &keeper{}
	d := drive(t, New(Options{Course: c, Progress: k, Open: func(*lesson.Lesson) Session { return s },
		Play: func() Session { return s }}))
	return d, s, k
}

func (s *script) was(call string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if a == call {
			return true
		}
	}
	return false
}

func (s *script) made(kind lesson.MoveKind) *lesson.Move {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.moves {
		if s.moves[i].Kind == kind {
			return &s.moves[i]
		}
	}
	return nil
}

// TestThrough walks from the course through a question to the takeaway.
func TestThrough(t *testing.T) {
	d, s, k := opening(t)
	l := s.view.Lesson
	d.shows("▸  1  TCP, call by call")
	asking := baseView(l)
	asking.Step, asking.Phase = 1, lesson.Asking
	ran := acceptView(t, l)
	ran.Step, ran.Phase, ran.Result = 1, lesson.Ran, "socket() = 3"
	ran.Answers["socket"] = lesson.Answer{Step: "socket", Chosen: 2, Correct: 0, Mark: lesson.Wrong, Observed: "3"}
	done := baseView(l)
	done.Step, done.Phase = len(l.Steps), lesson.Finished
	s.nexts = []*lesson.View{asking, ran, done}

	d.press("enter")
	d.shows("step 1 of 5")
	d.settled()
	d.press("enter")
	d.shows("? What does the server's first socket() return?")
	d.settled()
	d.press("3", "enter")
	d.shows("✗ Not so. You said: 7777, its port")
	d.settled()
	if !s.was("Answer 2") {
		t.Errorf("the third answer was not committed: %q", s.asked)
	}
	d.shows("result: socket() = 3")
	d.shows("rx 0→20")
	d.press("pgdown")
	d.shows("what to remember")
	d.settled()
	if k.last != "tcp" || k.kept["tcp"].Journal.Phase != lesson.Finished {
		t.Errorf("kept %+v", k)
	}
	d.press("enter")
	d.shows("lessons")
	d.press("q")
	d.until("the end", func() bool { return d.quit })
	if !s.was("Close") {
		t.Error("the session was not closed")
	}
}

// TestMoves checks which move each key makes.
func TestMoves(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want lesson.Move
		call string
	}{
		{name: "cancel", keys: []string{"c"}, want: lesson.Move{Kind: lesson.MoveCancel, Role: "server"}},
		{name: "step the other side", keys: []string{"tab", "s"}, want: lesson.Move{Kind: lesson.MoveStep, Role: "client"}},
		{name: "kill after a question", keys: []string{"K", "y"}, want: lesson.Move{Kind: lesson.MoveKill, Role: "server"}},
		{name: "edit", keys: []string{"tab", "e", "ctrl+u", "x", ";", "enter"}, want: lesson.Move{Kind: lesson.MoveEdit, Role: "client", Line: 7, Text: "x;"}},
		{name: "edit an earlier line", keys: []string{"tab", "E", "up", "up", "enter", "ctrl+u", "y", ";", "enter"}, want: lesson.Move{Kind: lesson.MoveEdit, Role: "client", Line: 5, Text: "y;"}},
		{name: "type a call", keys: []string{"tab", ":", "q", ":", "enter"}, want: lesson.Move{Kind: lesson.MoveType, Role: "client", Text: "q:"}},
		{name: "restart", keys: []string{"R", "enter"}, call: "Rerun 0"},
		{name: "run again", keys: []string{"r"}, call: "Rerun 6"},
		{name: "undo", keys: []string{"u"}, call: "Undo"},
		{name: "jump", keys: []string{"6", "enter", "y"}, call: "Jump 3"},
		{name: "jump by the list", keys: []string{"g", "up", "enter", "enter"}, call: "Jump 2"},
		{name: "jump by a number", keys: []string{"g", "2", "enter", "y"}, call: "Jump 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, s, _ := opening(t)
			s.view = acceptView(t, s.view.Lesson)
			d.press("enter")
			d.settled()
			d.press(c.keys...)
			d.settled()
			if c.call != "" && !s.was(c.call) {
				t.Errorf("no %s in %q", c.call, s.asked)
			}
			if c.call == "" {
				if got := s.made(c.want.Kind); got == nil || *got != c.want {
					t.Errorf("made %+v, want %+v", got, c.want)
				}
			}
		})
	}
}

// TestFieldStays: a line that was not taken stays in the field with the reason.
func TestFieldStays(t *testing.T) {
	d, s, _ := opening(t)
	s.view = acceptView(t, s.view.Lesson)
	s.fail["Do edit"] = errors.New("client.c:7:5: unknown function konnect")
	d.press("enter")
	d.settled()
	d.press("tab", "e", "enter")
	d.shows("not taken: client.c:7:5: unknown function konnect")
	d.settled()
	s.mu.Lock()
	delete(s.fail, "Do edit")
	s.mu.Unlock()
	d.press("enter")
	d.until("the field is closed", func() bool { return !d.m.field.open })
}

// TestHistory: up brings back what was typed on this side.
func TestHistory(t *testing.T) {
	d, s, _ := opening(t)
	s.view = acceptView(t, s.view.Lesson)
	d.press("enter")
	d.settled()
	d.press("tab", ":")
	d.typed("close(3)")
	d.press("enter")
	d.settled()
	d.press(":", "up")
	if got := d.m.field.input.Value(); got != "close(3)" {
		t.Errorf("the field holds %q", got)
	}
	d.press("down")
	if got := d.m.field.input.Value(); got != "" {
		t.Errorf("the field holds %q", got)
	}
}

// TestBusy: while a move runs, keys are answered, another move says why not,
// and esc gives it up.
func TestBusy(t *testing.T) {
	d, s, _ := opening(t)
	s.view = acceptView(t, s.view.Lesson)
	d.press("enter")
	d.settled()
	s.hold = make(chan struct{})
	d.press("tab", "s")
	d.shows("running…")
	d.press("s")
	d.shows("Still running the last move.")
	d.press("b")
	d.shows("no variable in sight yet")
	d.press("esc")
	d.shows("Given up.")
	d.settled()
}

// TestStrangers: an answer of a session that was left changes nothing.
func TestStrangers(t *testing.T) {
	d, s, _ := opening(t)
	d.press("enter")
	d.settled()
	gen := d.m.stage.gen
	other := acceptView(t, s.view.Lesson)
	d.send(movedMsg{gen: gen - 1, view: other, err: errors.New("late")})
	d.send(changedMsg{gen: gen - 1, view: other})
	d.send(tickedMsg{gen: gen - 1})
	if d.m.stage.view == other || d.m.over.kind != overNone {
		t.Error("a stranger's answer was taken")
	}
}

// TestLost: an error of the session is a card with a way out.
func TestLost(t *testing.T) {
	d, s, _ := opening(t)
	s.fail["Start"] = errLab
	d.press("enter")
	d.shows("the lab did not open")
	d.shows("operation not permitted")
	s.mu.Lock()
	s.fail = map[string]error{}
	s.mu.Unlock()
	d.press("R")
	d.until("the lab is open", func() bool { return d.m.stage.ready })
	s.mu.Lock()
	s.fail = map[string]error{"Next": netcore.ErrClosed}
	s.mu.Unlock()
	d.press("enter")
	d.shows("the lab is gone")
	d.press("enter")
	if d.m.over.kind != overNone || !d.m.onStage {
		t.Error("enter did not lead back to the stage")
	}
}

// TestLookBack walks through the records; nothing runs on the way.
func TestLookBack(t *testing.T) {
	d, s, _ := opening(t)
	l := s.view.Lesson
	s.records = []*lesson.View{baseView(l), acceptView(t, l), acceptView(t, l)}
	s.records[0].At, s.records[1].At = 0, 1
	s.view = acceptView(t, l)
	s.view.Step++ // the step behind the last one recorded
	d.press("enter")
	d.settled()
	before := len(s.asked)
	d.press("left")
	d.shows("recorded, 3 of 3")
	d.press("pgup", "left")
	d.shows("recorded, 1 of 3")
	d.press("left")
	d.shows("This is the first thing recorded.")
	d.press("s")
	d.shows("You are looking at what was recorded.")
	d.press("right")
	d.shows("recorded, 2 of 3")
	d.press("right")
	d.shows("recorded, 3 of 3")
	d.press("enter")
	d.shows("private network")
	if len(s.asked) != before {
		t.Errorf("looking back ran %q", s.asked[before:])
	}
	d.press("left", "left", "left", "r")
	d.settled()
	if !s.was("Rerun 0") {
		t.Errorf("r did not run to the record: %q", s.asked)
	}
}

// TestLive: while something is live, samples are taken; then the stage is silent.
func TestLive(t *testing.T) {
	d, s, _ := opening(t)
	s.view = acceptView(t, s.view.Lesson)
	d.press("enter")
	d.settled()
	d.until("a sample", func() bool { return s.was("Refresh") })
	s.publish(baseView(s.view.Lesson))
	d.until("silence", func() bool { return !d.m.stage.ticking })
}

// TestPublished: a view the session publishes by itself is drawn.
func TestPublished(t *testing.T) {
	d, s, _ := opening(t)
	d.press("enter")
	d.settled()
	v := acceptView(t, s.view.Lesson)
	s.publish(v)
	d.shows("accept(3, NULL, NULL) waits")
	again := acceptView(t, s.view.Lesson)
	again.Result = "accept() = 4"
	s.publish(again)
	d.shows("accept() = 4")
}

// TestGone: a lab that ends by itself is said at once, and r runs again.
func TestGone(t *testing.T) {
	d, s, _ := opening(t)
	d.press("enter")
	d.settled()
	v := acceptView(t, s.view.Lesson)
	v.Message = "look at the lab: " + netcore.ErrClosed.Error()
	s.publish(v)
	d.shows("the lab is gone")
	d.press("r")
	d.settled()
	if !s.was("Rerun 6") {
		t.Errorf("asked %q", s.asked)
	}
}

// TestInput: a step that wants a value opens its field; enter runs the step.
func TestInput(t *testing.T) {
	d, s, _ := opening(t)
	v := baseView(s.view.Lesson)
	v.Step, v.Phase = 2, lesson.Typing
	s.view = v
	d.press("enter")
	d.until("the field is open", func() bool { return d.m.field.open })
	d.typed("8080")
	d.press("enter")
	d.settled()
	if !s.was("Input 8080") {
		t.Errorf("asked %q", s.asked)
	}
}

// TestResume: a lesson that was begun goes on where it was left.
func TestResume(t *testing.T) {
	d, s, k := opening(t)
	k.kept = map[string]lesson.Kept{"tcp": {Journal: lesson.Journal{Step: 2, Moves: make([]lesson.Move, 3)}}}
	d.press("down", "up", "enter")
	d.settled()
	if !s.was("Resume 2") {
		t.Errorf("asked %q", s.asked)
	}
	d.press("esc")
	d.shows("lessons")
	d.press("enter")
	d.shows("step 1 of 5")
	if s.started != 1 {
		t.Errorf("the lab was opened %d times", s.started)
	}
}

// TestEveryKey presses every key in every state: nothing panics, and a key that
// does nothing says why.
func TestEveryKey(t *testing.T) {
	keys := []string{"ctrl+u", "ctrl+z", "é", "!", "Z", "y", "0"}
	for _, b := range keymap {
		keys = append(keys, b.keys...)
	}
	for name, build := range states(t) {
		for _, k := range keys {
			m := build(80, 24)
			before := picture(m)
			next, cmd := m.Update(key(k))
			n := next.(Model)
			checkFrame(t, name+" after "+k, n, 80, 24)
			still := k == "up" || k == "down" || k == "k" || k == "j" || k == "m" || k == "t" || m.field.open || m.over.kind != overNone || (m.stage.view != nil && m.stage.asking() || m.practice.asking()) && optionKey(k) >= 0
			if picture(n) == before && n.notice == "" && cmd == nil && !still && !m.stage.busy {
				t.Errorf("%s: %s does nothing and does not say why", name, k)
			}
		}
	}
}
