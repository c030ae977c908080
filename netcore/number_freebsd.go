package netcore

import "golang.org/x/sys/unix"

// addNewCalls adds what only this BSD has.
func addNewCalls(numbers map[string]uintptr) { numbers["accept4"] = unix.SYS_ACCEPT4 }
