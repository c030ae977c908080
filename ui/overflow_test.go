package ui

import (
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

func TestOverflows(t *testing.T) {
	long := strings.Repeat("word ", 200)
	for _, c := range []struct {
		name  string
		phase lesson.Phase
		make  func(st *lesson.Step)
		want  string
	}{
		{"fits", lesson.Asking, func(*lesson.Step) {}, ""},
		{"fits after", lesson.Ran, func(*lesson.Step) {}, ""},
		{"before", lesson.Reading, func(st *lesson.Step) { st.Before, st.Ask = long, nil }, "the text before the step runs takes 14 rows, and a window of 80x24 has 10 for it"},
		{"question", lesson.Asking, func(st *lesson.Step) { st.Ask.Text = long }, "the question with its answers"},
		{"typing", lesson.Reading, func(st *lesson.Step) { st.Input = &lesson.Input{Ask: long} }, "the text with what is to be typed"},
		{"after", lesson.Ran, func(st *lesson.Step) { st.Ask, st.After = nil, long+long }, "the text after the step has run takes"},
		{"marked", lesson.Ran, func(st *lesson.Step) { st.Ask.Options[2].Why = long }, "with answer 3 marked,"},
		{"refused", lesson.Ran, func(st *lesson.Step) { st.Ask, st.After = nil, "" }, "the text after the step has run takes"},
		{"intro", lesson.Reading, func(*lesson.Step) {}, "the lesson's first words with the text of its first step"},
		{"takeaway", lesson.Finished, func(*lesson.Step) {}, "the takeaway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample(t)
			v := baseView(l)
			v.Phase, v.Step, v.Message = c.phase, 1, long
			v.Answers["socket"] = lesson.Answer{Observed: "3", Chosen: lesson.Skipped}
			l.Steps[1].Ask.Options[2].Text = "x"
			c.make(&l.Steps[1])
			if c.name == "intro" {
				l.Intro, v.Step = long, 0
			}
			if c.name == "refused" {
				v.StepCalls = []netcore.ID{7}
				v.Log = []lesson.LogLine{{ID: 7, Kind: netcore.CallEvent, Text: "listen(3, 5)", Cause: long + long, Reason: long + long}}
			}
			if c.name == "takeaway" {
				l.Takeaway, v.Step = long, len(l.Steps)
			}
			got := Overflows(newScript(t, v), v)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("%v, want that all fits", got)
			case c.want != "" && (len(got) == 0 || !strings.Contains(got[0].String(), c.want)):
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// TestTheTextGrows: where the words after a step need more rows than there are, the
// program gives some of its own, and keeps three.
func TestTheTextGrows(t *testing.T) {
	l := sample(t)
	v := baseView(l)
	v.Step, v.Phase = 3, lesson.Ran
	heights := func() (program, text int) {
		m := staged(t, v, 80, 24).layout()
		return m.programs[0].h, m.text.h
	}
	program, text := heights()
	l.Steps[3].After = strings.Repeat("word ", 400)
	less, more := heights()
	if less != leastProgram || program-less != more-text || more == text {
		t.Errorf("program %d and text %d rows, with a long text %d and %d", program, text, less, more)
	}
	checkFrame(t, "grown", staged(t, v, 80, 24), 80, 24)
}
