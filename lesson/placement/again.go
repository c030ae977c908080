package placement

import (
	"math/rand/v2"
	"slices"

	"sockstep/lesson"
)

// Next are the questions to ask one of whom that much is kept: at first some of the
// course's, and from then on the same with other numbers, so that what was learned
// shows.
func Next(course *lesson.Course, kept lesson.Placement) []Question {
	if again := Again(course, kept.Asked, kept.Times); len(again) > 0 {
		return again
	}
	return Choose(course, kept.Times)
}

// Again are the questions that were asked before: a belief's with its options in
// another order, a drill's with other lines. What the course no longer has is left
// out.
func Again(course *lesson.Course, asked []lesson.Placed, attempt int) []Question {
	var all []Question
	for i, a := range asked {
		if q, ok := again(course, a, uint64(attempt)<<8|uint64(i)); ok {
			all = append(all, q)
		}
	}
	return all
}

func again(course *lesson.Course, a lesson.Placed, seed uint64) (Question, bool) {
	l := course.Lesson(a.Lesson)
	if l == nil {
		return Question{}, false
	}
	if a.Belief != "" {
		b, ok := lesson.BeliefOf(a.Belief)
		b = turned(b, rand.New(rand.NewPCG(seed, Count)))
		return Question{Lesson: l, Belief: &b}, ok
	}
	f, ok := fits[l.Name]
	if !ok {
		return Question{}, false
	}
	q := f.question(seed)
	return Question{Lesson: l, Drill: &q}, true
}

// turned is a belief with its options in a random order.
func turned(b lesson.Belief, rng *rand.Rand) lesson.Belief {
	if b.Right < 1 || b.Right > len(b.Options) {
		return b
	}
	right := b.Options[b.Right-1]
	b.Options = slices.Clone(b.Options)
	rng.Shuffle(len(b.Options), func(i, j int) { b.Options[i], b.Options[j] = b.Options[j], b.Options[i] })
	b.Right = slices.Index(b.Options, right) + 1
	return b
}

// Kept are questions with how they were answered, as progress keeps them.
func Kept(asked []Question, marks []lesson.Mark) []lesson.Placed {
	var all []lesson.Placed
	for i, m := range marks {
		p := lesson.Placed{Lesson: asked[i].Lesson.Name, Mark: m}
		if b := asked[i].Belief; b != nil {
			p.Belief = b.ID
		}
		all = append(all, p)
	}
	return all
}

// Growth is what has become of the questions that were asked the first time, by
// their lessons, in the course's order.
type Growth struct {
	Learned []*lesson.Lesson // not answered rightly then, rightly now
	Open    []*lesson.Lesson // wrong now, and not right then
	Lost    []*lesson.Lesson // right then, wrong now
}

// Grown holds the answers to questions against those given the first time.
func Grown(first []lesson.Placed, asked []Question, marks []lesson.Mark) Growth {
	var g Growth
	for i, m := range marks {
		then := slices.IndexFunc(first, asked[i].same)
		if then < 0 {
			continue
		}
		l, knew := asked[i].Lesson, first[then].Mark == lesson.Right
		switch {
		case m == lesson.Right && !knew:
			g.Learned = distinct(g.Learned, l)
		case m == lesson.Wrong && knew:
			g.Lost = distinct(g.Lost, l)
		case m == lesson.Wrong:
			g.Open = distinct(g.Open, l)
		}
	}
	return g
}

// same reports whether a question is the one that was asked then.
func (q Question) same(then lesson.Placed) bool {
	if then.Lesson != q.Lesson.Name {
		return false
	}
	if q.Belief != nil {
		return then.Belief == q.Belief.ID
	}
	return then.Belief == ""
}

func distinct(all []*lesson.Lesson, l *lesson.Lesson) []*lesson.Lesson {
	if slices.Contains(all, l) {
		return all
	}
	return append(all, l)
}
