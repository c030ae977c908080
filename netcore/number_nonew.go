//go:build unix && !linux && !freebsd

package netcore

// addNewCalls adds nothing: there is no accept4 here.
func addNewCalls(map[string]uintptr) {}
