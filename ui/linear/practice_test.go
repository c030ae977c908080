package linear

import (
	"context"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// finished is a session at the end of a lesson that names a topic to practise.
func finished() *scripted {
	s := newScripted()
	s.l.Drills = []string{"recv", "state"}
	s.enter(len(s.l.Steps))
	return s
}

// firstHolds is a kernel that does what the first option says.
func firstHolds(_ context.Context, q drill.Question, choice int) (drill.Outcome, error) {
	return drill.Outcome{Answer: q.Ask.Mark(choice, string(q.Ask.Options[0].Is))}, nil
}

// TestPractiseAtTheEnd practises the lesson's topics, and one that was named, and
// leaves them for the lesson's end.
func TestPractiseAtTheEnd(t *testing.T) {
	text, end := play(t, finished(), Options{Practise: firstHolds}, "practise", "1", "q", "practise queue", "q", "practise rcv", "")
	wants(t, text, "To practise this, type practise.", "sockstep drill recv state", "Question 1, ", "Right, answer 1", "1 of 1 right.",
		"Question 1, queue.", `"rcv" is no topic`, "The lesson is finished.")
	if end != Finished {
		t.Errorf("end %v", end)
	}
}

func TestPractiseWithoutALab(t *testing.T) {
	text, _ := play(t, finished(), Options{}, "practise", "q")
	wants(t, text, "To practise this:", "Practice is not to be had here.")
}

// found is a search that finds one of each.
func found(words string) []lesson.Hit {
	if words != "accept queue" {
		return nil
	}
	return []lesson.Hit{
		{Kind: lesson.HitCard, Name: "accept", Title: "accept()", Sample: "Takes `one`."},
		{Kind: lesson.HitStep, Name: "demo", Step: 3, Title: "A demonstration: A refusal"},
		{Kind: lesson.HitStep, Name: "tcp", Step: 5, Title: "TCP: accept"},
		{Kind: lesson.HitLesson, Name: "queue", Title: "The queue"},
	}
}

// TestSearch finds with the sign and with the word, and opens what was found.
func TestSearch(t *testing.T) {
	s := newScripted()
	text, _ := play(t, s, Options{Search: found}, "open 1", "/accept queue", "open 1", "open 2", "open 3", "search nothing", "/", "open 1", "q")
	wants(t, text, "Type the number of something that search found", "1. card accept(): Takes", "2. step A demonstration: A refusal (sockstep learn demo --at 4)",
		"Takes the first finished connection", "That is another lesson. q leaves this one; then it is opened by:", "sockstep learn tcp --at 6",
		"Nothing has all of these words: nothing", "Type the words behind it")
	if got := strings.Join(s.calls, ","); got != "jump 3" {
		t.Errorf("calls %q", got)
	}
}

func TestSearchInTheMenu(t *testing.T) {
	var out strings.Builder
	menu := Menu{Lessons: []Choice{{&lesson.Lesson{Name: "tcp"}, "done"}}, Search: found}
	l, err := Choose(t.Context(), NewInput(strings.NewReader("/accept queue\ntcp\n"), true), NewOutput(&out, 0), menu)
	if err != nil || l != menu.Lessons[0].Lesson {
		t.Errorf("%v, %v", l, err)
	}
	wants(t, out.String(), "4. lesson The queue (sockstep learn queue)")
}
