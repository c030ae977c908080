//go:build unix

package netcore

import "golang.org/x/sys/unix"

// commonNumbers gives the numbers of the system calls that every Unix has under
// the same name, in a map that is the caller's.
func commonNumbers() map[string]uintptr {
	return map[string]uintptr{
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
		"socketpair":  unix.SYS_SOCKETPAIR,
		"kill":        unix.SYS_KILL,
	}
}
