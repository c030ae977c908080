//go:build unix

package netcore

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// PortFree reports whether a TCP server could listen on 127.0.0.1:port of this
// machine now without SO_REUSEADDR, so that a connection in TIME_WAIT counts as
// taken too (ip(7)). The socket used to find out is closed again.
func PortFree(port int) bool {
	syscall.ForkLock.RLock() // no process started meanwhile may keep the port
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}) == nil && unix.Listen(fd, 1) == nil
}
