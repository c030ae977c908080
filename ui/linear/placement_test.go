package linear

import (
	"context"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/lesson/placement"
)

// placed asks two questions, one of them a drill's whose kernel says what its first
// option says, and returns the marks and what was written.
func placed(t *testing.T, typed string) ([]lesson.Mark, string) {
	t.Helper()
	belief, ok := lesson.BeliefOf("M01")
	if !ok {
		t.Fatal("no belief M01")
	}
	drilled := drill.NewSource(1).Next()
	questions := []placement.Question{
		{Lesson: &lesson.Lesson{Name: "one"}, Belief: &belief},
		{Lesson: &lesson.Lesson{Name: "two"}, Drill: &drilled},
	}
	var out strings.Builder
	marks, err := Place(t.Context(), NewInput(strings.NewReader(typed), true), NewOutput(&out, 0), questions,
		func(_ context.Context, q drill.Question, choice int) (drill.Outcome, error) {
			return drill.Outcome{Answer: q.Ask.Mark(choice, string(q.Ask.Options[0].Is))}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return marks, out.String()
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []lesson.Mark
		says  string
	}{
		{"1\n1\n", []lesson.Mark{lesson.Right, lesson.Right}, "Question 2 of 2, two."},
		{"2\n2\n", []lesson.Mark{lesson.Wrong, lesson.Wrong}, "No, it is 1."},
		{"\n\n", []lesson.Mark{lesson.Unmarked, lesson.Unmarked}, "Skipped. It is 1."},
		{"1\nq\n", []lesson.Mark{lesson.Right}, "Right. socket()"},
		{"", nil, "Question 1 of 2, one."},
	} {
		marks, out := placed(t, c.typed)
		if len(marks) != len(c.want) || !strings.Contains(out, c.says) {
			t.Fatalf("%q: marks %v, want %v and %q in\n%s", c.typed, marks, c.want, c.says, out)
		}
		for i := range marks {
			if marks[i] != c.want[i] {
				t.Errorf("%q: marks %v, want %v", c.typed, marks, c.want)
			}
		}
	}
}

func TestAdvise(t *testing.T) {
	course := &lesson.Course{}
	for _, name := range []string{"a", "b", "c", "d"} {
		course.Lessons = append(course.Lessons, &lesson.Lesson{Name: name, Title: "Title of " + name})
	}
	b := course.Lesson("b")
	for _, c := range []struct {
		v    placement.Verdict
		kept lesson.Placement
		g    placement.Growth
		want string
	}{
		{placement.Verdict{Right: 2, Wrong: 1, Start: b}, lesson.Placement{Times: 1, First: 2, Last: 2}, placement.Growth{},
			"\n2 of 3 right.\nStart with the lesson b, Title of b:\n    sockstep learn b\n"},
		{placement.Verdict{Right: 3, Open: 1, Start: b}, lesson.Placement{Times: 2, First: 1, Last: 3}, placement.Growth{Learned: course.Lessons[:2], Lost: course.Lessons[3:]},
			"\n3 of 3 right, 1 without an answer. That is 2 more than the first time.\nNothing was wrong. Start with the lesson b, the first without an answer:\n    sockstep learn b\nLearned, not right the first time and right now: a, b.\nRight the first time and wrong now: d.\n"},
		{placement.Verdict{Right: 4}, lesson.Placement{Times: 3, First: 4, Last: 4}, placement.Growth{Open: course.Lessons[:1]},
			"\n4 of 4 right. As many as the first time.\nAll were right. What is left are the last lessons: b, c, d.\nWrong now as the first time: a.\n"},
	} {
		var out strings.Builder
		o := NewOutput(&out, 0)
		o.say("before")
		Advise(o, course, c.v, c.kept, c.g)
		if got := strings.TrimPrefix(out.String(), "before\n"); got != c.want {
			t.Errorf("got\n%q, want\n%q", got, c.want)
		}
	}
}
