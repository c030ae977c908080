//go:build !unix

package trace

import (
	"errors"
	"os"
)

func openConsole(*Size) (near, far *os.File, err error) {
	return nil, nil, errors.New("there are no terminals to give on this system")
}

// Resize does nothing: there are no consoles.
func (*Running) Resize(Size) error { return nil }
