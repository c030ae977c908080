package drill

import (
	"testing"

	"sockstep/lesson"
)

func TestScore(t *testing.T) {
	right := lesson.Answer{Chosen: 1, Correct: 1, Mark: lesson.Right}
	wrong := lesson.Answer{Chosen: 0, Correct: 1, Mark: lesson.Wrong}
	skipped := lesson.Answer{Chosen: lesson.Skipped, Correct: 1}
	unforeseen := lesson.Answer{Chosen: 0, Correct: -1}
	var s Score
	for _, c := range []struct {
		a    lesson.Answer
		want string
	}{{unforeseen, ""}, {skipped, "1 skipped"}, {right, "1 of 1 right, 1 skipped"}, {wrong, "1 of 2 right, 1 skipped"}} {
		if s = s.With(c.a); s.String() != c.want {
			t.Errorf("after %+v: %q, want %q", c.a, s, c.want)
		}
	}
}
