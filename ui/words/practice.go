package words

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/lesson/placement"
)

// Happened is a line of the log of a drill's run: a call with what it returned, an
// end. Which side it was is said where there are two.
func Happened(q drill.Question, l lesson.LogLine) string {
	text := l.Text
	switch {
	case l.Blocked:
		text += " blocks"
	case l.Result != "":
		text += " = " + l.Result
	}
	if len(q.Programs()) > 1 {
		text = fmt.Sprintf("%-7s %s", l.Side, text)
	}
	return text
}

// Unforeseen says that a run did what no option of its question says.
func Unforeseen(observed string) string {
	if observed == "" {
		observed = "nothing"
	}
	return "The kernel says " + observed + ", which none of the answers is. This one does not count."
}

// NotPlaced says that a placement was left, or skipped as a whole.
const NotPlaced = "This placement does not count: it was left, or no question was answered."

// Advice says in a sentence or two how a placement went and where to start: with a
// lesson of the course, or with one of its last where every answer was right. kept is
// what is known of the placements with this one.
func Advice(course *lesson.Course, v placement.Verdict, kept lesson.Placement) []string {
	text := fmt.Sprintf("%d of %d right", v.Right, v.Answered())
	if v.Open > 0 {
		text += fmt.Sprintf(", %d without an answer", v.Open)
	}
	out := []string{text + "." + sinceFirst(kept)}
	switch {
	case v.Start == nil:
		return append(out, "All were right. What is left are the last lessons: "+names(course.Lessons[max(0, len(course.Lessons)-3):])+".")
	case v.Wrong == 0:
		return append(out, fmt.Sprintf("Nothing was wrong. Start with the lesson %s, the first without an answer:", v.Start.Name))
	}
	return append(out, fmt.Sprintf("Start with the lesson %s, %s:", v.Start.Name, v.Start.Title))
}

// sinceFirst compares the last placement with the first, a sentence.
func sinceFirst(kept lesson.Placement) string {
	switch more := kept.Last - kept.First; {
	case kept.Times < 2:
		return ""
	case more > 0:
		return fmt.Sprintf(" That is %d more than the first time.", more)
	case more < 0:
		return fmt.Sprintf(" That is %d fewer than the first time.", -more)
	}
	return " As many as the first time."
}

// Grown says what has become of the questions of the first placement, by their
// lessons; nothing where nothing was asked before.
func Grown(g placement.Growth) []string {
	var out []string
	for _, part := range []struct {
		head    string
		lessons []*lesson.Lesson
	}{
		{"Learned, not right the first time and right now: ", g.Learned},
		{"Wrong now as the first time: ", g.Open},
		{"Right the first time and wrong now: ", g.Lost},
	} {
		if len(part.lessons) > 0 {
			out = append(out, part.head+names(part.lessons)+".")
		}
	}
	return out
}

func names(lessons []*lesson.Lesson) string {
	all := make([]string, len(lessons))
	for i, l := range lessons {
		all[i] = l.Name
	}
	return strings.Join(all, ", ")
}
