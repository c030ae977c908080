package placement

import (
	"slices"
	"testing"

	"sockstep/lesson"
)

func builtin(t *testing.T) *lesson.Course {
	t.Helper()
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return course
}

// asked is a question as a text, what is shown of it only.
func asked(q Question) string {
	if q.Belief != nil {
		return q.Lesson.Name + " " + q.Belief.Question
	}
	text := q.Lesson.Name + " " + q.Drill.Ask.Text
	for _, l := range q.Drill.Lines {
		text += "\n" + l.Code
	}
	return text
}

func texts(questions []Question) []string {
	all := make([]string, len(questions))
	for i, q := range questions {
		all[i] = asked(q)
	}
	return all
}

// TestChoose makes many attempts: twelve questions of twelve lessons, in order, the
// same for the same attempt.
func TestChoose(t *testing.T) {
	course := builtin(t)
	var before []string
	for attempt := range 50 {
		questions := Choose(course, attempt)
		if len(questions) != Count {
			t.Fatalf("attempt %d: %d questions", attempt, len(questions))
		}
		last := -1
		for _, q := range questions {
			i := slices.Index(course.Lessons, q.Lesson)
			if i <= last || (q.Belief == nil) == (q.Drill == nil) {
				t.Fatalf("attempt %d: a question of lesson %d behind one of %d: %+v", attempt, i, last, q)
			}
			last = i
		}
		now := texts(questions)
		if again := texts(Choose(course, attempt)); !slices.Equal(now, again) {
			t.Errorf("attempt %d asks %q, then %q", attempt, now, again)
		}
		if slices.Equal(now, before) {
			t.Errorf("attempt %d asks what the one before did", attempt)
		}
		before = now
	}
}

// TestChooseFromAShortCourse has fewer lessons than questions, and asks nothing twice.
func TestChooseFromAShortCourse(t *testing.T) {
	course := builtin(t)
	short := &lesson.Course{Lessons: []*lesson.Lesson{course.Lesson("tcp"), course.Lesson("ends")}}
	all := texts(Choose(short, 0))
	if slices.Sort(all); len(all) != Count || len(slices.Compact(all)) != Count {
		t.Errorf("%d questions: %q", len(all), all)
	}
	if got := Choose(&lesson.Course{}, 0); len(got) != 0 {
		t.Errorf("a course without lessons has questions: %+v", got)
	}
}

// TestFits wants a topic and a lesson for each.
func TestFits(t *testing.T) {
	course := builtin(t)
	for name, f := range fits {
		if course.Lesson(name) == nil {
			t.Errorf("no lesson %s", name)
		}
		for seed := range uint64(50) {
			if q := f.question(seed); q.Topic != f.topic {
				t.Errorf("%s gets a question of %s", name, q.Topic)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	var questions []Question
	for _, name := range []string{"a", "b", "c"} {
		questions = append(questions, Question{Lesson: &lesson.Lesson{Name: name}})
	}
	const right, wrong, open = lesson.Right, lesson.Wrong, lesson.Unmarked
	for _, c := range []struct {
		marks []lesson.Mark
		start string
		count [3]int
	}{
		{[]lesson.Mark{right, wrong, wrong}, "b", [3]int{1, 2, 0}},
		{[]lesson.Mark{open, right, wrong}, "c", [3]int{1, 1, 1}},
		{[]lesson.Mark{right, open, open}, "b", [3]int{1, 0, 2}},
		{[]lesson.Mark{right, right, right}, "", [3]int{3, 0, 0}},
		{nil, "", [3]int{}},
	} {
		v, start := Judge(questions, c.marks), ""
		if v.Start != nil {
			start = v.Start.Name
		}
		if got := [3]int{v.Right, v.Wrong, v.Open}; start != c.start || got != c.count {
			t.Errorf("%v: start with %q, %v, want %q, %v", c.marks, start, got, c.start, c.count)
		}
	}
}
