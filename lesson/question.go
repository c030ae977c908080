package lesson

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
