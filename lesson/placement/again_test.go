package placement

import (
	"slices"
	"strings"
	"testing"

	"sockstep/lesson"
)

// TestAgain asks the first questions again: of the same lessons, the same beliefs, and
// a drill's with other lines or other answers; with what the course has lost left out.
func TestAgain(t *testing.T) {
	course := builtin(t)
	first := Choose(course, 0)
	kept := Kept(first, make([]lesson.Mark, len(first)))
	again := Next(course, lesson.Placement{Times: 1, Asked: kept})
	if len(again) != len(first) {
		t.Fatalf("%d questions, then %d", len(first), len(again))
	}
	for i, q := range again {
		if !q.same(kept[i]) {
			t.Errorf("question %d was %+v, and is now %s", i+1, kept[i], asked(q))
		}
		if q.Drill != nil && asked(q) == asked(first[i]) {
			t.Errorf("question %d has the same numbers: %s", i+1, asked(q))
		}
		if b := q.Belief; b != nil && b.Options[b.Right-1] != first[i].Belief.Options[first[i].Belief.Right-1] {
			t.Errorf("question %d has another right answer: %s", i+1, b.Options[b.Right-1])
		}
	}
	if got := Again(course, []lesson.Placed{{Lesson: "gone"}, {Lesson: "tcp", Belief: "M999"}, {Lesson: "tcp"}}, 1); len(got) != 0 {
		t.Errorf("what is gone is asked: %q", texts(got))
	}
	if got := Next(course, lesson.Placement{Times: 1}); len(got) != Count {
		t.Errorf("without the first questions there are %d", len(got))
	}
}

func TestGrown(t *testing.T) {
	const right, wrong, open = lesson.Right, lesson.Wrong, lesson.Unmarked
	course, first := &lesson.Course{}, []lesson.Placed{}
	var questions []Question
	for i, then := range []lesson.Mark{wrong, open, right, wrong, right, wrong} {
		l := &lesson.Lesson{Name: string(rune('a' + i))}
		course.Lessons = append(course.Lessons, l)
		questions = append(questions, Question{Lesson: l})
		first = append(first, lesson.Placed{Lesson: l.Name, Mark: then})
	}
	g := Grown(first, questions, []lesson.Mark{right, right, wrong, wrong, right, open})
	for _, c := range []struct {
		what string
		got  []*lesson.Lesson
		want string
	}{{"learned", g.Learned, "a b"}, {"lost", g.Lost, "c"}, {"open", g.Open, "d"}} {
		var names []string
		for _, l := range c.got {
			names = append(names, l.Name)
		}
		if strings.Join(names, " ") != c.want {
			t.Errorf("%s %v, want %s", c.what, names, c.want)
		}
	}
	if slices.Contains(g.Open, questions[5].Lesson) {
		t.Error("a question without an answer counts as wrong")
	}
}
