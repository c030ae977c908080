package linear

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// scripted is a session whose kernel answers from a script: what each step's run
// adds to the log. It keeps the calls made on it.
type scripted struct {
	l        *lesson.Lesson
	v        lesson.View
	answers  [][]lesson.LogLine // by step
	typed    bool
	calls    []string
	records  []*lesson.View
	timeline *netcore.Timeline
}

func newScripted() *scripted {
	l := &lesson.Lesson{
		Name: "demo", Title: "A demonstration", Minutes: 3, Goal: "One can read *this*.",
		Parts: []string{"headers", "create"},
		Steps: []lesson.Step{
			{ID: "read", Title: "Only read", Before: "Nothing runs `here`."},
			{ID: "create", Title: "The socket", Part: 1, Before: "Now it runs.", After: "A descriptor: **3**.",
				Run: &lesson.Run{Role: "server", Label: "create"}, Hints: []string{"Count.", "It is 3."},
				Ask: &lesson.Question{Text: "What comes back?", About: "result", Options: []lesson.Option{
					{Text: "1", Is: "1", Why: "That is standard output."}, {Text: "3", Is: "fd", Why: "The lowest free one."}}}},
			{ID: "port", Title: "A port", Part: 1, Input: &lesson.Input{Role: "server", Define: "PORT", Kind: "port", Ask: "Which port?"}},
			{ID: "fail", Title: "A refusal", Part: 1, Failure: true, Run: &lesson.Run{Role: "server", Label: "bind"}},
		},
		Takeaway: "- Sockets are descriptors.",
	}
	s := &scripted{l: l, timeline: netcore.NewTimeline(netcore.Header{})}
	s.v = lesson.View{Lesson: l, Where: "private network", Sides: []lesson.Side{{Name: "server"}, {Name: "client"}}, Answers: map[string]lesson.Answer{}}
	s.answers = [][]lesson.LogLine{1: {{ID: 2, Side: "server", Kind: netcore.CallEvent, Line: "server.c:5", Text: "socket(AF_INET, SOCK_STREAM, 0)", Result: "3"}},
		3: {{ID: 3, Side: "server", Kind: netcore.CallEvent, Line: "server.c:9", Text: "bind(3, 127.0.0.1:80, 16)", Result: "-1 EACCES", Errno: 13}}}
	s.enter(0)
	return s
}

func (s *scripted) enter(i int) {
	s.v.Step, s.v.Phase, s.typed = i, lesson.Reading, false
	if i == len(s.l.Steps) {
		s.v.Phase = lesson.Finished
		return
	}
	if s.l.Steps[i].Ask != nil {
		s.v.Phase = lesson.Asking
	}
	if s.l.Steps[i].Input != nil {
		s.v.Phase = lesson.Typing
	}
}

func (s *scripted) did(format string, args ...any) {
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
}

func (s *scripted) publish() {
	s.v.Serial++
	v := s.v
	s.records = append(s.records, &v)
}

func (s *scripted) View() *lesson.View                   { v := s.v; return &v }
func (s *scripted) Changed(*lesson.View) <-chan struct{} { return nil }
func (s *scripted) Records() int                         { return len(s.records) }
func (s *scripted) Timeline() *netcore.Timeline          { return s.timeline }
func (s *scripted) Journal() lesson.Journal              { return lesson.Journal{Lesson: s.l.Name, Step: s.v.Step} }
func (s *scripted) Refresh(context.Context) error        { return nil }
func (s *scripted) Start(context.Context) error          { s.publish(); return nil }
func (s *scripted) Undo(context.Context) error           { s.did("undo"); return lesson.ErrNothing }
func (s *scripted) Rerun(_ context.Context, n int) error {
	s.did("rerun %d", n)
	s.v.Log = nil
	s.enter(0)
	s.v.Message = "A fresh start."
	s.publish()
	return nil
}

func (s *scripted) Resume(_ context.Context, j lesson.Journal) error {
	s.did("resume %d", j.Step)
	s.enter(j.Step)
	return nil
}

func (s *scripted) Record(at int) *lesson.View {
	if at < 0 || at >= len(s.records) {
		return nil
	}
	return s.records[at]
}

func (s *scripted) Order(_ context.Context, picks []int) error { s.did("order %v", picks); return nil }
func (s *scripted) Predict(text string) error                  { s.did("predict %s", text); return nil }
func (s *scripted) Solve(context.Context) error                { s.did("solve"); return nil }
func (s *scripted) Next(context.Context) error {
	s.did("next")
	switch s.v.Phase {
	case lesson.Reading:
		if s.v.Step < len(s.answers) {
			s.v.Log = append(s.v.Log[:len(s.v.Log):len(s.v.Log)], s.answers[s.v.Step]...)
		}
		s.mark()
		s.v.Phase = lesson.Ran
	case lesson.Ran:
		s.enter(s.v.Step + 1)
	}
	s.publish()
	return nil
}

