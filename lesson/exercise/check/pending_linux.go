package check

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// pending takes the error that waits at a socket, SO_ERROR of socket(7); nil for none.
func pending(c net.Conn) error {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	number := 0
	if err := raw.Control(func(fd uintptr) {
		number, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
	}); err != nil || number == 0 {
		return nil
	}
	return syscall.Errno(number)
}
