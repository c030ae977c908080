//go:build unix

package netcore

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// PortFree reports whether a TCP server could listen on 127.0.0.1:port of this
// machine now, with SO_REUSEADDR. The socket used to find out is closed again.
func PortFree(port int) bool {
	_, err := tryPort(port)
	return err == nil
}

// FreePort returns a TCP port of 127.0.0.1 that nobody uses, chosen by the kernel.
func FreePort() (int, error) { return tryPort(0) }

func tryPort(port int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	if err := unix.Listen(fd, 1); err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	return name.(*unix.SockaddrInet4).Port, nil
}
