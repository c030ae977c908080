package exercise

import (
	"context"
	"fmt"
	"os"

	"sockstep/lesson"
	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

// Outcome is what came of a whole check.
type Outcome struct {
	Results []check.Result
	// Private tells that it ran in a private network; Missing says what there was not.
	Private bool
	Missing []string
}

// Holds reports whether every goal was seen to hold.
func (o *Outcome) Holds() bool {
	for _, r := range o.Results {
		if r.Verdict != check.Holds {
			return false
		}
	}
	return len(o.Results) > 0
}

// Count is how many results have a verdict.
func (o *Outcome) Count(v check.Verdict) (n int) {
	for _, r := range o.Results {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Check runs a program, its command and the folder it is to run in, and checks it
// against the exercise, in a private network where the machine has them. Each result
// is told as it comes. It blocks until all is over and nothing of the program is left.
// The error says why it could not be checked.
func (e *Exercise) Check(ctx context.Context, o netcore.Options, command []string, dir string, tell func(check.Result)) (*Outcome, error) {
	x, err := check.Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", e.Name, err)
	}
	defer x.Close()
	out := &Outcome{Private: x.Private(), Missing: x.Missing()}
	job := check.Job{Exercise: e.Name, Command: command, Dir: dir, Env: os.Environ()}
	err = check.Run(ctx, x, job, func(r check.Result) {
		r.Goal = e.Goal(r.Name)
		if b, ok := lesson.BeliefOf(r.Belief); ok {
			r.Truth = b.Why
		}
		out.Results = append(out.Results, r)
		if tell != nil {
			tell(r)
		}
	})
	if err != nil {
		return out, fmt.Errorf("check %s: %w", e.Name, err)
	}
	return out, nil
}
