package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sockstep/lesson"
)

// Outcome is what came of a question when its lines were run.
type Outcome struct {
	// Answer is marked by what was observed. Its Correct is -1 where the kernel did
	// what no option says.
	Answer lesson.Answer
	// Log is what happened, in order.
	Log []lesson.LogLine
}

// ErrNotHere says that a question's lines make a call that is not made here: an
// address beyond the loopback, or a wire, without a private network. Others can be run.
var ErrNotHere = errors.New("this machine cannot run these lines")

// Run runs a question's lines in a fresh lab and marks the choice, an index into the
// options or lesson.Skipped. It blocks until the lab is closed again. The error is
// that the lines could not be run,
// ErrNotHere where that is for want of a private network.
func (q Question) Run(ctx context.Context, open lesson.Opener, choice int) (Outcome, error) {
	s := lesson.NewSession(q.lesson, open)
	out, err := q.walk(ctx, s, choice)
	switch {
	case notMade(s.View()): // what came after it says nothing
		out, err = Outcome{}, fmt.Errorf("%w: they need a private network", ErrNotHere)
	case errors.Is(err, lesson.ErrPrivate):
		err = fmt.Errorf("%w: they need a private network", ErrNotHere)
	}
	return out, errors.Join(err, s.Close())
}

// notMade reports whether a side stands at a call that was not made.
func notMade(v *lesson.View) bool {
	return slices.ContainsFunc(v.Sides, func(s lesson.Side) bool { return s.State == lesson.SideFault })
}

func (q Question) walk(ctx context.Context, s *lesson.Session, choice int) (Outcome, error) {
	if err := s.Start(ctx); err != nil {
		return Outcome{}, err
	}
	last := len(q.lesson.Steps) - 1
	for {
		v := s.View()
		var err error
		switch {
		case v.Phase == lesson.Asking:
			err = s.Answer(choice)
		case v.Phase == lesson.Ran && v.Step == last:
			return Outcome{Answer: v.Answers[q.lesson.Steps[last].ID], Log: v.Log}, nil
		default:
			err = s.Next(ctx)
		}
		if err != nil {
			return Outcome{}, fmt.Errorf("run the question: %w", err)
		}
	}
}
