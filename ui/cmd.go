package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

const (
	slowAfter    = 100 * time.Millisecond // when "running…" appears
	liveTick     = 200 * time.Millisecond
	idleTick     = time.Second // the same, once the wait has grown long
	probeAfter   = 200 * time.Millisecond
	closeLimit   = time.Second
	refreshLimit = 2 * time.Second
)

// moveKind is what a move was for, so that its error can be shown in place.
type moveKind int

const (
	moveOther  moveKind = iota
	moveStart           // opening the lab; without it there is nothing to play
	moveTyped           // a call typed in the field
	moveEdited          // an edit made in the field
	moveInput           // a value typed in the field
	moveWorld           // a fresh lab: running again, a jump
)

// act runs a move outside of Update.
func act(s Session, gen, move int, kind moveKind, ctx context.Context, f func(context.Context, Session) error) tea.Cmd {
	return func() tea.Msg {
		err := f(ctx, s)
		return movedMsg{gen: gen, move: move, view: s.View(), journal: s.Journal(), kind: kind, err: err}
	}
}

// watch waits for a view newer than v.
func watch(s Session, gen int, v *lesson.View, done <-chan struct{}) tea.Cmd {
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
func refresh(s Session, gen int) tea.Cmd {
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

// shut closes a session, waiting for it no longer than a second.
func shut(s Session) tea.Cmd {
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
