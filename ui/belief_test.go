package ui

import (
	"slices"
	"testing"

	"sockstep/lesson"
)

// digit is the key that chooses an option from 0.
func digit(option int) string { return itoa(option + 1) }

func TestBeliefIsAskedAgainOverTheLesson(t *testing.T) {
	b, ok := lesson.BeliefOf("M07")
	if !ok {
		t.Fatal("no question for M07")
	}
	right, skip := b.Right-1, len(b.Options)
	for name, c := range map[string]struct {
		option int
		said   string
		noted  []string
	}{
		"right":   {right, "on to the lesson", []string{"M07 " + itoa(int(lesson.Right))}},
		"wrong":   {(right + 1) % skip, "This will be asked again", []string{"M07 " + itoa(int(lesson.Wrong))}},
		"skipped": {skip, "▶", []string{"M07 " + itoa(int(lesson.Unmarked))}},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, k := opening(t)
			k.due = []string{"M99", "M07"} // there is no question for the first
			d.press("enter")
			d.shows("something from an earlier lesson")
			d.settled()
			d.press(digit(c.option), "enter")
			d.shows(c.said)
			if !slices.Equal(k.recalled, c.noted) {
				t.Errorf("noted %q, want %q", k.recalled, c.noted)
			}
			d.press("enter")
			if d.m.over.kind != overNone || !d.m.onStage {
				t.Errorf("not on the stage:\n%s", picture(d.m))
			}
		})
	}
}

func TestBeliefNotAnsweredIsNotNoted(t *testing.T) {
	d, _, k := opening(t)
	k.due = []string{"M07"}
	d.press("enter")
	d.shows("something from an earlier lesson")
	d.press("esc")
	if len(k.recalled) != 0 || d.m.over.kind != overNone {
		t.Errorf("noted %q\n%s", k.recalled, picture(d.m))
	}
}
