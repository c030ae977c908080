//go:build !unix

package terminal

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"
)

const supported, unsupported = false, "this system has no terminals of the kind sockstep draws on: use WSL"

// Saved holds nothing here.
type Saved struct{}

// Held reports whether there is anything to put back: never, here.
func (Saved) Held() bool { return false }

// Run returns an error that says what to use instead.
func Run(_ context.Context, model tea.Model, _ Options) (tea.Model, error) {
	return model, errors.New(unsupported)
}
