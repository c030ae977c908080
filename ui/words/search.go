package words

import (
	"fmt"

	"sockstep/lesson"
)

// HowToOpen is the command that opens a lesson that a search found, empty for a card
// and a term.
func HowToOpen(h lesson.Hit) string {
	switch h.Kind {
	case lesson.HitLesson:
		return "sockstep learn " + h.Name
	case lesson.HitStep:
		return fmt.Sprintf("sockstep learn %s --at %d", h.Name, h.Step+1)
	}
	return ""
}