func (s *scripted) mark() {
	st := s.l.Steps[s.v.Step]
	if a, ok := s.v.Answers[st.ID]; ok {
		a.Correct, a.Mark = 1, lesson.Wrong
		if a.Chosen == 1 {
			a.Mark = lesson.Right
		}
		s.v.Answers[st.ID] = a
	}
}

func (s *scripted) Answer(n int) error {
	s.did("answer %d", n)
	s.v.Answers[s.l.Steps[s.v.Step].ID] = lesson.Answer{Chosen: n, Correct: -1}
	s.v.Phase = lesson.Reading
	s.publish()
	return nil
}

func (s *scripted) Input(_ context.Context, text string) error {
	s.did("input %q", text)
	if text == "99999" {
		return errors.New("a port is a number from 0 to 65535")
	}
	s.v.Phase = lesson.Reading
	s.publish()
	return nil
}

func (s *scripted) Do(_ context.Context, m lesson.Move) error {
	s.did("%s %s %d %s", m.Kind, m.Role, m.Line, m.Text)
	s.publish()
	return nil
}

func (s *scripted) Jump(_ context.Context, n int) error {
	s.did("jump %d", n)
	s.enter(n)
	s.publish()
	return nil
}

// play types the lines and returns what was written and how it ended.
func play(t *testing.T, s *scripted, o Options, lines ...string) (string, End) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), clocktest.Patience)
	defer stop()
	var out bytes.Buffer
	in := NewInput(strings.NewReader(strings.Join(lines, "\n")+"\n"), true)
	end, err := Play(ctx, s, in, NewOutput(&out, 0), o)
	if err != nil {
		t.Fatalf("Play: %v\n%s", err, &out)
	}
	return out.String(), end
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := strings.Join(strings.Fields(text), " ")
	for _, p := range parts {
		i := strings.Index(rest, p)
		if i < 0 {
			t.Fatalf("%q is missing, or not after what was found before it, in:\n%s", p, text)
		}
		rest = rest[i+len(p):]
	}
}

func TestALessonIsPlayedToItsEnd(t *testing.T) {
	s := newScripted()
	saved := 0
	text, end := play(t, s, Options{Save: func(lesson.Journal) { saved++ }},
		"", "", // read
		"2", "", "", // create
		"8080", "", "", // port
		"", "", // fail
		"") // the end
	if end != Finished {
		t.Errorf("end = %v", end)
	}
	wants(t, text,
		"A demonstration. 4 steps, about 3 minutes, on the private network.", "One can read this.",
		"Step 1 of 4, part 1 of 2, headers: Only read", "Nothing runs here.",
		"Step 2 of 4, part 2 of 2, create: The socket", "What comes back?", "1. 1", "2. 3", "> 2", "You say: 3",
		"server, server.c line 5: socket(AF_INET, SOCK_STREAM, 0) returned 3.",
		"Your prediction came true: 3. The lowest free one.", "A descriptor: 3.",
		"Which port?", "> 8080",
		"The call of this step fails, and that is its point.",
		"returned -1, EACCES (error 13): Permission denied.",
		"That was the last step.", "- Sockets are descriptors.", "Of your predictions 1 came true and 0 did not.")
	if saved == 0 {
		t.Error("nothing was saved")
	}
	for _, l := range strings.Split(text, "\n") {
		if len(l) > 78 {
			t.Errorf("longer than 78 columns: %q", l)
		}
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }); i >= 0 {
		t.Errorf("a control character at %d: %q", i, text[i:min(i+20, len(text))])
	}
}

func TestAWrongPrediction(t *testing.T) {
	text, _ := play(t, newScripted(), Options{}, "", "", "1", "", "q")
	wants(t, text, "You said: 1. That is standard output.", "What happened: 3. The lowest free one.")
}

func TestASkippedQuestion(t *testing.T) {
	text, _ := play(t, newScripted(), Options{}, "", "", "", "", "q")
	wants(t, text, "The answer: 3. The lowest free one.")
}

func TestTheInputEnds(t *testing.T) {
	text, end := play(t, newScripted(), Options{}, "", "")
	if end != OutOfInput {
		t.Errorf("end = %v", end)
	}
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line is not ended")
	}
	if _, end := play(t, newScripted(), Options{At: 4}, "", "", ""); end != Finished {
		t.Errorf("end = %v after the last step", end)
	}
}

func TestResumeAndJump(t *testing.T) {
	s := newScripted()
	play(t, s, Options{Resume: &lesson.Journal{Step: 2}}, "q")
	if s.calls[0] != "resume 2" {
		t.Errorf("calls %q", s.calls)
	}
	s = newScripted()
	text, _ := play(t, s, Options{At: 4, Resume: &lesson.Journal{Step: 2}}, "q")
	if s.calls[0] != "jump 3" {
		t.Errorf("calls %q", s.calls)
	}
	wants(t, text, "Step 4 of 4")
}

