package lesson

import (
	"context"

	"sockstep/netcore"
)

// OpenLab opens stages on the real kernel.
func OpenLab(o netcore.Options) Opener {
	return func(ctx context.Context, w World) (Stage, error) {
		own := o
		own.Lesson, own.Wire, own.Hold, own.Server = w.Lesson, w.Wire, w.Hold, w.Server
		lab, err := netcore.Open(ctx, own)
		if err != nil {
			return nil, err
		}
		return labStage{lab}, nil
	}
}

// labStage is a netcore.Lab seen as a Stage.
type labStage struct{ *netcore.Lab }

// Start starts a worker.
func (l labStage) Start(ctx context.Context, name string) (Process, error) {
	p, err := l.Lab.Start(ctx, name)
	if err != nil {
		return nil, err
	}
	return labProcess{p}, nil
}

// labProcess is a netcore.Process seen as a Process.
type labProcess struct{ *netcore.Process }

// Begin enters a call.
func (p labProcess) Begin(r netcore.Request) (Pending, error) {
	c, err := p.Process.Begin(r)
	if err != nil {
		return nil, err
	}
	return c, nil
}
