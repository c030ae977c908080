//go:build unix

package trace

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// OpenTerminal opens a file to be programs' terminal, without making it this process's
// own.
func OpenTerminal(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
}

// behindEvery is how often it is looked whether this process is in the foreground again.
const behindEvery = 200 * time.Millisecond

// Typed reads what is typed at a terminal, a line at a time where the terminal gives
// lines, until stop is closed or the terminal is gone. take gets it, and nothing where
// the end of the input was typed; it must not keep it. In the background nothing is
// read: that would stop this process, termios(3).
func Typed(in *os.File, stop <-chan struct{}, take func([]byte)) {
	stopping, end, err := os.Pipe()
	if err != nil {
		return
	}
	defer stopping.Close()
	go func() {
		<-stop
		_ = end.Close()
	}()
	fd := int(in.Fd())
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(stopping.Fd()), Events: unix.POLLIN}}
	b := make([]byte, 4096)
	for {
		switch _, err := unix.Poll(poll, -1); {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil || poll[1].Revents != 0:
			return
		}
		if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
			select {
			case <-stop:
				return
			case <-time.After(behindEvery):
			}
			continue
		}
		n, err := unix.Read(fd, b)
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
		case err != nil || n == 0 && poll[0].Revents&unix.POLLHUP != 0:
			return
		default:
			take(b[:n])
		}
	}
}
