//go:build !linux

package netcore

// canHandle: a program can have no handler here.
func canHandle(int) bool { return false }
