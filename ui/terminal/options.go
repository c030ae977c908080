package terminal

import (
	"io"
	"os"
	"strings"
)

// Options say where a program runs. The zero value is the process's own terminal.
type Options struct {
	In, Out *os.File  // default os.Stdin, os.Stdout; both have to be terminals
	Env     []string  // default os.Environ(); TERM, COLORTERM and NO_COLOR are read
	Err     io.Writer // default os.Stderr; a panic is printed there, after the terminal is back

	// Guard, if set, is told whenever the terminal is taken (with all that puts it back) and, with a Saved that holds
	// nothing, whenever it has been put back. A process that outlives this one can so restore the terminal after a
	// SIGKILL. It is called from several goroutines, never from two at once, and must not block.
	Guard func(Saved)

	// OwnSuspendKey leaves ctrl+z to the model, which may return tea.Suspend. Without it ctrl+z suspends.
	OwnSuspendKey bool
}

func (o Options) filled() Options {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Err == nil {
		o.Err = os.Stderr
	}
	if o.Guard == nil {
		o.Guard = func(Saved) {}
	}
	return o
}

// getenv returns the first value of name in env, as getenv(3) does.
func getenv(env []string, name string) string {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}
