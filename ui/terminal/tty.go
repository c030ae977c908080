//go:build unix

package terminal

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sys/unix"
)

const supported, unsupported = true, ""

// errInterrupted is what a write returns that the ending cut short.
var errInterrupted = errors.New("interrupted")

// tty is the terminal's two ends. It writes through a descriptor of its own where it can get one, opened so that a
// terminal that does not read blocks nobody: the flag on the inherited one would be the shell's as well.
type tty struct {
	in, out int // the caller's, never closed here
	write   int // out, or a description of our own
	own     bool

	interrupted [2]int // a pipe whose write end is closed to end every wait on this terminal
	once        sync.Once
	waiting     sync.WaitGroup // waitClosed

	cooked, raw *unix.Termios
}

func openTTY(in, out *os.File) (*tty, error) {
	t := &tty{in: int(in.Fd()), out: int(out.Fd())}
	cooked, err := unix.IoctlGetTermios(t.in, getTermios)
	if err != nil {
		return nil, os.NewSyscallError("tcgetattr", err)
	}
	t.cooked = cooked
	if err := t.openPipe(); err != nil {
		return nil, os.NewSyscallError("pipe", err)
	}
	t.write, t.own = ownDescription(t.out)
	return t, nil
}

// openPipe makes the pipe of interrupt. No process may be started in the moment before its ends are closed on exec:
// one that had inherited the write end would keep it open, and closing it would end no wait.
func (t *tty) openPipe() error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(t.interrupted[:]); err != nil {
		return err
	}
	unix.CloseOnExec(t.interrupted[0])
	unix.CloseOnExec(t.interrupted[1])
	return nil
}

// close ends every wait and lets go of what openTTY opened. Nobody may be writing any more.
func (t *tty) close() {
	t.interrupt()
	t.waiting.Wait()
	_ = unix.Close(t.interrupted[0])
	if t.own {
		_ = unix.Close(t.write)
	}
}

// interrupt makes every write that waits for the terminal return, now and later.
func (t *tty) interrupt() { t.once.Do(func() { _ = unix.Close(t.interrupted[1]) }) }

// setRaw takes the terminal's line discipline away: every key comes as it is, none is echoed.
func (t *tty) setRaw() error {
	if _, err := term.MakeRaw(uintptr(t.in)); err != nil {
		return os.NewSyscallError("tcsetattr", err)
	}
	raw, err := unix.IoctlGetTermios(t.in, getTermios)
	t.raw = raw
	return os.NewSyscallError("tcgetattr", err)
}

// setCooked gives it back as it was found.
func (t *tty) setCooked() error {
	return os.NewSyscallError("tcsetattr", unix.IoctlSetTermios(t.in, setTermios, t.cooked))
}

// size returns columns and rows; a terminal that does not know its own has 80 by 24.
func (t *tty) size() (width, height int) {
	width, height, err := term.GetSize(uintptr(t.out))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// Write writes all of b, waiting for the terminal to take it, until interrupt.
func (t *tty) Write(b []byte) (int, error) { return t.writeUntil(b, time.Time{}) }

// writeUntil is Write with a deadline, the zero time being none, and after interrupt only with one.
func (t *tty) writeUntil(b []byte, deadline time.Time) (int, error) {
	done := 0
	for done < len(b) {
		n, err := unix.Write(t.write, b[done:])
		done += max(n, 0)
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			if err := t.writable(deadline); err != nil {
				return done, err
			}
		default:
			return done, os.NewSyscallError("write", err)
		}
	}
	return done, nil
}

func (t *tty) writable(deadline time.Time) error {
	fds := []unix.PollFd{{Fd: int32(t.write), Events: unix.POLLOUT}, {Fd: int32(t.interrupted[0])}}
	timeout := -1
	if !deadline.IsZero() {
		fds, timeout = fds[:1], int(max(time.Until(deadline), 0).Milliseconds())
	}
	n, err := unix.Poll(fds, timeout)
	switch {
	case err == unix.EINTR:
		return nil
	case err != nil:
		return os.NewSyscallError("poll", err)
	case n == 0:
		return os.ErrDeadlineExceeded
	case len(fds) > 1 && fds[1].Revents != 0:
		return errInterrupted
	}
	return nil
}

// waitClosed returns true when the terminal has gone away (nobody holds its other end any more), false when
// interrupted or where the system cannot tell. It blocks in poll(2) asking for nothing, so that only that wakes it.
// The caller has added it to waiting.
func (t *tty) waitClosed() bool {
	defer t.waiting.Done()
	for {
		fds := []unix.PollFd{{Fd: int32(t.in)}, {Fd: int32(t.interrupted[0])}}
		_, err := unix.Poll(fds, -1)
		switch {
		case err == unix.EINTR:
		case err != nil || fds[1].Revents != 0 || fds[0].Revents&unix.POLLNVAL != 0:
			return false
		default:
			return true
		}
	}
}

// ownDescription opens the controlling terminal anew, without blocking, if out is it. Otherwise it returns out.
func ownDescription(out int) (fd int, own bool) {
	if !reopens {
		return out, false
	}
	if session, err := unix.IoctlGetInt(out, getSession); err != nil || session != sid() {
		return out, false
	}
	fd, err := unix.Open("/dev/tty", unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return out, false
	}
	return fd, true
}

func sid() int {
	s, _ := unix.Getsid(0)
	return s
}
