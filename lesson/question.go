package lesson

import (
	"runtime"
	"strconv"
	"strings"
)

// Skipped is the choice of one who did not answer.
const Skipped = -1

// Mark holds the options against what was observed and says how the chosen one
// (an index, or Skipped) fared. Where no option holds, the question missed what
// this kernel does, and the answer stays Unmarked: nobody is called wrong for
// it. A question with a Source is marked by its Right option, whatever was
// observed. The caller sets Answer.Step.
func (q *Question) Mark(chosen int, observed string) Answer {
	if chosen < 0 || chosen >= len(q.Options) {
		chosen = Skipped
	}
	a := Answer{Chosen: chosen, Correct: q.correct(chosen, observed), Observed: observed}
	switch {
	case chosen == Skipped || a.Correct < 0:
		a.Mark = Unmarked
	case chosen == a.Correct:
		a.Mark = Right
	default:
		a.Mark = Wrong
	}
	return a
}

// correct returns the index of the option that holds, the chosen one first, or
// -1 when none does.
func (q *Question) correct(chosen int, observed string) int {
	if chosen >= 0 && q.holds(chosen, observed) {
		return chosen
	}
	for i := range q.Options {
		if q.holds(i, observed) {
			return i
		}
	}
	return -1
}

func (q *Question) holds(i int, observed string) bool {
	if q.Source != "" {
		return q.Options[i].Right
	}
	return q.Options[i].Is.Match(observed)
}

// Expected are the indices of the options of a step's question that hold when what
// the step expects does. In a sound lesson it is one: what is asked about is also
// expected. Where nothing of the kind is expected, only the kernel knows.
func (s *Step) Expected() (options []int) {
	if s.Ask == nil {
		return nil
	}
	observed := ""
	for _, e := range s.Expect {
		if e.About == s.Ask.About {
			observed = e.Here().sample()
		}
	}
	for i := range s.Ask.Options {
		if s.Ask.holds(i, observed) {
			options = append(options, i)
		}
	}
	return options
}

// sample is an observed text that the pattern matches.
func (p Pattern) sample() string {
	first, _, _ := strings.Cut(string(p), " | ")
	first = strings.TrimSuffix(strings.TrimPrefix(first, ">="), " ...")
	first, _, _ = strings.Cut(first, "..")
	switch first = strings.TrimPrefix(first, "<="); first {
	case "fd":
		return strconv.Itoa(firstFD)
	case "ephemeral":
		low, _ := ephemeral(runtime.GOOS)
		return strconv.FormatInt(low, 10)
	}
	return first
}
