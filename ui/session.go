package ui

import (
	"context"

	"sockstep/lesson"
)

// Session is what the screen needs of a *lesson.Session. Methods with a context
// block until what they caused has settled, so they are called in commands
// only; the others return at once.
type Session interface {
	Start(ctx context.Context) error
	Close() error
	View() *lesson.View
	Changed(v *lesson.View) <-chan struct{}
	Records() int
	Record(at int) *lesson.View
	Next(ctx context.Context) error
	Answer(choice int) error
	Input(ctx context.Context, text string) error
	Do(ctx context.Context, m lesson.Move) error
	Jump(ctx context.Context, step int) error
	Rerun(ctx context.Context, n int) error
	Undo(ctx context.Context) error
	Refresh(ctx context.Context) error
	Journal() lesson.Journal
	Resume(ctx context.Context, j lesson.Journal) error
}

// Progress remembers where a learner is. Its methods answer from memory; Keep
// writes in the background. *lesson.Progress is one.
type Progress interface {
	Lesson(name string) (lesson.Kept, bool)
	Last() string
	Keep(l *lesson.Lesson, j lesson.Journal)
	Remarks() []string
}

// Options is what the program is opened with.
type Options struct {
	Course *lesson.Course
	// Open prepares a session over a lesson; it does not start anything.
	Open func(l *lesson.Lesson) Session
	// Play prepares a session of free play; nil where it is not offered.
	Play func() Session
	// Playing opens the free play right away.
	Playing bool
	// Progress is what is kept between two runs; nil keeps nothing.
	Progress Progress
	// Machine says in a sentence what this machine allows. It is asked after the
	// first frame and may take its time.
	Machine func(ctx context.Context) string
	// Theme is "dark", "light" or "contrast"; empty follows the terminal's
	// background, and is dark where the terminal does not say.
	Theme string
	Depth Depth
	// ASCII draws with the signs of ASCII only.
	ASCII bool
	// Lesson opens this one right away; Step (from 1) really runs to there.
	Lesson string
	Step   int
}
