//go:build linux && !amd64

package netcore

// addOldCalls adds nothing: this architecture has only the newer calls.
func addOldCalls(map[string]uintptr) {}
