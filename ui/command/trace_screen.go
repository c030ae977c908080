package command

import (
	"context"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// traceRequest is what is to be traced on the screen.
type traceRequest struct {
	Programs []tracer.Program
	Host     bool   // in the machine's own network
	PID      int    // to attach to instead, or 0
	TTY      string // the terminal of the programs; empty: one of their own
	Stops    tracer.Stops
}

// openTraceScreen traces without a screen.
func (p *program) openTraceScreen(ctx context.Context, r traceRequest) error {
	return p.tracePlain(ctx, r, traceForm{})
}

// openReplayScreen prints a trace.
func (p *program) openReplayScreen(_ context.Context, t *netcore.Timeline) error {
	return printTrace(p.out, t)
}
