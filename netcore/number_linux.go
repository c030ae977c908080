package netcore

import "golang.org/x/sys/unix"

// exitNumber ends a process with all its threads, exit_group(2).
const exitNumber = unix.SYS_EXIT_GROUP

// callNumbers gives each system call's number by its kernel name.
var callNumbers = func() map[string]uintptr {
	numbers := map[string]uintptr{
		"socket":       unix.SYS_SOCKET,
		"bind":         unix.SYS_BIND,
		"listen":       unix.SYS_LISTEN,
		"connect":      unix.SYS_CONNECT,
		"accept":       unix.SYS_ACCEPT,
		"accept4":      unix.SYS_ACCEPT4,
		"sendto":       unix.SYS_SENDTO,
		"recvfrom":     unix.SYS_RECVFROM,
		"read":         unix.SYS_READ,
		"write":        unix.SYS_WRITE,
		"shutdown":     unix.SYS_SHUTDOWN,
		"close":        unix.SYS_CLOSE,
		"getsockname":  unix.SYS_GETSOCKNAME,
		"getpeername":  unix.SYS_GETPEERNAME,
		"setsockopt":   unix.SYS_SETSOCKOPT,
		"getsockopt":   unix.SYS_GETSOCKOPT,
		"fcntl":        unix.SYS_FCNTL,
		"ioctl":        unix.SYS_IOCTL,
		"dup":          unix.SYS_DUP,
		"socketpair":   unix.SYS_SOCKETPAIR,
		"prlimit64":    unix.SYS_PRLIMIT64,
		"kill":         unix.SYS_KILL,
		"rt_sigaction": unix.SYS_RT_SIGACTION,
		"ppoll":        unix.SYS_PPOLL,
		"unlinkat":     unix.SYS_UNLINKAT,
	}
	addOldCalls(numbers)
	return numbers
}()
