package command

import (
	"errors"
	"fmt"

	"sockstep/ui/printable"
)

// misuseError is a command line that makes no sense: exit status 2.
type misuseError struct{ text string }

func (e *misuseError) Error() string { return e.text }

func misuse(format string, args ...any) error {
	return &misuseError{fmt.Sprintf(format, args...)}
}

// quietError ends the program with a status; everything has been said.
type quietError struct{ code int }

func (e *quietError) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// coded is an error that knows its exit status: a signal, a panic.
type coded interface{ ExitCode() int }

// status is the exit status an error stands for.
func status(err error) int {
	var (
		wrong *misuseError
		quiet *quietError
		own   coded
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		return 2
	case errors.As(err, &quiet):
		return quiet.code
	case errors.As(err, &own):
		return own.ExitCode()
	}
	return 1
}

func clean(s string) string { return printable.Lines(s) }
