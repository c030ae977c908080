package trace

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// silence has a terminal not echo what is typed; termios(3).
func silence(near *os.File) error {
	// Not by Fd: with that the file would have no deadlines any more.
	raw, err := near.SyscallConn()
	if err != nil {
		return err
	}
	var change error
	err = raw.Control(func(fd uintptr) {
		var modes *unix.Termios
		if modes, change = unix.IoctlGetTermios(int(fd), unix.TCGETS); change == nil {
			modes.Lflag &^= unix.ECHO
			change = unix.IoctlSetTermios(int(fd), unix.TCSETS, modes)
		}
	})
	return errors.Join(err, change)
}
