//go:build unix && !linux

package netcore

// systemErrno is empty: x/sys/unix names every error as the headers do.
var systemErrno = map[Errno]string{}
