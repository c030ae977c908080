//go:build unix && !linux

package netcore

import "golang.org/x/sys/unix"

const exitNumber = unix.SYS_EXIT

// callNumbers gives each system call's number by its kernel name. There is no
// sigaction: the C library's function does more than the call.
var callNumbers = func() map[string]uintptr {
	numbers := commonNumbers()
	numbers["poll"] = unix.SYS_POLL
	numbers["setrlimit"] = unix.SYS_SETRLIMIT
	numbers["unlink"] = unix.SYS_UNLINK
	addNewCalls(numbers)
	return numbers
}()
