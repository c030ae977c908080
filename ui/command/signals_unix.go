//go:build !windows

package command

import (
	"os"
	"syscall"
)

// endings are the signals that end a program and can be caught. SIGPIPE is not one
// of them: a broken standard output ends a Go program by itself, and a broken pipe
// to a process of ours is an error like any other.
var endings = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// resizings are the signals of a terminal that has got another size.
var resizings = []os.Signal{syscall.SIGWINCH}
