package netcore

import "golang.org/x/sys/unix"

// addOldCalls adds the calls that younger architectures do without.
func addOldCalls(numbers map[string]uintptr) {
	numbers["poll"] = unix.SYS_POLL
	numbers["unlink"] = unix.SYS_UNLINK
}
