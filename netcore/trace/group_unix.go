//go:build unix

package trace

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Group is the process group this process is in, for tracer.Program.
func Group() int { return syscall.Getpgrp() }

func namedSignal(name string) int { return int(unix.SignalNum(name)) }

// SignalName is a signal's name, "SIGINT".
func SignalName(s syscall.Signal) string { return unix.SignalName(s) }
