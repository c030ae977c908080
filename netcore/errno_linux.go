package netcore

import "golang.org/x/sys/unix"

// systemErrno are the names x/sys/unix calls by one the headers do not have.
var systemErrno = map[Errno]string{Errno(unix.EUCLEAN): "EUCLEAN"}
