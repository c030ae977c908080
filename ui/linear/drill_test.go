package linear

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// drilled plays a drill whose kernel says what option says of each question: its
// index, or -1 for what none of them says.
func drilled(t *testing.T, typed string, count, option int) (drill.Score, string) {
	t.Helper()
	var out strings.Builder
	score, err := Drill(t.Context(), NewInput(strings.NewReader(typed), true), NewOutput(&out, 0), DrillOptions{
		Questions: drill.NewSource(1),
		Count:     count,
		Run: func(_ context.Context, q drill.Question, choice int) (drill.Outcome, error) {
			observed := "ENOSUCH"
			if option >= 0 {
				observed = string(q.Ask.Options[option].Is)
			}
			return drill.Outcome{Answer: q.Ask.Mark(choice, observed), Log: []lesson.LogLine{
				{Side: "server", Text: "socket(\x1b[2J)", Result: "3"}, {Side: "server", Text: "accept(3)", Blocked: true},
			}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return score, out.String()
}

func TestDrillCountsWhatTheKernelSaid(t *testing.T) {
	score, out := drilled(t, "1\n2\n\nnonsense\n9\n1\n", 4, 0)
	if want := (drill.Score{Right: 2, Wrong: 1, Skipped: 1}); score != want {
		t.Errorf("score %+v, want %+v\n%s", score, want, out)
	}
	for _, want := range []string{"Question 4, ", "accept(3) blocks", ") = 3", "Right, answer 1", "No. It is answer 1", "Skipped. It is answer 1", "There are answers 1 to", "2 of 3 right, 1 skipped."} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("a control character reached the output: %q", out)
	}
}

func TestDrillDoesNotCountTheUnforeseen(t *testing.T) {
	score, out := drilled(t, "1\nq\n", 0, -1)
	if score != (drill.Score{}) || !strings.Contains(out, "The kernel says ENOSUCH") || !strings.Contains(out, "No question was answered.") {
		t.Errorf("score %+v\n%s", score, out)
	}
}

func TestDrillEndsWithItsInput(t *testing.T) {
	if score, out := drilled(t, "1\n", 0, 0); score.Right != 1 || !strings.Contains(out, "1 of 1 right.") {
		t.Errorf("score %+v\n%s", score, out)
	}
}

// TestDrillGoesOnWhereOneCannotBeRunHere asks the next one.
func TestDrillGoesOnWhereOneCannotBeRunHere(t *testing.T) {
	var out strings.Builder
	score, err := Drill(t.Context(), NewInput(strings.NewReader("1\n1\n"), true), NewOutput(&out, 0), DrillOptions{
		Questions: drill.NewSource(1),
		Run: func(context.Context, drill.Question, int) (drill.Outcome, error) {
			return drill.Outcome{}, fmt.Errorf("%w: no wire", drill.ErrNotHere)
		},
	})
	if err != nil || score != (drill.Score{}) || !strings.Contains(out.String(), "Question 3, ") || !strings.Contains(out.String(), "no wire") {
		t.Errorf("%+v, %v\n%s", score, err, out.String())
	}
}

func TestDrillSaysWhatCouldNotRun(t *testing.T) {
	broken := errors.New("no lab")
	_, err := Drill(t.Context(), NewInput(strings.NewReader("1\n"), true), NewOutput(&strings.Builder{}, 0), DrillOptions{
		Questions: drill.NewSource(1),
		Run: func(context.Context, drill.Question, int) (drill.Outcome, error) {
			return drill.Outcome{}, broken
		},
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
