package terminal

import (
	"fmt"
	"syscall"
)

// Ended is why a program ended that did not end by itself: a signal came, or the terminal went away.
type Ended struct {
	Signal syscall.Signal // SIGHUP where the terminal went away
	Closed bool           // the terminal went away
	Hung   bool           // the model did not come back in time: its last state is not known
}

func (e *Ended) Error() string {
	why := fmt.Sprintf("ended by %s", name(e.Signal))
	if e.Closed {
		why = "the terminal was closed"
	}
	if e.Hung {
		why += ", while the program was not answering"
	}
	return why
}

// ExitCode is what a shell expects of a process that ended so: 128 and the signal's number.
func (e *Ended) ExitCode() int { return 128 + int(e.Signal) }

// Panic is a panic of the model, of a command of it, or of the drawing. Run has printed its stack when it returns one.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }

// ExitCode is the one the Go runtime uses for a panic.
func (p *Panic) ExitCode() int { return 2 }

func name(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGHUP:
		return "SIGHUP"
	case syscall.SIGQUIT:
		return "SIGQUIT"
	}
	return s.String()
}
