//go:build !windows

package command

import (
	"os"
	"syscall"
)

// endings are the signals that end a program and can be caught.
var endings = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE}
