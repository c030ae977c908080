package placement

import "sockstep/lesson"

// Verdict is what the answers to a placement's questions advise.
type Verdict struct {
	Right, Wrong int
	// Open are the questions without an answer that counts.
	Open int
	// Start is the lesson to start with, nil where nothing speaks for one.
	Start *lesson.Lesson
}

// Judge counts the marks of the questions asked. The lesson to start with is the
// first whose question was answered wrongly; where none was, the first whose
// question was not answered.
func Judge(asked []Question, marks []lesson.Mark) Verdict {
	var v Verdict
	var open *lesson.Lesson
	for i, m := range marks {
		l := asked[i].Lesson
		switch m {
		case lesson.Right:
			v.Right++
		case lesson.Wrong:
			v.Wrong++
			v.Start = first(v.Start, l)
		default:
			v.Open++
			open = first(open, l)
		}
	}
	v.Start = first(v.Start, open)
	return v
}

// Answered is how many answers count.
func (v Verdict) Answered() int { return v.Right + v.Wrong }

func first(a, b *lesson.Lesson) *lesson.Lesson {
	if a != nil {
		return a
	}
	return b
}
