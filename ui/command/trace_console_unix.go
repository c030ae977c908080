//go:build unix

package command

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

// openTTY opens a terminal without making it this process's own.
func openTTY(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	if !term.IsTerminal(f.Fd()) {
		_ = f.Close()
		return nil, fmt.Errorf("%s is no terminal", path)
	}
	return f, nil
}

// behindEvery is how often it is looked whether this command is in the foreground again.
const behindEvery = 200 * time.Millisecond

// typing reads what is typed until close. In the background nothing is read: that would
// stop this command.
func (c *console) typing() {
	stop, stopped, err := os.Pipe()
	if err != nil {
		return
	}
	defer stop.Close()
	go func() {
		<-c.stop
		_ = stopped.Close()
	}()
	b := make([]byte, 4096)
	poll := []unix.PollFd{{Fd: int32(c.in.Fd()), Events: unix.POLLIN}, {Fd: int32(stop.Fd()), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(poll, -1); err != nil {
			if err == unix.EINTR {
				continue
			}
			return
		}
		if poll[1].Revents != 0 {
			return
		}
		if group, err := unix.IoctlGetInt(int(c.in.Fd()), unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
			select {
			case <-c.stop:
				return
			case <-time.After(behindEvery):
			}
			continue
		}
		n, err := unix.Read(int(c.in.Fd()), b)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
		case err != nil || poll[0].Revents&unix.POLLHUP != 0 && n <= 0:
			return
		default:
			c.typed(b[:n])
		}
	}
}
