//go:build !linux

package netcore

// kernelNames holds the calls whose C function makes a system call of another
// name, as on Linux.
var kernelNames = map[string]string{
	"send": "sendto",
	"recv": "recvfrom",
}
