package command

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// grace is how long closing the lab may take after a signal.
const grace = 3 * time.Second

// signalError is the end of the program by a signal.
type signalError struct{ signal syscall.Signal }

func (e *signalError) Error() string { return "ended by " + e.signal.String() }

// ExitCode is what a shell reports of a process that died of the signal.
func (e *signalError) ExitCode() int { return 128 + int(e.signal) }

// interruptible returns a context that ends with a *signalError when one of the
// signals that end a program arrives, a closed pipe's among them, so that the
// lab is closed before the program goes. A second signal ends it at once, and so
// does an ending that hangs. stop gives the signals back.
func interruptible(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, heeded()...)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			cause := &signalError{s.(syscall.Signal)}
			cancel(cause)
			insist(signals, done, cause.ExitCode())
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(context.Canceled)
	}
}

// heeded are the endings this program was not started to ignore, as nohup does.
// A hang-up that is ignored still ends it where it reads: the input ends.
func heeded() []os.Signal {
	return slices.DeleteFunc(slices.Clone(endings), signal.Ignored)
}

func insist(signals <-chan os.Signal, done <-chan struct{}, code int) {
	hung := time.NewTimer(grace)
	defer hung.Stop()
	select {
	case <-signals:
	case <-hung.C:
	case <-done:
		return
	}
	os.Exit(code)
}
