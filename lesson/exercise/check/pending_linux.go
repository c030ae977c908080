package check

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// pending takes the error that waits at a socket, SO_ERROR of socket(7); nil for none.
func pending(c net.Conn) error {
	number := asked(c, func(fd int) (int, error) { return unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR) })
	if number == 0 {
		return nil
	}
	return syscall.Errno(number)
}

// unread is how many bytes have come to a socket that nobody has read, SIOCINQ of tcp(7).
func unread(c net.Conn) int {
	return asked(c, func(fd int) (int, error) { return unix.IoctlGetInt(fd, unix.SIOCINQ) })
}

// asked asks the kernel for a number about a socket; it is 0 where there is no answer.
func asked(c net.Conn, ask func(fd int) (int, error)) (number int) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		n, err := ask(int(fd))
		if err == nil {
			number = n
		}
	})
	return number
}
