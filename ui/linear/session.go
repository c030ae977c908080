package linear

import (
	"context"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/netcore"
)

// Session is what this package needs of a *lesson.Session.
type Session interface {
	Start(ctx context.Context) error
	Resume(ctx context.Context, j lesson.Journal) error
	View() *lesson.View
	Changed(v *lesson.View) <-chan struct{}
	Records() int
	Record(at int) *lesson.View
	Timeline() *netcore.Timeline
	Next(ctx context.Context) error
	Order(ctx context.Context, picks []int) error
	Solve(ctx context.Context) error
	Answer(choice int) error
	Predict(text string) error
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
	// Recall is asked about before the first step, nil for nothing; Recalled is called
	// with how it was answered, Unmarked where it was skipped.
	Recall   *lesson.Belief
	Recalled func(belief string, m lesson.Mark)
	// Remarks returns sentences to say before the next prompt; may be nil.
	Remarks func() []string
	// Practise runs a question of a drill and marks the choice; nil offers no practice.
	Practise func(ctx context.Context, q drill.Question, choice int) (drill.Outcome, error)
	// Search finds words in the lessons, the cards and the glossary; nil offers no
	// searching.
	Search func(words string) []lesson.Hit
	// Export writes a lab's record to files, under a name or one that is free where
	// name is empty, and returns which; nil offers no saving.
	Export func(t *netcore.Timeline, name string) ([]string, error)
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
