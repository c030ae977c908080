//go:build !unix

package netcore

// PortFree reports nothing here: this platform has no labs.
func PortFree(port int) bool { return true }

// FreePort has no ports to offer on this platform.
func FreePort() (int, error) { return 0, errUnsupported }
