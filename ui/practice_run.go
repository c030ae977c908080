package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/drill"
)

// runLimit bounds the run of one question.
const runLimit = 30 * time.Second

// run is the run of a question's lines, which is waited for when the program ends: it
// has a lab to close.
type run struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// stop gives the run up and waits for it, no longer than a second.
func (r *run) stop() {
	r.cancel()
	select {
	case <-r.done:
	case <-time.After(closeLimit):
	}
}

// practise runs the lines of a question outside of Update.
func practise(f func(context.Context, drill.Question, int) (drill.Outcome, error), ctx context.Context, r *run, q drill.Question, choice, gen int) tea.Cmd {
	return func() tea.Msg {
		defer close(r.done)
		defer r.cancel()
		o, err := f(ctx, q, choice)
		return markedMsg{gen, o, err}
	}
}

func lingering(gen int) tea.Cmd {
	return tea.Tick(slowAfter, func(time.Time) tea.Msg { return lingeredMsg{gen} })
}

// stopRun waits for a run that was given up.
func stopRun(r *run) tea.Cmd {
	return func() tea.Msg {
		r.stop()
		return closedMsg{}
	}
}

// keepPlaced has a placement written down, which may wait for another program.
func keepPlaced(p Progress, right int, start string, asked []lesson.Placed) tea.Cmd {
	return func() tea.Msg {
		_, err := p.Placed(right, start, asked)
		return placedMsg{err}
	}
}
