//go:build !unix

package netcore

// PortFree reports nothing here: this platform has no labs.
func PortFree(port int) bool { return true }
