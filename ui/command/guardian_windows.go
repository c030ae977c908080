package command

import (
	"os"

	"sockstep/netcore"
	"sockstep/ui/terminal"
)

// restorable has nothing to put back: no screen is drawn on Windows itself.
func restorable(terminal.Saved, *os.File) (netcore.Saved, bool) { return netcore.Saved{}, false }
