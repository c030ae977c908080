package lesson

import (
	"strings"
	"testing"

	"sockstep/netcore"
)

func TestMarkTyped(t *testing.T) {
	q := Question{Typed: "number", About: "result", Options: []Option{{Text: "one each", Is: "3", Belief: "M21"}, {Text: "all", Is: "11"}, {Text: "some", Is: ">=1"}}}
	for _, c := range []struct {
		typed, observed string
		chosen          int
		mark            Mark
	}{
		{"11", "11", 1, Right}, {"3", "11", 0, Wrong}, {"5", "11", 2, Wrong}, {"0", "11", Own, Wrong},
		{"11", "", 1, Unmarked}, {"7", "7", 2, Right}, {"0", "0", Own, Right}, {"8", "7", Own, Wrong},
	} {
		a := q.MarkTyped(c.typed, c.observed)
		if a.Chosen != c.chosen || a.Mark != c.mark || a.Typed != c.typed || a.Observed != c.observed {
			t.Errorf("%s, and it was %s: %+v", c.typed, c.observed, a)
		}
	}
}

func TestReadTyped(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"number", " 11 ", "11"}, {"number", "0x10", "16"}, {"number", "-1", "-1"}, {"number", "eleven", ""},
		{"errno", "einval", "EINVAL"}, {"errno", "0", "0"}, {"errno", "EFOO", ""}, {"errno", "EINVAL ", "EINVAL"},
		{"state", "time-wait", "TIME_WAIT"}, {"state", "listen", "LISTEN"}, {"state", "OPEN", ""},
		{"port", "65535", "65535"}, {"port", "65536", ""}, {"port", "-1", ""}, {"number", "\x1b[2J", ""},
	} {
		got, err := readTyped(c.kind, c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q: %q, %v", c.kind, c.text, got, err)
		}
		if err != nil && strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("%s %q: the error has an escape in it", c.kind, c.text)
		}
	}
}

// TestPredictIsMarkedByTheKernel types a wrong prediction, and wants its belief kept.
func TestPredictIsMarkedByTheKernel(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lesson("bytes")
	step := -1
	for i := range l.Steps {
		if q := l.Steps[i].Ask; q != nil && q.Typed != "" {
			step = i
			break
		}
	}
	if step < 0 {
		t.Fatal("no answer of the lesson bytes is typed")
	}
	s := NewSession(l, OpenLab(netcore.Options{}))
	t.Cleanup(func() { s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skipf("no lab can be opened here: %v", err)
	}
	if err := s.Jump(ctx(t), step); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "three"} {
		if err := s.Predict(bad); err == nil || s.View().Phase != Asking {
			t.Errorf("%q is taken: phase %v", bad, s.View().Phase)
		}
	}
	if err := s.Predict("3"); err != nil {
		t.Fatal(err)
	}
	if err := s.Next(ctx(t)); err != nil {
		t.Fatal(err)
	}
	a := s.View().Answers[l.Steps[step].ID]
	if a.Mark != Wrong || a.Typed != "3" || a.Observed != "11" || l.Steps[step].Ask.Options[a.Chosen].Belief != "M21" {
		t.Errorf("%+v", a)
	}
}
