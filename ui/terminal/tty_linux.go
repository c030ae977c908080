package terminal

import "golang.org/x/sys/unix"

const (
	getTermios, setTermios = unix.TCGETS, unix.TCSETS
	getSession             = unix.TIOCGSID

	// reopens is whether poll(2) works on /dev/tty.
	reopens = true
)

// discardOutput throws away what the terminal has not taken yet.
func (t *tty) discardOutput() { _ = unix.IoctlSetInt(t.out, unix.TCFLSH, unix.TCOFLUSH) }

// discardInput throws away what was typed, or answered, and not yet read.
func (t *tty) discardInput() { _ = unix.IoctlSetInt(t.in, unix.TCFLSH, unix.TCIFLUSH) }
