//go:build !unix

package trace

import "syscall"

// Group is 0: there are no process groups on this system.
func Group() int { return 0 }

func namedSignal(string) int { return 0 }

// SignalName is a signal's name in words.
func SignalName(s syscall.Signal) string { return s.String() }
