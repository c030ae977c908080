package placement

import (
	"math/rand/v2"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// Count is how many questions are asked, fewer where a course has no more.
const Count = 12

// Question is one question: either a belief's, whose answer is written down, or a
// drill's, whose answer a run gives.
type Question struct {
	Lesson *lesson.Lesson // whose matter it is
	Belief *lesson.Belief
	Drill  *drill.Question
}

// Choose takes questions for one attempt, in the course's order. The same attempt at
// the same course asks the same ones, another attempt other ones. A lesson gets a
// second question only where there are too few lessons with any.
func Choose(course *lesson.Course, attempt int) []Question {
	rng := rand.New(rand.NewPCG(uint64(attempt), Count))
	left := pools(course, uint64(attempt))
	for _, p := range left {
		rng.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	}
	var chosen []Question
	for before := -1; len(chosen) > before && len(chosen) < Count; {
		before = len(chosen)
		for _, i := range rng.Perm(len(left)) {
			if len(left[i]) > 0 && len(chosen) < Count {
				chosen, left[i] = append(chosen, left[i][0]), left[i][1:]
			}
		}
	}
	slices.SortStableFunc(chosen, func(a, b Question) int {
		return slices.Index(course.Lessons, a.Lesson) - slices.Index(course.Lessons, b.Lesson)
	})
	return chosen
}

// pools are the questions there are for each lesson, in the course's order. Those a
// drill makes anew each time stand alone.
func pools(course *lesson.Course, seed uint64) [][]Question {
	all := make([][]Question, len(course.Lessons))
	for id, i := range homes(course) {
		if b, ok := lesson.BeliefOf(id); ok {
			all[i] = append(all[i], Question{Lesson: course.Lessons[i], Belief: &b})
		}
	}
	for i, l := range course.Lessons {
		// A map has no order, and an attempt gives one.
		slices.SortFunc(all[i], func(a, b Question) int { return strings.Compare(a.Belief.ID, b.Belief.ID) })
		if f, ok := fits[l.Name]; ok {
			q := f.question(seed)
			all[i] = []Question{{Lesson: l, Drill: &q}}
		}
	}
	return all
}

// Possible reports whether there is anything in a course to ask about.
func Possible(course *lesson.Course) bool {
	return slices.ContainsFunc(course.Lessons, func(l *lesson.Lesson) bool {
		_, ok := fits[l.Name]
		return ok || len(shown(l)) > 0
	})
}

// homes gives each belief the lesson it belongs to, by its index: the one that has
// most wrong answers that show it, and the earliest of several.
func homes(course *lesson.Course) map[string]int {
	home, most := map[string]int{}, map[string]int{}
	for i, l := range course.Lessons {
		for id, n := range shown(l) {
			if n > most[id] {
				home[id], most[id] = i, n
			}
		}
	}
	return home
}

// shown counts the wrong answers of a lesson by the belief they show.
func shown(l *lesson.Lesson) map[string]int {
	times := map[string]int{}
	for _, s := range l.Steps {
		if s.Ask == nil {
			continue
		}
		for _, o := range s.Ask.Options {
			if o.Belief != "" {
				times[o.Belief]++
			}
		}
	}
	return times
}

// fit is the topic of the drill that is a lesson's matter, without the questions
// whose lines have something the lesson does not teach.
type fit struct {
	topic  string
	beyond []string
}

// fits are by the lesson's name.
var fits = map[string]fit{
	"socket":     {"descriptors", []string{"dup(", "F_DUPFD"}},
	"byte-order": {"byte-order", nil},
	"bytes":      {"recv", []string{"SOCK_DGRAM", "MSG_", "SHUT_RD)", "recv(s, got"}},
	"states":     {"state", []string{"dup(", "SHUT_RD)"}},
}

// question makes questions until one fits.
func (f fit) question(seed uint64) drill.Question {
	topic, ok := drill.Named(f.topic)
	if !ok {
		panic("placement: no topic " + f.topic)
	}
	for of := drill.NewSource(seed, topic); ; {
		if q := of.Next(); !f.tooMuch(q) {
			return q
		}
	}
}

func (f fit) tooMuch(q drill.Question) bool {
	return slices.ContainsFunc(q.Lines, func(l drill.Line) bool {
		return slices.ContainsFunc(f.beyond, func(what string) bool { return strings.Contains(l.Code, what) })
	})
}
