package netcore

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cancelSignal ends a waiting call with EINTR. It is the only signal a worker
// does not leave to the kernel's default.
const cancelSignal = 63

func mainThread() int { return unix.Gettid() }

// runWorker is the life of a worker. Its arguments: the folder that becomes its
// root, or "".
func runWorker(args []string) error {
	if len(args) != 1 {
		return errors.New("worker: want the root folder")
	}
	// The first timer makes the Go runtime open its poller, now that all low
	// descriptors are taken, and not in the middle of a lesson.
	time.Sleep(time.Nanosecond)
	w := &worker{channel: channelFD}
	unix.CloseOnExec(channelFD)
	mem, err := unix.Mmap(pageFD, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map the page: %w", err)
	}
	w.page = pageOf(mem)
	if err := enterRoot(args[0]); err != nil {
		return err
	}
	lack := dropCapabilities()
	if err := defaultSignals(); err != nil {
		return err
	}
	restoreLimits()
	if unix.CloseRange(firstFD, channelFD-1, 0) != nil {
		closeLow()
	}
	w.page.release()
	if err := w.greet(lack); err != nil {
		return err
	}
	return w.serve()
}

// enterRoot makes folder the root of this process's file system. It comes after
// exec, for a dynamically linked program needs the host's files to start.
func enterRoot(folder string) error {
	if folder == "" {
		return nil
	}
	if err := unix.Chroot(folder); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	return os.NewSyscallError("chdir", unix.Chdir("/"))
}

// dropCapabilities gives up what chroot needed, on every thread where the Go
// runtime can do that (not with cgo), on this one always. The lab process has
// set no_new_privs and the securebits before, so exec gives nothing back.
func dropCapabilities() (lack []string) {
	for c := uintptr(0); c < 64; c++ {
		set, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c, 0, 0, 0)
		if err != nil {
			break
		}
		if set == 1 && onAllThreads(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c, 0) != 0 {
			break // without CAP_SETPCAP; no_new_privs keeps the set without effect
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	errno := onAllThreads(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none[0])), 0)
	if errno != 0 {
		lack = append(lack, "The process could not drop its capabilities: "+errno.Error()+".")
	}
	return lack
}

func onAllThreads(nr, a, b, c uintptr) syscall.Errno {
	_, _, errno := syscall.AllThreadsSyscall(nr, a, b, c)
	if errno == syscall.ENOTSUP {
		_, _, errno = syscall.RawSyscall(nr, a, b, c)
	}
	return errno
}

// kernelAction is struct sigaction as rt_sigaction(2) takes it.
type kernelAction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// defaultSignals gives every signal the action it has in a C program, against
// the handlers of the Go runtime, and readies the one that cancels.
func defaultSignals() error {
	signal.Notify(make(chan os.Signal, 1), syscall.Signal(cancelSignal))
	for sig := 1; sig <= 64; sig++ {
		if sig == cancelSignal || sig == int(unix.SIGKILL) || sig == int(unix.SIGSTOP) {
			continue
		}
		if errno := rtSigaction(sig, &kernelAction{}, nil); errno != 0 {
			return fmt.Errorf("signal %d: %w", sig, errno)
		}
	}
	// Go's handler stays, but a call it interrupts is not started again.
	var action kernelAction
	if errno := rtSigaction(cancelSignal, nil, &action); errno != 0 {
		return fmt.Errorf("signal %d: %w", cancelSignal, errno)
	}
	action.flags &^= 0x10000000 // SA_RESTART
	idleAction = action
	if errno := rtSigaction(cancelSignal, &action, nil); errno != 0 {
		return fmt.Errorf("signal %d: %w", cancelSignal, errno)
	}
	var none uint64
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&none)), 0, 8, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("sigprocmask", errno)
	}
	return nil
}

func rtSigaction(sig int, set, old *kernelAction) syscall.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	return errno
}

// restoreLimits undoes what every Go program does at its start: it raises the
// soft limit of descriptors to the hard one. 1024 is what the kernel starts with.
func restoreLimits() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil && limit.Max > 1024 {
		limit.Cur = 1024
		_ = unix.Prlimit(0, unix.RLIMIT_NOFILE, &limit, nil)
	}
}
