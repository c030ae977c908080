package lesson

import (
	"slices"
	"testing"
)

// TestBeliefsOfTheCourseAreAskedAgain wants a question for every belief that an
// option of the built-in course stands for.
func TestBeliefsOfTheCourseAreAskedAgain(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course.Lessons {
		for _, st := range l.Steps {
			if st.Ask == nil {
				continue
			}
			for _, o := range st.Ask.Options {
				if _, ok := BeliefOf(o.Belief); o.Belief != "" && !ok {
					t.Errorf("%s/lesson.md:%d: no question in beliefs.yaml for %s", l.Name, st.Ask.Line, o.Belief)
				}
			}
		}
	}
}

// widestOption is what fits in a row of a window of 80 columns, with its number.
const widestOption = 70

func TestBeliefsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range beliefs() {
		distinct := slices.Compact(slices.Sorted(slices.Values(b.Options)))
		switch {
		case seen[b.ID]:
			t.Errorf("%s is there twice", b.ID)
		case b.Question == "" || b.Why == "":
			t.Errorf("%s has no question or no why", b.ID)
		case len(b.Options) < 2 || len(distinct) != len(b.Options) || slices.Contains(b.Options, ""):
			t.Errorf("%s has the options %q", b.ID, b.Options)
		case b.Right < 1 || b.Right > len(b.Options):
			t.Errorf("%s: option %d is right, of %d", b.ID, b.Right, len(b.Options))
		}
		if line, err := checkText([]byte(b.Question + b.Why)); err != nil {
			t.Errorf("%s, line %d: %v", b.ID, line, err)
		}
		for _, o := range b.Options {
			if len(o) > widestOption {
				t.Errorf("%s: the option %q has %d bytes, at most %d fit", b.ID, o, len(o), widestOption)
			}
		}
		seen[b.ID] = true
	}
}

func TestBeliefsHaveTheRightOptionAnywhere(t *testing.T) {
	at := map[int]int{}
	for _, b := range beliefs() {
		at[b.Right]++
	}
	for n := 1; n <= 3; n++ {
		if at[n] < len(beliefs())/5 {
			t.Errorf("option %d is right in %d of %d questions", n, at[n], len(beliefs()))
		}
	}
	b := Belief{Options: []string{"a", "b", "c"}, Right: 2}
	b.turn(2)
	if b.Options[b.Right-1] != "b" || b.Right != 1 {
		t.Errorf("turned: %+v", b)
	}
}

func TestBeliefMark(t *testing.T) {
	b := Belief{Options: []string{"a", "b"}, Right: 2}
	for chosen, want := range map[int]Mark{0: Wrong, 1: Right, 2: Unmarked, Skipped: Unmarked} {
		if got := b.Mark(chosen); got != want {
			t.Errorf("Mark(%d) = %v, want %v", chosen, got, want)
		}
	}
}
