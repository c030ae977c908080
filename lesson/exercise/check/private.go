package check

import (
	"context"
	"errors"
	"os"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// Examiner is a place to check in: a network, and a process in it that does the work
// with the user's own files and rights.
type Examiner struct{ lab *netcore.Lab }

// Open starts an examiner, in a private network where the machine has them. It is for
// one Run. Close it.
func Open(ctx context.Context, o netcore.Options) (*Examiner, error) {
	o.Companion = []string{role}
	lab, err := netcore.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if lab.Companion() == nil {
		return nil, errors.Join(tracer.ErrUnsupported, lab.Close())
	}
	return &Examiner{lab}, nil
}

// Private tells that the network is the examiner's alone. Missing says why it is not,
// in sentences.
func (x *Examiner) Private() bool { return x.lab.Tier().Private() }

// Missing says what there is not here, in sentences.
func (x *Examiner) Missing() []string { return x.lab.Missing() }

// Close ends the examiner and all it started, and waits for it.
func (x *Examiner) Close() error {
	return errors.Join(quietly(x.lab.Companion().Close()), x.lab.Close())
}

// quietly passes over a channel that was closed before.
func quietly(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
