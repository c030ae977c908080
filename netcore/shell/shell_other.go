//go:build !linux

package shell

import (
	"context"
	"os"
)

// Run fails with ErrUnsupported.
func Run(context.Context, *os.File, Program) (int, error) { return 0, ErrUnsupported }
