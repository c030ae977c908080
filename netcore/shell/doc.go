// Package shell runs a shell in a lab's network, on the user's own terminal and with
// job control: the lab's companion starts it in the same session, in a process group
// of its own, which gets the terminal until the shell has ended. What still runs then
// is ended with it.
package shell

import (
	"errors"
	"os"
)

// Role is the role of the process that starts the shell, for
// netcore.Options.Companion.
const Role = "shell"

// ErrUnsupported is what Run answers where there is no private network.
var ErrUnsupported = errors.New("a shell in a private network can be had on Linux only")

// Program is the shell to run.
type Program struct {
	Path string
	Args []string // the name first
	Dir  string
	Env  []string
	// Files are its standard input, output and error. If the first is the
	// controlling terminal, the shell gets it.
	Files [3]*os.File
}
