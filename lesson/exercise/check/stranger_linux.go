package check

import (
	"errors"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// nobody is the user id of a stranger, that of nobody.
const nobody = 65534

// dialAsNobody connects to a path as the user nobody. The user is that of one thread,
// which ends afterwards; see setresuid(2).
func dialAsNobody(path string) (net.Conn, error) {
	type outcome struct {
		conn net.Conn
		err  error
	}
	done := make(chan outcome)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this function
		conn, err := dialAs(nobody, path)
		done <- outcome{conn, err}
	}()
	o := <-done
	return o.conn, o.err
}

// dialAs changes this thread's effective user and connects.
func dialAs(uid int, path string) (net.Conn, error) {
	const unchanged = ^uintptr(0)
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	if uid == unix.Geteuid() {
		return nil, errors.New("the examiner is that user itself")
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, unchanged, uintptr(uid), unchanged); errno != 0 {
		return nil, os.NewSyscallError("setresuid", errno)
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return nil, os.NewSyscallError("connect", err)
	}
	return net.FileConn(f)
}
