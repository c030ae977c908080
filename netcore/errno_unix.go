//go:build unix

package netcore

import (
	"strings"

	"golang.org/x/sys/unix"
)

func errnoName(e Errno) string {
	if name, ok := preferredErrno[e]; ok {
		return name
	}
	if name, ok := systemErrno[e]; ok {
		return name
	}
	return unix.ErrnoName(unix.Errno(e))
}

// preferredErrno settles the numbers with two symbols.
var preferredErrno = map[Errno]string{
	Errno(unix.EAGAIN):     "EAGAIN",
	Errno(unix.EDEADLK):    "EDEADLK",
	Errno(unix.EOPNOTSUPP): "EOPNOTSUPP",
}

func errnoAliases() map[string]Errno {
	return map[string]Errno{
		"EWOULDBLOCK": Errno(unix.EWOULDBLOCK),
		"EDEADLOCK":   Errno(unix.EDEADLK),
		"ENOTSUP":     Errno(unix.ENOTSUP),
	}
}

// errnoText returns the system's sentence. Go's table was made from strerror with
// the first letter lowered, which is undone here.
func errnoText(e Errno) string {
	name := unix.ErrnoName(unix.Errno(e))
	if name == "" {
		return ""
	}
	if name == "EHWPOISON" { // younger than Go's table
		return "Memory page has hardware error"
	}
	text := unix.Errno(e).Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
