package ui

import (
	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// movedMsg says that a move of generation gen ended, well or not.
type movedMsg struct {
	gen, move int
	view      *lesson.View
	journal   lesson.Journal
	kind      moveKind
	err       error
}

// changedMsg brings a view the session published by itself.
type changedMsg struct {
	gen  int
	view *lesson.View
}

// slowMsg says that a move has been under way for a while.
type slowMsg struct{ gen, move int }

// tickedMsg is the clock of a stage on which something is live.
type tickedMsg struct{ gen int }

// refreshedMsg says that a new sample was taken.
type refreshedMsg struct {
	gen  int
	view *lesson.View
	err  error
}

// probedMsg brings the sentence about what this machine allows.
type probedMsg struct{ text string }

// savedMsg says that what was seen was written to files, or why not.
type savedMsg struct {
	files []string
	err   error
}

// markedMsg brings what the run of a question of generation gen showed.
type markedMsg struct {
	gen     int
	outcome drill.Outcome
	err     error
}

// lingeredMsg says that the run of a question has been under way for a while.
type lingeredMsg struct{ gen int }

// placedMsg says that a placement was written down, or why not.
type placedMsg struct{ err error }

// closedMsg says that a session that was left is gone.
type closedMsg struct{}

// readMsg says that the whole course has been read.
type readMsg struct{}
