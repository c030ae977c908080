package linear

import (
	"strings"
	"testing"

	"sockstep/lesson"
)

// recalling are options with a belief to ask about; got is what was noted of it.
func recalling() (o Options, got *[]lesson.Mark) {
	got = new([]lesson.Mark)
	o.Recall = &lesson.Belief{ID: "M07", Question: "Which port?", Options: []string{"7777", "24862"}, Right: 2, Why: "The bytes are swapped."}
	o.Recalled = func(_ string, m lesson.Mark) { *got = append(*got, m) }
	return o, got
}

func TestRecallIsAskedBeforeTheFirstStep(t *testing.T) {
	for typed, want := range map[string]struct {
		mark lesson.Mark
		said string
	}{
		"2":    {lesson.Right, "Right. The bytes are swapped."},
		"1":    {lesson.Wrong, "No, it is 2. The bytes are swapped."},
		"":     {lesson.Unmarked, "Step 1 of 4"},
		"9\n2": {lesson.Right, "There are answers 1 to 2."},
	} {
		o, got := recalling()
		out, _ := play(t, newScripted(), o, append(strings.Split(typed, "\n"), "q")...)
		wants(t, out, "from an earlier lesson. Which port?", "1. 7777", "2. 24862", want.said)
		wants(t, out, "2. 24862", "Step 1 of 4")
		if len(*got) != 1 || (*got)[0] != want.mark {
			t.Errorf("typed %q: noted %v, want %v", typed, *got, want.mark)
		}
	}
}

func TestRecallCanBeLeft(t *testing.T) {
	o, got := recalling()
	out, end := play(t, newScripted(), o, "q")
	if end != Left || strings.Contains(out, "Step 1") || len(*got) != 0 {
		t.Errorf("end %v, noted %v\n%s", end, *got, out)
	}
}
