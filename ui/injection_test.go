package ui

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// corpus are texts a terminal would obey, and what is built into one.
func corpus(t testing.TB) []string {
	file, err := os.ReadFile("printable/testdata/injection.bin")
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		string(file), "\x1b]0;title\x07", "\x1b[2J", "\x1b]52;c;aGk=\x07", "\x1b[?1000h", "\x1bP$qm\x1b\\", "\x1b[6n",
		"\x9b2J", "\u009b2J", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "a\u202eb\u2066c", "\x1bc", "\r\n\t\b\x00\x7f",
		"\u2028\u2029", "\U000e0041", "\xff\xfe", "\u0301abc", "e\u0301\u0301\u0301\u0301\u0301\u0301", "\u2800", "👩‍👩‍👧", "日本語",
	}
}

var ours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// obeys finds what a terminal would take for more than text.
func obeys(frame string) string {
	for _, r := range ours.ReplaceAllString(frame, "") {
		switch {
		case r == '\n':
		case r < ' ', r == 0x7f, r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
			r == 0x2028, r == 0x2029, r >= 0xe0000 && r <= 0xe007f, r == unicode.ReplacementChar, r == 0x2800:
			return string(r)
		}
	}
	return ""
}

// poisoned puts a text everywhere text comes from outside.
func poisoned(t testing.TB, x string) *lesson.View {
	l := sample(t)
	l.Title, l.Takeaway = l.Title+x, x
	p, err := cprog.Parse("server.c", []byte("int main(void) { /* "+strings.NewReplacer("\n", " ", "\x00", " ").Replace(x)+" */\n return 0; }\n"))
	v := acceptView(t, l)
	if err == nil {
		v.Sides[0].Program, v.Sides[0].Line = p, 1
	}
	v.Sides[0].Output, v.Sides[1].Fault, v.Sides[1].State = x, x, lesson.SideFault
	v.Result, v.Message, v.OffPath, v.Where = x, x, x, x
	v.Differed = []string{x}
	v.Changed = []lesson.Change{{What: "queue", Cookie: 1, FD: -1, Text: "rx " + x}, {What: "output", Text: x}}
	poisonRecord(t, v, x)
	v.Snapshot.Missing = []string{x}
	v.Snapshot.Sockets[0].Path, v.Snapshot.Sockets[1].State = x, x
	v.Snapshot.Processes[0].FDs[0].Target = x
	v.Sides[0].Variables = append(v.Sides[0].Variables, cprog.Variable{Name: x, Type: x, Size: 4, Bytes: []byte(x), Value: x, Written: yes(len(x))})
	st := &l.Steps[v.Step]
	st.Title, st.Before, st.After = st.Title+x, x, "`"+x+"` **"+x+"**\n\n- "+x+"\n\n| a | "+x+" |\n\n```c\n"+x+"\n```"
	st.Hints = []string{x}
	st.Ask = &lesson.Question{Text: x, Options: []lesson.Option{{Text: x, Why: x}}}
	v.Answers[st.ID] = lesson.Answer{Chosen: 0, Correct: 0, Mark: lesson.Wrong, Observed: x}
	return v
}

// poisonRecord puts a text into every event a record can hold.
func poisonRecord(t testing.TB, v *lesson.View, x string) {
	r, _ := story(t, v.Snapshot.Sockets)
	k := v.Snapshot.Sockets[0]
	k.Owners = []netcore.Owner{{Process: x, FD: 3}}
	call := r.called(x, x, x, -1, 98, netcore.Arg{Name: x}, memory(x, []byte(x), []byte("x"+x)))
	r.called("server", "send", "server.c:3", 1, 0, number(3), memory("buf", []byte(x), nil), number(1), number(0))
	p := tcpPacket(9, loop(40000), loop(7777), netcore.FlagPSH|netcore.FlagACK, x)
	p.Network = x
	r.sent(p, call, netcore.OwnNone, 1, 1)
	r.packet(&netcore.Packet{Raw: []byte(x), Network: x, Len: 40, Number: 10})
	r.changed(k, x, x, x, call)
	r.changed(k, "state", x, x, call)
	r.prints("server", x)
	for _, e := range []netcore.Event{
		{Type: netcore.NoteEvent, Note: &netcore.Note{Text: x}},
		{Type: netcore.NoteEvent, Note: &netcore.Note{Process: "client", Text: x}},
		{Type: netcore.SettingEvent, Setting: &netcore.Setting{Kind: x, Name: x, Value: x, Was: x}},
		{Type: netcore.ProcessEvent, Process: &netcore.ProcessChange{Name: x, Change: x}},
		{Type: netcore.ProcessEvent, Process: &netcore.ProcessChange{Name: x, Change: "end", Signal: x}},
		{Type: netcore.SignalEvent, Signal: &netcore.Signal{Process: x, Name: x}},
		{Type: netcore.BlockedEvent, Blocked: &netcore.Blocked{Call: 777, Process: "client", Text: x, On: x, Since: 1}},
	} {
		r.add(e)
	}
	recorded(v, r)
}

// TestInjectionOfEvents: whatever an event holds, its row and its details are text in
// our colours.
func TestInjectionOfEvents(t *testing.T) {
	for _, x := range corpus(t) {
		m := staged(t, poisoned(t, x), 120, 36)
		for m.stage.large = paneLadder; ; {
			was := m.stage.selected
			if m, _ = m.selectEvent("["); m.stage.selected == was {
				break
			}
			m.notice = ""
			checkPoisoned(t, m, x)
			large, _ := m.toggleDetails()
			checkPoisoned(t, large, x)
		}
	}
}

// TestInjection: whatever comes from outside, a frame is text in our colours.
func TestInjection(t *testing.T) {
	for _, x := range corpus(t) {
		for _, size := range [][2]int{{80, 24}, {120, 36}} {
			for phase := lesson.Reading; phase <= lesson.Free; phase++ {
				v := poisoned(t, x)
				v.Phase = phase
				for p := paneNone; p < paneCount; p++ {
					if p != paneNone && phase != lesson.Ran {
						continue
					}
					m := staged(t, v, size[0], size[1])
					m.stage.large, m.stage.hints, m.machine = p, 1, x
					m.notice = ""
					checkPoisoned(t, m, x)
				}
			}
			m := staged(t, poisoned(t, x), size[0], size[1])
			m.over = errorCard(labErrorOf(x))
			checkPoisoned(t, m, x)
			m = m.ask(x, nil)
			checkPoisoned(t, m, x)
			m.over = overlay{}
			m.field = newField(moveTyped, "call", "server", "")
			m.field.input.SetValue(x)
			checkPoisoned(t, m, x)
			m.onStage = false
			checkPoisoned(t, m, x)
		}
	}
}

type labErrorOf string

func (e labErrorOf) Error() string { return string(e) }

func checkPoisoned(t *testing.T, m Model, x string) {
	t.Helper()
	if bad := obeys(m.View().Content); bad != "" {
		t.Errorf("%q lets %q through", x, bad)
	}
	if bad := obeys(m.View().WindowTitle); bad != "" || strings.Contains(m.View().WindowTitle, "\n") {
		t.Errorf("%q lets %q into the title", x, bad)
	}
	checkFrame(t, "poisoned with "+x, m, m.width, m.height)
}
