package netcore

import (
	"errors"
	"strconv"

	"golang.org/x/sys/unix"
)

// ClaimPort marks a port of this machine's loopback as used by this program, so
// that two programs that are about to bind it do not both take it for free: see
// PortFree. ok is false when another one has the mark. It binds an abstract Unix
// socket (unix(7)), which the kernel lets go of when release is called or the
// program ends, however it ends. Where that is refused for another reason the
// port counts as claimed.
func ClaimPort(port int) (release func(), ok bool) {
	nothing := func() {}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nothing, true
	}
	err = unix.Bind(fd, &unix.SockaddrUnix{Name: "@sockstep/port/" + strconv.Itoa(port)})
	if err != nil {
		unix.Close(fd)
		return nothing, !errors.Is(err, unix.EADDRINUSE)
	}
	return func() { unix.Close(fd) }, true
}
