package terminal

import (
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// Usable reports whether a full-screen program can run between in and out, and if not, why, in words for a person.
func Usable(in, out *os.File) (ok bool, why string) {
	return usable(in, out, os.Environ())
}

func usable(in, out *os.File, env []string) (bool, string) {
	name := getenv(env, "TERM")
	switch {
	case !supported:
		return false, unsupported
	case !term.IsTerminal(in.Fd()):
		return false, "the input is not a terminal"
	case !term.IsTerminal(out.Fd()):
		return false, "the output is not a terminal"
	case name == "":
		return false, "TERM is not set"
	case name == "dumb" || strings.HasPrefix(name, "dumb-"):
		return false, "TERM is " + name + ", which has no screen"
	}
	return true, ""
}
