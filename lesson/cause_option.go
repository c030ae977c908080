package lesson

import (
	"encoding/binary"
	"fmt"
)

// optionCauses are those of setsockopt and getsockopt.
var optionCauses = []Cause{
	{
		Name: "option-read-only", Calls: []string{"setsockopt"}, Errno: "ENOPROTOOPT",
		Brief: "the option can only be read",
		Try:   []string{"server: " + tryTCP, "server: int v = 1", "server: setsockopt(s, SOL_SOCKET, SO_TYPE, &v, sizeof v)"},
		when: func(s *scene) bool {
			return s.is("level", "SOL_SOCKET") && s.is("optname", "SO_TYPE", "SO_ERROR", "SO_ACCEPTCONN", "SO_DOMAIN", "SO_PROTOCOL")
		},
		text:   func(s *scene) string { return s.written("optname") + " can be read and not set" },
		change: always("read it with getsockopt()"),
	},
	{
		Name: "option-level", Calls: []string{"setsockopt", "getsockopt"}, Errno: "EOPNOTSUPP",
		Brief:  "this kind of socket has no options at that level",
		Try:    []string{"server: " + tryUnix, "server: int v = 1", "server: setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &v, sizeof v)"},
		when:   only,
		text:   func(s *scene) string { return s.wrongLevel() },
		change: always("write the level the option belongs to: SOL_SOCKET for SO_..., IPPROTO_TCP for TCP_..., IPPROTO_IPV6 for IPV6_..."),
	},
	{
		Name: "option-unknown", Calls: []string{"setsockopt", "getsockopt"}, Errno: "ENOPROTOOPT",
		Brief:  "there is no such option at this level",
		Try:    []string{"server: " + tryTCP, "server: int v = 1", "server: setsockopt(s, SOL_SOCKET, 999, &v, sizeof v)"},
		when:   only,
		text:   func(s *scene) string { return s.wrongLevel() },
		change: always("write the level the option belongs to: SOL_SOCKET for SO_..., IPPROTO_TCP for TCP_..., IPPROTO_IPV6 for IPV6_..."),
	},
	{
		Name: "option-short", Calls: []string{"setsockopt"}, Errno: "EINVAL",
		Brief: "the value is too short",
		Try:   []string{"server: " + tryTCP, "server: char v = 1", "server: setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, sizeof v)"},
		when:  func(s *scene) bool { return s.number("optlen") < s.optionLength() },
		text: func(s *scene) string {
			return fmt.Sprintf("optlen is %d, and %s takes %d bytes", s.number("optlen"), s.written("optname"), s.optionLength())
		},
		change: always("pass the address and the size of an int: int on = 1; ... &on, sizeof on"),
	},
	{
		Name: "option-bound", Calls: []string{"setsockopt"}, Errno: "EINVAL",
		Brief: "the option can be set before bind() only",
		Try: []string{"server: int s = socket(AF_INET6, SOCK_STREAM, 0)", "server: struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(7777) }",
			"server: " + tryBind, "server: int on = 1", "server: setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on)"},
		when: func(s *scene) bool {
			return s.is("level", "IPPROTO_IPV6") && s.is("optname", "IPV6_V6ONLY") && s.socket().Local.Port() != 0
		},
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is %s, and IPV6_V6ONLY can be set before bind() only", s.fd(), bound(s.socket()))
		},
		change: always("set IPV6_V6ONLY between socket() and bind()"),
	},
	{
		Name: "option-time", Calls: []string{"setsockopt"}, Errno: "EDOM",
		Brief: "tv_usec is out of its range",
		Try:   []string{"server: " + tryTCP, "server: struct timeval t = { 0, 1500000 }", "server: setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("tv_usec is %d, and it goes from 0 to 999999", s.microseconds())
		},
		change: func(s *scene) string {
			n := s.microseconds()
			return fmt.Sprintf("write whole seconds in tv_sec: { %d, %d }", n/1e6, n%1e6)
		},
	},
}

// wrongLevel says what does not go together.
func (s *scene) wrongLevel() string {
	k := s.socket()
	kind := k.Protocol
	if kind == "" {
		kind = k.Domain
	}
	return fmt.Sprintf("the level %s of descriptor %d (%s) has no option %s", s.written("level"), s.fd(), kind, s.written("optname"))
}

// optionLength is how many bytes the option takes: an int, unless it is one of the
// structures.
func (s *scene) optionLength() int {
	switch {
	case !s.is("level", "SOL_SOCKET"):
	case s.is("optname", "SO_LINGER"):
		return 8
	case s.is("optname", "SO_RCVTIMEO", "SO_SNDTIMEO"):
		return 16
	}
	return 4
}

