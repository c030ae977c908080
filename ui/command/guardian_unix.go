//go:build !windows

package command

import (
	"os"

	"sockstep/netcore"
	"sockstep/ui/terminal"
)

// restorable is what puts the terminal back, in netcore's terms; false when
// nothing is held.
func restorable(s terminal.Saved, file *os.File) (netcore.Saved, bool) {
	return netcore.Saved{File: file, Termios: s.Termios, Sequence: s.Sequence}, s.Held()
}
