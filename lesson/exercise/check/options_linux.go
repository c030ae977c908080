package check

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// place is the first descriptor the program has of a socket, proc_pid_fd(5).
func (p *Program) place(s netcore.Socket) (Place, bool) {
	want := fmt.Sprintf("socket:[%d]", s.Inode)
	for _, pid := range p.pids() {
		links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		for _, link := range links {
			if target, err := os.Readlink(link); err != nil || target != want {
				continue
			}
			if fd, err := strconv.Atoi(filepath.Base(link)); err == nil {
				return Place{pid, fd}, true
			}
		}
	}
	return Place{}, false
}

// Flags are two flags of a descriptor, proc_pid_fdinfo(5): O_NONBLOCK, which belongs to
// what is open, and FD_CLOEXEC, which is the descriptor's own; ok is false where it is gone.
func (p *Program) Flags(at Place) (nonblocking, closeOnExec, ok bool) {
	flags, ok := fileFlags(at.PID, strconv.Itoa(at.FD))
	return flags&unix.O_NONBLOCK != 0, flags&unix.O_CLOEXEC != 0, ok
}

// borrow has f do something with a copy of another process's descriptor,
// pidfd_getfd(2). The copy is let go at once: it would hold up the end of a connection.
func borrow(at Place, f func(fd int) error) error {
	pidfd, err := unix.PidfdOpen(at.PID, 0)
	if err != nil {
		return os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, at.FD, 0)
	if err != nil {
		return os.NewSyscallError("pidfd_getfd", err)
	}
	defer unix.Close(fd)
	return f(fd)
}

func getOption(fd, level, name int) (int, error) {
	n, err := unix.GetsockoptInt(fd, level, name)
	return n, os.NewSyscallError("getsockopt", err)
}

func setOption(fd, level, name, value int) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, name, value))
}

// isGone reports whether a process or its descriptor is not there any more.
func isGone(err error) bool { return errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EBADF) }
