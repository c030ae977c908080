package shell

import (
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// startRole is the role of the process that becomes the shell, once it may.
const startRole = "shell-start"

func init() {
	netcore.RegisterHelper(Role, func([]string) error { return runCompanion() })
	netcore.RegisterHelper(startRole, become)
}

// hangupPatience is how long what is left has to end after SIGHUP.
const hangupPatience = 500 * time.Millisecond

// runCompanion starts the shell it is told to, waits for it, and ends what it leaves.
func runCompanion() error {
	channel := os.NewFile(3, "channel")
	c, err := net.FileConn(channel)
	_ = channel.Close()
	if err != nil {
		return err
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return errors.New("descriptor 3 is no Unix socket")
	}
	out := gob.NewEncoder(conn)
	a, fds, err := receive(conn)
	if err != nil {
		return err
	}
	// What the shell's programs leave behind becomes this process's.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return errors.Join(err, out.Encode(news{Error: "adopt what is left: " + err.Error()}))
	}
	status, err := run(conn, out, &a, fds)
	if err != nil {
		return errors.Join(err, out.Encode(news{Error: err.Error()}))
	}
	endRest()
	return out.Encode(news{Ended: true, Status: status})
}

// run starts the shell and waits for it.
func run(conn *net.UnixConn, out *gob.Encoder, a *assignment, fds []int) (int, error) {
	var barrier, failure [2]int
	if err := errors.Join(unix.Pipe2(barrier[:], unix.O_CLOEXEC), unix.Pipe2(failure[:], unix.O_CLOEXEC)); err != nil {
		return 0, err
	}
	command := netcore.HelperCommand(startRole, append([]string{a.Path, a.Dir, numbers(a.Ignored)}, a.Args...)...)
	pid, err := syscall.ForkExec("/proc/self/exe", command, &syscall.ProcAttr{
		Env:   a.Env,
		Files: []uintptr{uintptr(fds[0]), uintptr(fds[1]), uintptr(fds[2]), uintptr(barrier[0]), uintptr(failure[1])},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pgid: a.Group, Pdeathsig: syscall.SIGHUP},
	})
	for _, fd := range append(fds, barrier[0], failure[1]) {
		_ = unix.Close(fd)
	}
	if err != nil {
		return 0, fmt.Errorf("start the shell: %w", err)
	}
	if err := out.Encode(news{PID: pid}); err != nil {
		return 0, err
	}
	go obey(conn, barrier[1], pid)
	status := wait(pid)
	var word [512]byte
	if n, _ := unix.Read(failure[0], word[:]); n > 0 {
		return 0, errors.New(string(word[:n]))
	}
	return status, nil
}

// numbers are numbers as a word.
func numbers(all []int) string {
	var words []string
	for _, n := range all {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, " ")
}

// obey lets the shell begin when the program says so, and hangs it up when the program
// is gone or wants it.
func obey(conn *net.UnixConn, barrier, pid int) {
	var b [1]byte
	for {
		n, err := conn.Read(b[:])
		if n > 0 {
			_, _ = unix.Write(barrier, b[:])
		}
		if err != nil {
			break
		}
	}
	_ = unix.Close(barrier)
	if shellOver.Load() {
		return
	}
	_ = unix.Kill(pid, unix.SIGHUP)
	_ = unix.Kill(pid, unix.SIGCONT)
	time.Sleep(hangupPatience)
	if !shellOver.Load() {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// shellOver tells that the shell has been waited for.
var shellOver atomic.Bool

// wait waits for the shell, and meanwhile for what was left to this process. A shell
// that stops itself goes on: nobody else could see to that.
func wait(shell int) int {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WUNTRACED, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 1
		case pid != shell:
		case status.Stopped():
			_ = unix.Kill(shell, unix.SIGCONT)
		case status.Signaled():
			shellOver.Store(true)
			return 128 + int(status.Signal())
		default:
			shellOver.Store(true)
			return status.ExitStatus()
		}
	}
}

// endRest ends every process that is left, and waits for it.
func endRest() {
	deadline := time.Now().Add(hangupPatience)
	hungUp := map[int]bool{}
	for {
		pids := children()
		if len(pids) == 0 {
			return
		}
		late := time.Now().After(deadline)
		for _, pid := range pids {
			switch {
			case late:
				_ = unix.Kill(pid, unix.SIGKILL)
			case !hungUp[pid]:
				hungUp[pid] = true
				_ = unix.Kill(pid, unix.SIGHUP)
				_ = unix.Kill(pid, unix.SIGCONT)
			}
		}
		if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err == nil && pid == 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

// children are this process's.
func children() (pids []int) {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		text, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/children")
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// become waits for the word that the terminal is this process's, and becomes the
// shell. Its arguments are the file, the folder, the signals to ignore, and the shell's own. It may do to the
// network what it likes, and nothing else that the user may not.
func become(args []string) error {
	const barrier, failure = 3, 4
	unix.CloseOnExec(barrier)
	unix.CloseOnExec(failure)
	if n, err := unix.Read(barrier, make([]byte, 1)); n != 1 {
		return fmt.Errorf("the word to begin did not come: %w", errors.Join(err, os.ErrClosed))
	}
	_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	for _, c := range []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW} {
		_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, c, 0, 0)
	}
	var ignored []int
	for _, word := range strings.Fields(args[2]) {
		if sig, err := strconv.Atoi(word); err == nil {
			ignored = append(ignored, sig)
		}
	}
	err := errors.Join(os.Chdir(args[1]), netcore.RestoreSignals(ignored))
	if err == nil {
		err = syscall.Exec(args[0], args[3:], os.Environ())
	}
	err = fmt.Errorf("start %s: %w", args[0], err)
	_, _ = unix.Write(failure, []byte(err.Error()))
	return err
}
