package linear

import (
	"context"

	"sockstep/lesson"
	"sockstep/netcore"
)

// Session is what this package needs of a *lesson.Session.
type Session interface {
	Start(ctx context.Context) error
	Resume(ctx context.Context, j lesson.Journal) error
	View() *lesson.View
	Records() int
	Record(at int) *lesson.View
	Timeline() *netcore.Timeline
	Next(ctx context.Context) error
	Answer(choice int) error
	Input(ctx context.Context, text string) error
	Do(ctx context.Context, m lesson.Move) error
	Jump(ctx context.Context, step int) error
	Rerun(ctx context.Context, n int) error
	Undo(ctx context.Context) error
	Refresh(ctx context.Context) error
	Journal() lesson.Journal
}

var _ Session = (*lesson.Session)(nil)

// Options say where a session begins and what becomes of it.
type Options struct {
	// Resume is where the learner was, nil to begin at the start.
	Resume *lesson.Journal
	// At is the step to jump to first, from 1; 0 for none.
	At int
	// Save is called with the journal after every move; nil keeps nothing.
	Save func(lesson.Journal)
	// Remarks returns sentences to say before the next prompt; may be nil.
	Remarks func() []string
}

// End is how a session came to its end.
type End int

const (
	// Left means that the learner quit.
	Left End = iota
	// Finished means that the lesson was gone through to its end.
	Finished
	// OutOfInput means that the input ended before the lesson did.
	OutOfInput
)
