package exercise

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

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

// Holds reports whether no goal was seen not to hold, and some were seen to hold.
func (o *Outcome) Holds() bool {
	return o.Count(check.Fails)+o.Count(check.Skipped) == 0 && o.Count(check.Holds) > 0
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

// Options says what to check.
type Options struct {
	// Lab is how to open the network it is checked in.
	Lab netcore.Options
	// Command runs the program, in the folder Dir.
	Command []string
	Dir     string
	// Only are the goals to check, with those they need; none: all.
	Only []string
}

// Check runs a program and checks it against the exercise, in a private network where
// the machine has them. Each result is told as it comes. It blocks until all is over
// and nothing of the program is left. The error says why it could not be checked.
func (e *Exercise) Check(ctx context.Context, o Options, tell func(check.Result)) (*Outcome, error) {
	x, err := check.Open(ctx, o.Lab)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", e.Name, err)
	}
	defer x.Close()
	out := &Outcome{Private: x.Private(), Missing: x.Missing()}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	job := check.Job{Exercise: e.Name, Command: o.Command, Dir: dir, Env: os.Environ(), Only: o.Only}
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