// microseconds is tv_usec of the struct timeval passed.
func (s *scene) microseconds() int64 {
	if b := s.arg("optval").Before; len(b) >= 16 {
		return int64(nativeUint64(b[8:]))
	}
	return 0
}

// controlCauses are those of calls about descriptors, processes and signals.
var controlCauses = []Cause{
	{
		Name: "ioctl-unknown", Calls: []string{"ioctl"}, Errno: "ENOTTY",
		Brief: "the request is unknown",
		Try:   []string{"server: " + tryTCP, "server: int n", "server: ioctl(s, 1, &n)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d does not know the request %s", s.fd(), s.written("request"))
		},
		change: always("write FIONREAD or SIOCOUTQ"),
	},
	{
		Name: "ioctl-listening", Calls: []string{"ioctl"}, Errno: "EINVAL",
		Brief:  "a listener has no bytes to count",
		Try:    tries(tryServer, "server: int n", "server: ioctl(s, FIONREAD, &n)"),
		when:   func(s *scene) bool { return listening(s.socket()) },
		text:   says("descriptor %d is a listener: it has no bytes to count"),
		change: always("ask on the descriptor that accept() returned"),
	},
	{
		Name: "fcntl-command", Calls: []string{"fcntl"}, Errno: "EINVAL",
		Brief: "the command is unknown",
		Try:   []string{"server: " + tryTCP, "server: fcntl(s, 999, 0)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("fcntl() has no command %s, or not with this argument", s.written("cmd"))
		},
		change: always("write F_GETFL and F_SETFL for O_NONBLOCK"),
	},
	{
		Name: "signal-number", Calls: []string{"kill", "sigaction"}, Errno: "EINVAL",
		Brief: "there is no such signal, or it cannot be caught",
		Try:   []string{"server: kill(getpid(), 99)"},
		when:  only,
		text: func(s *scene) string {
			if s.is("signum", "SIGKILL", "SIGSTOP") {
				return s.written("signum") + " can be neither caught nor ignored"
			}
			return "there is no signal " + s.written("sig") + s.written("signum")
		},
		change: always("write the signal's name: SIGPIPE, SIGTERM"),
	},
	{
		Name: "limit-order", Calls: []string{"setrlimit"}, Errno: "EINVAL",
		Brief:  "the soft limit is above the hard one",
		Try:    []string{"server: struct rlimit r = { 20, 10 }", "server: setrlimit(RLIMIT_NOFILE, &r)"},
		when:   only,
		text:   always("the soft limit (rlim_cur) is above the hard one (rlim_max), or the resource is unknown"),
		change: always("set rlim_cur to rlim_max at most"),
	},
	{
		Name: "limit-raised", Calls: []string{"setrlimit"}, Errno: "EPERM",
		Brief: "the hard limit was to be raised",
		Try:   []string{"server: struct rlimit r = { 10, 10 }", "server: setrlimit(RLIMIT_NOFILE, &r)", "server: r.rlim_max = 20", "server: setrlimit(RLIMIT_NOFILE, &r)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("the hard limit (rlim_max) can be lowered by anybody and raised with the capability CAP_SYS_RESOURCE only, which %s has not", s.call.Process)
		},
		change: always("raise rlim_cur up to the hard limit there is, and no further"),
	},
	{
		Name: "poll-too-many", Calls: []string{"poll"}, Errno: "EINVAL",
		Brief: "more descriptors than the process may have",
		Try:   []string{"server: struct rlimit r = { 4, 4 }", "server: setrlimit(RLIMIT_NOFILE, &r)", "server: struct pollfd p[5] = { 0 }", "server: poll(p, 5, 0)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("nfds is %s, which is more than the process may have descriptors (RLIMIT_NOFILE)", s.written("nfds"))
		},
		change: always("pass the number of elements in the array, sizeof p / sizeof p[0]"),
	},
	{
		Name: "name-buffer", Calls: []string{"inet_ntop"}, Errno: "ENOSPC",
		Brief:  "the buffer is too small for the text",
		Unseen: "inet_ntop() is a function of the C library and makes no system call: its result is in the program, not in the record. The buffer is too small: INET_ADDRSTRLEN is 16, INET6_ADDRSTRLEN 46",
	},
	{
		Name: "socket-file", Calls: []string{"socket"}, Errno: "EACCES",
		Brief:  "a security module forbids it",
		Unseen: "creating a socket of a kind that is forbidden takes a security module or a seccomp filter, which a lab has not",
	},
}

func nativeUint64(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }
