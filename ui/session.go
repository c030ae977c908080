package ui

import (
	"context"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/netcore"
)

// Source is what the panes of the stage are fed from: views, one after the other, and
// records of earlier ones. A lesson is one, and a trace. Methods with a context
// block until what they caused has settled, so they are called in commands
// only; the others return at once.
type Source interface {
	Start(ctx context.Context) error
	Close() error
	View() *lesson.View
	Changed(v *lesson.View) <-chan struct{}
	Records() int
	Record(at int) *lesson.View
	Refresh(ctx context.Context) error
}

// Session is what the screen needs of a *lesson.Session.
type Session interface {
	Source
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
	// Opened notes that a lesson is opened, and returns the beliefs that are due to be
	// asked about again; Recalled notes how that was answered.
	Opened(name string) []string
	Recalled(name, belief string, m lesson.Mark)
	// Placement is what is kept of the placements; Placed adds one, and blocks until
	// that is written.
	Placement() lesson.Placement
	Placed(right int, start string, asked []lesson.Placed) (lesson.Placement, error)
}

// Options is what the program is opened with.
type Options struct {
	Course *lesson.Course
	// Whole reads the course whole where Course is its outline, which is enough for the
	// list; nil where Course is whole. It is asked after the first frame, or when a
	// lesson is wanted before, and returns the same course every time.
	Whole func() *lesson.Course
	// Open prepares a session over a lesson; it does not start anything.
	Open func(l *lesson.Lesson) Session
	// Play prepares a session of free play; nil where it is not offered.
	Play func() Session
	// PlayWire prepares a session of free play on a wire; nil where it is not
	// offered.
	PlayWire func() Session
	// Save writes what a lab has recorded to files, and returns their names. lesson
	// is the lesson's name, "play" in free play. It may take its time; nil where
	// nothing can be written.
	Save func(tl *netcore.Timeline, lesson string) (files []string, err error)
	// Practise runs the lines of a drill's question in a lab and marks the choice. It
	// blocks until the lab is closed again; nil where no questions are asked.
	Practise func(ctx context.Context, q drill.Question, choice int) (drill.Outcome, error)
	// Drill begins these questions right away, Placing a placement; leaving either
	// ends the program.
	Drill   *Drill
	Placing bool
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
	// Trace is put on the stage right away, and leaving it ends the program; Title
	// names it in the header.
	Trace Tracing
	Title string
	// Lesson opens this one right away; Step (from 1) really runs to there.
	Lesson string
	Step   int
}
