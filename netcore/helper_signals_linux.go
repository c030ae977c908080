package netcore

import (
	"fmt"
	"os/signal"
	"slices"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lastSignal is the largest number of a signal.
const lastSignal = 64

// IgnoredSignals are the signals this process was started to ignore, as under nohup,
// or ignores. What it starts is to ignore them as well.
func IgnoredSignals() (ignored []int) {
	for sig := range lastSignal + 1 {
		if sig > 0 && signal.Ignored(syscall.Signal(sig)) {
			ignored = append(ignored, sig)
		}
	}
	return ignored
}

// RestoreSignals is for a helper that is about to become another program: that
// ignores these signals and no others. A lab and what it starts ignore those of the
// terminal, and execve(2) would pass that on.
func RestoreSignals(ignored []int) error {
	for sig := 1; sig <= lastSignal; sig++ {
		if sig == int(unix.SIGKILL) || sig == int(unix.SIGSTOP) {
			continue
		}
		var action struct {
			handler, flags, restorer, mask uint64
		}
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
		const ignore = 1 // SIG_IGN
		wanted := slices.Contains(ignored, sig)
		if errno == 0 && wanted == (action.handler == ignore) {
			continue
		}
		action.handler, action.flags = 0, 0
		if wanted {
			action.handler = ignore
		}
		if errno == 0 {
			_, _, errno = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
		}
		if errno != 0 {
			return fmt.Errorf("sigaction of signal %d: %w", sig, errno)
		}
	}
	return nil
}
