package lesson

import (
	"fmt"
	"strings"

	"sockstep/netcore"
)

// socketCauses are those of calls that make descriptors out of nothing.
var socketCauses = []Cause{
	{
		Name: "socket-flags", Calls: []string{"socket", "socketpair"}, Errno: "EINVAL",
		Brief: "the type is none there is",
		Try:   []string{"server: socket(AF_INET, 99, 0)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("type %d", s.number("type")) + " is no kind of socket: the bits beside SOCK_NONBLOCK and SOCK_CLOEXEC have to be one of SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET"
		},
		change: always("write SOCK_STREAM for TCP or SOCK_DGRAM for UDP"),
	},
	{
		Name: "socket-domain", Calls: []string{"socket", "socketpair"}, Errno: "EAFNOSUPPORT",
		Brief: "the family is unknown to the kernel",
		Try:   []string{"server: socket(999, SOCK_STREAM, 0)"},
		when:  only,
		text: func(s *scene) string {
			if s.number("domain") == 0 {
				return "domain AF_UNSPEC is no family: it only means any in a question to getaddrinfo()"
			}
			return "this kernel has no family " + s.written("domain")
		},
		change: always("write AF_INET, AF_INET6 or AF_UNIX"),
	},
	{
		Name: "socket-protocol", Calls: []string{"socket", "socketpair"}, Errno: "EPROTONOSUPPORT",
		Brief: "the protocol does not go with the family and the type",
		Try:   []string{"server: socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("%s has no protocol %s for %s", s.written("domain"), protocolName(s.number("protocol")), s.written("type"))
		},
		change: always("write 0: it is the protocol the domain and the type have"),
	},
	{
		Name: "socket-type", Calls: []string{"socket", "socketpair"}, Errno: "ESOCKTNOSUPPORT",
		Brief: "the family has no such type",
		Try:   []string{"server: socket(AF_INET, SOCK_SEQPACKET, 0)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("%s has no sockets of the type %s", s.written("domain"), s.written("type"))
		},
		change: always("write SOCK_STREAM for TCP or SOCK_DGRAM for UDP"),
	},
	{
		Name: "socket-raw", Calls: []string{"socket"}, Errno: "EPERM",
		Brief: "raw sockets take a capability",
		Try:   []string{"server: socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)"},
		when:  func(s *scene) bool { return s.raw() },
		text: func(s *scene) string {
			return fmt.Sprintf("a socket that sees whole packets (%s, %s) takes the capability CAP_NET_RAW, and %s has none", s.written("domain"), s.written("type"), s.call.Process)
		},
		change: always("use SOCK_STREAM or SOCK_DGRAM, or run the program with the capability"),
	},
	{
		Name: "socketpair-family", Calls: []string{"socketpair"}, Errno: "EOPNOTSUPP",
		Brief: "the family cannot make pairs",
		Try:   []string{"server: int sv[2]", "server: socketpair(AF_INET, SOCK_STREAM, 0, sv)"},
		when:  only,
		text: func(s *scene) string {
			return s.written("domain") + " cannot make two sockets that are connected from the start; AF_UNIX can"
		},
		change: always("write AF_UNIX as the domain"),
	},
	{
		Name: "descriptor-limit", Calls: []string{"socket", "socketpair", "dup", "fcntl"}, Errno: "EMFILE",
		Brief:  "the process has as many descriptors as it may",
		Try:    []string{"set rlimit server nofile 5", "server: int s = socket(AF_INET, SOCK_STREAM, 0)", "server: int t = socket(AF_INET, SOCK_STREAM, 0)", "server: socket(AF_INET, SOCK_STREAM, 0)"},
		when:   only,
		text:   func(s *scene) string { return s.full() },
		change: always("close a descriptor that is no longer used, or raise RLIMIT_NOFILE with setrlimit()"),
	},
	{
		Name: "system-limit", Calls: []string{"socket", "accept", "accept4", "socketpair", "dup"}, Errno: "ENFILE",
		Brief:  "the machine has as many open files as it may",
		Unseen: "the limit (fs.file-max) is the whole machine's, and reaching it would stop every other program",
	},
}

func (s *scene) raw() bool {
	return s.is("type", "SOCK_RAW") || strings.Contains(s.written("type"), "SOCK_RAW") || s.is("domain", "AF_PACKET")
}

// full says how many descriptors the process has, and where the limit was seen.
func (s *scene) full() string {
	text := fmt.Sprintf("%s has %d descriptors open (%s), as many as its limit RLIMIT_NOFILE allows", s.call.Process, len(s.table()), s.open())
	if set := s.setting("rlimit", ofProcess(s.call.Process)); set != nil {
		text += "; it was set to " + set.Value
	}
	return text
}

// protocolName is a protocol by its number and its constant: "17 (IPPROTO_UDP)".
func protocolName(n int) string {
	for _, name := range []string{"IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMP", "IPPROTO_IPV6"} {
		if value, ok := netcore.Constant(name); ok && int(value) == n {
			return fmt.Sprintf("%d (%s)", n, name)
		}
	}
	return fmt.Sprint(n)
}
