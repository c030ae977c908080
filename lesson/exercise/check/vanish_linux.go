package check

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// vanish has a socket's kernel drop all that comes for it before TCP sees it: packets with
// a lower TTL than IP_MINTTL of ip(7) says, and none has a higher one than this. Unlike a
// filter it needs no right anywhere.
func vanish(c net.Conn) error {
	s, ok := c.(syscall.Conn)
	if !ok {
		return errors.New("this connection has no descriptor")
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	const highestTTL = 255
	failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MINTTL, highestTTL)
	})
	return errors.Join(failed, err)
}
