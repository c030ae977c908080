package drill

import (
	"fmt"

	"sockstep/lesson"
)

// Score counts how questions were answered. What the kernel did otherwise than every
// option says is not counted.
type Score struct{ Right, Wrong, Skipped int }

// With is the score with one more answer.
func (s Score) With(a lesson.Answer) Score {
	switch {
	case a.Correct < 0:
	case a.Chosen == lesson.Skipped:
		s.Skipped++
	case a.Mark == lesson.Right:
		s.Right++
	default:
		s.Wrong++
	}
	return s
}

// String is "2 of 3 right, 1 skipped", or what of that there is, and empty before the first answer.
func (s Score) String() string {
	switch {
	case s == (Score{}):
		return ""
	case s.Right+s.Wrong == 0:
		return fmt.Sprintf("%d skipped", s.Skipped)
	}
	text := fmt.Sprintf("%d of %d right", s.Right, s.Right+s.Wrong)
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	return text
}
