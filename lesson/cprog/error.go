package cprog

import (
	"errors"
	"fmt"
	"strings"
)

// Error is one thing in a program that is not understood, or the fault that
// ended it. Line and Column count from 1, Column in characters.
type Error struct {
	File         string
	Line, Column int
	Message      string
	// Instead says what to write, or is empty.
	Instead string
}

// Error gives "server.c:14:9: message (instead)".
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if e.Instead != "" {
		s += "; " + e.Instead
	}
	return s
}

// Errors is everything Parse found, in the order of the source.
type Errors []*Error

// Error gives one line for each.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single errors.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// ErrRerun says that an edited program cannot be continued where the old one
// stands: it has to run again from the start.
var ErrRerun = errors.New("the program has to run again from the start")

// ErrBusy says that the machine does not stand before a statement, so nothing
// can be typed into it or edited under it.
var ErrBusy = errors.New("the program does not stand before a statement")
