package drill

import (
	"math/rand/v2"
	"slices"
	"strings"

	"sockstep/lesson"
)

// Question is one question: the lines that run, in their order, what is asked, and
// what there is to choose from.
type Question struct {
	Topic string
	// Given says what the lines shown take for granted, may be empty.
	Given string
	Lines []Line
	// Ask is the question. The Why of the option that is likely to hold is the rule it
	// follows from; should the kernel do something else there is none.
	Ask lesson.Question

	lesson *lesson.Lesson // the programs and the order they run in
}

// Line is one line of a program as it is shown.
type Line struct {
	Role string // who runs it, empty where there is one program only
	Code string
}

// Programs are the programs that run, complete.
func (q Question) Programs() []lesson.Role { return q.lesson.Cast }

// key tells two questions apart.
func (q Question) key() string {
	var b strings.Builder
	for _, l := range q.Lines {
		b.WriteString(l.Role + l.Code)
	}
	return b.String() + q.Ask.Text
}

// choice is an answer to offer: its text, and what is observed where it holds.
type choice struct{ text, is string }

// plainly are choices whose text is what is observed.
func plainly(texts ...string) []choice {
	all := make([]choice, len(texts))
	for i, t := range texts {
		all[i] = choice{t, t}
	}
	return all
}

// mostOffered is how many answers are offered at most.
const mostOffered = 4

// offer are options in a random order: the first choice, and some of the others.
// What is observed tells any two of them apart.
func offer(rng *rand.Rand, first choice, others []choice) []lesson.Option {
	rng.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	options := []lesson.Option{{Text: first.text, Is: lesson.Pattern(first.is)}}
	seen := map[string]bool{first.is: true}
	for _, c := range others {
		if !seen[c.is] && len(options) < mostOffered {
			options = append(options, lesson.Option{Text: c.text, Is: lesson.Pattern(c.is)})
		}
		seen[c.is] = true
	}
	rng.Shuffle(len(options), func(i, j int) { options[i], options[j] = options[j], options[i] })
	return options
}

// because gives the option that holds, or those of which the machine decides which
// one does, its rule.
func because(options []lesson.Option, rule string, is ...string) []lesson.Option {
	for i := range options {
		if slices.Contains(is, string(options[i].Is)) {
			options[i].Why = rule
		}
	}
	return options
}

// one takes one of several at random.
func one[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }
