//go:build unix && !linux

package netcore

import "golang.org/x/sys/unix"

const exitNumber = unix.SYS_EXIT

// callNumbers gives each system call's number by its kernel name. There is no
// sigaction: the C library's function does more than the call.
var callNumbers = func() map[string]uintptr {
	numbers := map[string]uintptr{
		"socket":      unix.SYS_SOCKET,
		"bind":        unix.SYS_BIND,
		"listen":      unix.SYS_LISTEN,
		"connect":     unix.SYS_CONNECT,
		"accept":      unix.SYS_ACCEPT,
		"sendto":      unix.SYS_SENDTO,
		"recvfrom":    unix.SYS_RECVFROM,
		"read":        unix.SYS_READ,
		"write":       unix.SYS_WRITE,
		"shutdown":    unix.SYS_SHUTDOWN,
		"close":       unix.SYS_CLOSE,
		"getsockname": unix.SYS_GETSOCKNAME,
		"getpeername": unix.SYS_GETPEERNAME,
		"setsockopt":  unix.SYS_SETSOCKOPT,
		"getsockopt":  unix.SYS_GETSOCKOPT,
		"fcntl":       unix.SYS_FCNTL,
		"ioctl":       unix.SYS_IOCTL,
		"dup":         unix.SYS_DUP,
		"poll":        unix.SYS_POLL,
		"socketpair":  unix.SYS_SOCKETPAIR,
		"setrlimit":   unix.SYS_SETRLIMIT,
		"kill":        unix.SYS_KILL,
		"unlink":      unix.SYS_UNLINK,
	}
	addNewCalls(numbers)
	return numbers
}()
