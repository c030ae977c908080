//go:build unix

package netcore

import "golang.org/x/sys/unix"

func signalByName(name string) (int64, bool) {
	n := unix.SignalNum(name)
	return int64(n), n != 0
}

func signalName(n int64) string { return unix.SignalName(unix.Signal(n)) }
