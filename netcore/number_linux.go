package netcore

import "golang.org/x/sys/unix"

// exitNumber ends a process with all its threads, exit_group(2).
const exitNumber = unix.SYS_EXIT_GROUP

// callNumbers gives each system call's number by its kernel name.
var callNumbers = func() map[string]uintptr {
	numbers := commonNumbers()
	numbers["accept4"] = unix.SYS_ACCEPT4
	numbers["prlimit64"] = unix.SYS_PRLIMIT64
	numbers["rt_sigaction"] = unix.SYS_RT_SIGACTION
	numbers["ppoll"] = unix.SYS_PPOLL
	numbers["unlinkat"] = unix.SYS_UNLINKAT
	addOldCalls(numbers)
	return numbers
}()
