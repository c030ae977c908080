package netcore

import "strings"

// Constant returns the value a name of the course's headers has on this machine:
// families, types and protocols, socket options, flags, signals, limits, ioctl
// requests, error numbers. A name this system's headers lack is not found.
// Values of unsigned types are positive: INADDR_NONE is 4294967295.
func Constant(name string) (int64, bool) {
	if n, ok := platformConstants[name]; ok {
		return n, true
	}
	if n, ok := portableConstants[name]; ok {
		return n, true
	}
	if family, ok := strings.CutPrefix(name, "PF_"); ok {
		return Constant("AF_" + family)
	}
	if signal, ok := signalByName(name); ok {
		return signal, true
	}
	return errnoConstant(name)
}

// errnoConstant leaves out the digits ErrnoByName also takes.
func errnoConstant(name string) (int64, bool) {
	if !strings.HasPrefix(name, "E") {
		return 0, false
	}
	e, ok := ErrnoByName(name)
	return int64(e), ok
}

// portableConstants are the same everywhere.
var portableConstants = map[string]int64{
	"INADDR_ANY":       0,
	"INADDR_BROADCAST": 0xffffffff,
	"INADDR_NONE":      0xffffffff,
	"INADDR_LOOPBACK":  0x7f000001,

	"INADDR_UNSPEC_GROUP":      0xe0000000,
	"INADDR_ALLHOSTS_GROUP":    0xe0000001,
	"INADDR_ALLRTRS_GROUP":     0xe0000002,
	"INADDR_ALLSNOOPERS_GROUP": 0xe000006a,
	"INADDR_MAX_LOCAL_GROUP":   0xe00000ff,
	"INET_ADDRSTRLEN":          16,
	"INET6_ADDRSTRLEN":         46,
	"EOF":                      -1,
	"EXIT_SUCCESS":             0,
	"EXIT_FAILURE":             1,
	"F_OK":                     0,
	"STDIN_FILENO":             0,
	"STDOUT_FILENO":            1,
	"STDERR_FILENO":            2,
	"SIG_DFL":                  0,
	"SIG_IGN":                  1,
	"SIG_ERR":                  -1,
}
