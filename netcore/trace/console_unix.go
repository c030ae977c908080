//go:build unix

package trace

import (
	"os"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openConsole makes a terminal: near is the side of whoever shows it, far the
// program's.
func openConsole(s *Size) (near, far *os.File, err error) {
	master, far, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer master.Close()
	fd := int(master.Fd())
	if err = resize(fd, s); err == nil && s.Silent {
		err = silence(fd)
	}
	if err == nil {
		near, err = pollable(fd, master.Name())
	}
	if err != nil {
		_ = far.Close()
		return nil, nil, err
	}
	return near, far, nil
}

// pollable is a copy of a descriptor whose reads a deadline ends.
func pollable(fd int, name string) (*os.File, error) {
	own, err := unix.FcntlInt(uintptr(fd), syscall.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(own, true); err != nil {
		_ = unix.Close(own)
		return nil, err
	}
	return os.NewFile(uintptr(own), name), nil
}

func resize(fd int, s *Size) error {
	return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: s.Rows, Col: s.Columns})
}

// Resize gives the program's console another size, of which the kernel tells the
// program by SIGWINCH.
func (r *Running) Resize(s Size) error {
	if r.Console == nil {
		return nil
	}
	raw, err := r.Console.SyscallConn() // not by Fd: with that it would have no deadlines
	if err != nil {
		return err
	}
	var refused error
	if err := raw.Control(func(fd uintptr) { refused = resize(int(fd), &s) }); err != nil {
		return err
	}
	return refused
}
