package trace

import "golang.org/x/sys/unix"

// silence has a terminal not echo what is typed; termios(3).
func silence(fd int) error {
	modes, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	modes.Lflag &^= unix.ECHO
	return unix.IoctlSetTermios(fd, unix.TCSETS, modes)
}
