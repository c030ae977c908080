package check

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// vanish has a socket's kernel drop all that comes for it before TCP sees it, with a
// filter of one instruction, "return 0 bytes of it"; SO_ATTACH_FILTER of socket(7).
func vanish(c net.Conn) error {
	s, ok := c.(syscall.Conn)
	if !ok {
		return errors.New("this connection has no descriptor")
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
	})
	return errors.Join(failed, err)
}
