//go:build !linux || (!amd64 && !arm64)

package tracer

import "syscall"

// Tracer runs and watches programs.
type Tracer struct{}

// New fails with ErrUnsupported.
func New(Options) (*Tracer, error) { return nil, ErrUnsupported }

// Start fails with ErrUnsupported.
func (*Tracer) Start(Program) (number, pid int, err error) { return 0, 0, ErrUnsupported }

// Attach fails with ErrUnsupported.
func (*Tracer) Attach(string, int) (int, error) { return 0, ErrUnsupported }

// SetStops fails with ErrUnsupported.
func (*Tracer) SetStops(Stops) error { return ErrUnsupported }

// SetFaults fails with ErrUnsupported.
func (*Tracer) SetFaults([]Fault) error { return ErrUnsupported }

// Resume fails with ErrUnsupported.
func (*Tracer) Resume(int) error { return ErrUnsupported }

// Kill fails with ErrUnsupported.
func (*Tracer) Kill(int, syscall.Signal) error { return ErrUnsupported }

// Close has nothing to end.
func (*Tracer) Close() error { return nil }

// Ended never receives.
func (*Tracer) Ended() <-chan struct{} { return nil }
