//go:build linux && (amd64 || arm64)

package tracer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// The roles in which the program is started again for a program to trace.
const (
	traceeRole = "tracee" // becomes the program
	initRole   = "init"   // is process 1 of a contained trace
)

func init() {
	netcore.RegisterHelper(traceeRole, runTracee)
	netcore.RegisterHelper(initRole, func([]string) error { return runInit() })
}

// assignment is what a tracee is told to become, once it is traced.
type assignment struct {
	Path    string
	Args    []string
	Dir     string
	Env     []string
	Files   int // descriptors from 0 that are the program's
	Group   int
	Session bool
	Control bool
	Proc    bool // mount /proc anew
	Ignored []int
	Limits  map[int]uint64
	Cgroup  string
}

// runTracee reads its assignment from the descriptor named by its argument, which it
// gets when it is traced, and becomes the program. It returns only with an error,
// which it also writes there.
func runTracee(args []string) error {
	if len(args) != 1 {
		return errors.New("want the descriptor of the assignment")
	}
	runtime.LockOSThread() // the filter is the thread's that becomes the program
	fd, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	unix.CloseOnExec(fd)
	if _, err := unix.Write(fd, []byte{0}); err != nil {
		return err
	}
	err = become(fd)
	// Whoever started this waits for either the end of the file or a word.
	_, _ = unix.Write(fd, []byte(err.Error()))
	return err
}

func become(fd int) error {
	var o assignment
	if err := readFrame(fdReader(fd), &o); err != nil {
		return err
	}
	for n := o.Files; n <= 2; n++ {
		if err := openNull(n); err != nil {
			return err
		}
	}
	// What this process inherited or opened is none of the program's.
	_ = unix.CloseRange(uint(max(o.Files, 3)), ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	if o.Cgroup != "" {
		if err := joinGroup(o.Cgroup); err != nil {
			return err
		}
	}
	if o.Group != 0 {
		if err := unix.Setpgid(0, o.Group); err != nil {
			return fmt.Errorf("join process group %d: %w", o.Group, err)
		}
	}
	if o.Session {
		if _, err := unix.Setsid(); err != nil {
			return fmt.Errorf("setsid: %w", err)
		}
	}
	if o.Control {
		if err := unix.IoctlSetInt(0, unix.TIOCSCTTY, 0); err != nil {
			return fmt.Errorf("take the terminal: %w", err)
		}
	}
	if o.Proc {
		ownProc()
	}
	if o.Dir != "" {
		if err := os.Chdir(o.Dir); err != nil {
			return err
		}
	}
	path, err := find(o.Path, o.Env)
	if err != nil {
		return err
	}
	for resource, value := range o.Limits {
		limit := unix.Rlimit{Cur: value, Max: value}
		if err := unix.Setrlimit(resource, &limit); err != nil {
			return fmt.Errorf("limit %d to %d: %w", resource, value, err)
		}
	}
	if err := netcore.RestoreSignals(o.Ignored); err != nil {
		return err
	}
	_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	if err := install(filter(watched())); err != nil {
		return fmt.Errorf("the filter that shows the calls on sockets: %w", err)
	}
	err = syscall.Exec(path, o.Args, o.Env)
	return fmt.Errorf("%s: %w", path, err)
}

// find is where a program is: a name without a slash is searched in the program's
// own PATH.
func find(name string, env []string) (string, error) {
	for _, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			_ = os.Setenv("PATH", path)
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	return path, nil
}

func openNull(n int) error {
	fd, err := unix.Open("/dev/null", unix.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open /dev/null: %w", err)
	}
	if fd == n {
		return nil
	}
	defer unix.Close(fd)
	return unix.Dup3(fd, n, 0)
}

// ownProc shows the program the processes of its own namespace. Where a container
// hides parts of /proc the kernel refuses, and it sees the host's.
func ownProc() {
	if unix.Unshare(unix.CLONE_NEWNS) != nil {
		return
	}
	if unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") == nil {
		_ = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	}
}

// fdReader is an io.Reader that the Go runtime's poller has nothing to do with.
type fdReader int

func (fd fdReader) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), b)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n == 0 && len(b) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// runInit is process 1 of a namespace: it waits for processes nobody else waits
// for. Its end is the end of all of them.
func runInit() error {
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	_ = unix.CloseRange(1, ^uint(0), 0)
	// Descriptor 0 is a pipe whose other end the tracer has: its end is this one's.
	go func() {
		_, _ = fdReader(0).Read(make([]byte, 1))
		os.Exit(0)
	}()
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, unix.SIGCHLD)
	for range ended {
		for {
			if pid, _ := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil); pid <= 0 {
				break
			}
		}
	}
	return nil
}
