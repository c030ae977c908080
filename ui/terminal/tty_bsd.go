//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package terminal

import (
	"runtime"

	"golang.org/x/sys/unix"
)

const (
	getTermios, setTermios = unix.TIOCGETA, unix.TIOCSETA
	getSession             = 0x40047463 // TIOCGSID of sys/ttycom.h

	// reopens is whether poll(2) works on /dev/tty. On macOS it does not.
	reopens = runtime.GOOS != "darwin"

	flushRead, flushWrite = 1, 2 // FREAD and FWRITE of fcntl.h
)

// discardOutput throws away what the terminal has not taken yet.
func (t *tty) discardOutput() { _ = unix.IoctlSetPointerInt(t.out, unix.TIOCFLUSH, flushWrite) }

// discardInput throws away what was typed, or answered, and not yet read.
func (t *tty) discardInput() { _ = unix.IoctlSetPointerInt(t.in, unix.TIOCFLUSH, flushRead) }
