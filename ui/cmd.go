package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

const (
	slowAfter    = 100 * time.Millisecond // when "running…" appears
	liveTick     = 200 * time.Millisecond
	idleTick     = time.Second // the same, once the wait has grown long
	probeAfter   = 200 * time.Millisecond
	readAfter    = 50 * time.Millisecond
	closeLimit   = time.Second
	refreshLimit = 2 * time.Second
)

// moveKind is what a move was for, so that its error can be shown in place.
type moveKind int

const (
	moveOther   moveKind = iota
	moveGuided           // what the step does
	moveStart            // opening the lab; without it there is nothing to play
	moveTyped            // a call typed in the field
	moveEdited           // an edit made in the field
	moveInput            // a value typed in the field
	moveAnswer           // a prediction typed there
	moveWorld            // a fresh lab: running again, a jump
	moveSetting          // a stage setting typed in the field
)

// act runs a move outside of Update.
func act(s Session, gen, move int, kind moveKind, ctx context.Context, f func(context.Context, Session) error) tea.Cmd {
	return func() tea.Msg {
		err := f(ctx, s)
		return movedMsg{gen: gen, move: move, view: s.View(), journal: s.Journal(), kind: kind, err: err}
	}
}

// watch waits for a view newer than v.
func watch(s Source, gen int, v *lesson.View, done <-chan struct{}) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-s.Changed(v):
			return changedMsg{gen, s.View()}
		case <-done:
			return nil
		}
	}
}

// refresh takes a new sample.
func refresh(s Source, gen int) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), refreshLimit)
		defer cancel()
		err := s.Refresh(ctx)
		return refreshedMsg{gen, s.View(), err}
	}
}

func tickAfter(d time.Duration, gen int) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return tickedMsg{gen} })
}

func slowly(gen, move int) tea.Cmd {
	return tea.Tick(slowAfter, func(time.Time) tea.Msg { return slowMsg{gen, move} })
}

// save writes a record to files.
func save(write func(*netcore.Timeline, string) ([]string, error), tl *netcore.Timeline, name string) tea.Cmd {
	return func() tea.Msg {
		files, err := write(tl, name)
		return savedMsg{files, err}
	}
}

// shut closes a session, waiting for it no longer than a second.
func shut(s Source) tea.Cmd {
	return func() tea.Msg {
		done := make(chan struct{})
		go func() { defer close(done); _ = s.Close() }()
		select {
		case <-done:
		case <-time.After(closeLimit):
		}
		return closedMsg{}
	}
}

// probe asks what the machine allows, once the first frame has had its time.
func probe(f func(context.Context) string) tea.Cmd {
	return tea.Tick(probeAfter, func(time.Time) tea.Msg { return probedMsg{f(context.Background())} })
}

// readCourse reads the whole course, once the first frame has had its time.
func readCourse(whole func() *lesson.Course) tea.Cmd {
	return tea.Tick(readAfter, func(time.Time) tea.Msg {
		whole()
		return readMsg{}
	})
}