func TestCommands(t *testing.T) {
	for _, test := range []struct{ line, call, says string }{
		{"s", "step server 0 ", ""},
		{"s client", "step client 0 ", ""},
		{": close(3);", "type server 0 close(3);", ""},
		{":client close(3)", "type client 0 close(3)", ""},
		{"e 26 close(3);", "edit server 26 close(3);", ""},
		{"e client 3 x = 1;", "edit client 3 x = 1;", ""},
		{"e close", "", "Type e, the number of the line"},
		{"u", "undo", "Not done: there is nothing to undo."},
		{"o", "revert server 0 ", ""},
		{"cancel client", "cancel client 0 ", ""},
		{"kill", "kill server 0 ", ""},
		{"fresh client", "fresh client 0 ", ""},
		{"jump 3", "jump 2", "Step 3 of 4"},
		{"jump 9", "", "1 to 4"},
		{"run again", "rerun 0", ""},
		{"run again 2", "rerun 2", ""},
		{"s nobody", "", "they are server and client"},
		{"side", "", "Now client."},
		{"parts", "", "Part 2, create: 2. The socket"},
		{"l", "", "Nothing has happened yet."},
		{"back", "", "This is the beginning."},
		{"d", "", "server stands before line 0."},
		{"b x", "", "server has no variable x now."},
		{"hint", "", "Hint 1 of 1: Enter does what this step is about"},
		{"skip", "", "No question is open."},
		{"?", "", "- q or quit or exit"},
		{"frobnicate", "", `"frobnicate" is no command here.`},
		{"\x1b]0;title\x07", "", `\x1b]0;title\x07`},
	} {
		t.Run(test.line, func(t *testing.T) {
			s := newScripted()
			text, end := play(t, s, Options{}, test.line, "q")
			if end != Left {
				t.Errorf("end = %v", end)
			}
			wants(t, text, test.says)
			if got := strings.Join(s.calls, ","); got != test.call {
				t.Errorf("calls %q, want %q", got, test.call)
			}
		})
	}
}

func TestRestartAsksFirst(t *testing.T) {
	s := newScripted()
	text, _ := play(t, s, Options{}, "restart", "", "restart", "yes", "q")
	wants(t, text, "Begin again, in a fresh lab?", "Nothing was changed.", "Begin again")
	if got := strings.Join(s.calls, ","); got != "rerun 0" {
		t.Errorf("calls %q", got)
	}
	if n := strings.Count(text, "A fresh start."); n != 1 {
		t.Errorf("what the move came to is said %d times:\n%s", n, text)
	}
}

func TestHintsComeInLevels(t *testing.T) {
	text, _ := play(t, newScripted(), Options{}, "", "", "h", "h", "h", "h", "q")
	wants(t, text, "Hint 1 of 3: Count.", "Hint 2 of 3: It is 3.", "Hint 3 of 3: Nobody has to know", "That was the last hint.")
}

func TestARefusedValueIsAskedForAgain(t *testing.T) {
	text, _ := play(t, newScripted(), Options{At: 3}, "99999", "q")
	wants(t, text, "Not done: a port is a number from 0 to 65535.", "Your value")
}

func TestLookingBack(t *testing.T) {
	s := newScripted()
	text, _ := play(t, s, Options{}, "", "", "2", "", "k", "k", "f", "", "q")
	wants(t, text, "Recorded, after move 3 of 4.", "Recorded, after move 2", "Recorded, after move 3", "Now: live again.")
}

func TestTheContextEndsIt(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	why := errors.New("a signal")
	stop(why)
	r, w := blockedInput(t)
	defer w()
	_, err := Play(ctx, newScripted(), NewInput(r, false), NewOutput(&bytes.Buffer{}, 0), Options{})
	if !errors.Is(err, why) {
		t.Errorf("err = %v", err)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, c := range commands {
		if c.help == "" || c.do == nil || len(c.names) == 0 {
			t.Errorf("%q lacks something", c.names)
		}
		for _, n := range c.names {
			if found, _ := find(n); found == nil || found.names[0] != c.names[0] {
				t.Errorf("%q does not find itself", n)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	tcp, order := &lesson.Lesson{Name: "tcp", Title: "TCP"}, &lesson.Lesson{Name: "byte-order", Title: "Bytes"}
	menu := Menu{Lessons: []Choice{{tcp, "done"}, {order, "7 steps"}}, Default: 1}
	for _, test := range []struct {
		typed string
		want  *lesson.Lesson
	}{{"1", tcp}, {"tcp", tcp}, {"", order}, {"9\ntcp", tcp}, {"q", nil}} {
		var out bytes.Buffer
		got, err := Choose(context.Background(), NewInput(strings.NewReader(test.typed+"\n"), true), NewOutput(&out, 0), menu)
		if got != test.want || err != nil {
			t.Errorf("%q chooses %v, %v", test.typed, got, err)
		}
	}
}
