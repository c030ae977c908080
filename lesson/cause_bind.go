package lesson

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sockstep/netcore"
)

const (
	tryAddr  = "struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7777), .sin_addr = { htonl(INADDR_LOOPBACK) } }"
	tryTCP   = "int s = socket(AF_INET, SOCK_STREAM, 0)"
	tryUDP   = "int s = socket(AF_INET, SOCK_DGRAM, 0)"
	tryBind  = "bind(s, (struct sockaddr *)&a, sizeof a)"
	tryOn    = "int on = 1"
	tryReuse = "setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)"
)

// bindCauses are those of bind, for internet addresses; a path is in unixCauses.
var bindCauses = []Cause{
	{
		Name: "bind-short", Calls: []string{"bind"}, Errno: "EINVAL",
		Brief: "the length is shorter than the address",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: bind(s, (struct sockaddr *)&a, sizeof(int))"},
		when:  func(s *scene) bool { return s.tooShort() },
		text:  func(s *scene) string { return s.shortText() },
		change: func(s *scene) string {
			return "write sizeof of the structure itself, not of a pointer to it: " + s.rightLength()
		},
	},
	{
		Name: "address-too-long", Calls: []string{"bind", "connect", "sendto"}, Errno: "EINVAL",
		Brief: "the length is longer than any address",
		Try:   []string{"server: " + tryTCP, "server: struct sockaddr_storage big[2]", "server: memset(big, 0, sizeof big)", "server: bind(s, (struct sockaddr *)big, sizeof big)"},
		when:  func(s *scene) bool { n := s.number("addrlen"); return n < 0 || n > 128 },
		text: func(s *scene) string {
			return fmt.Sprintf("the address is said to have %d bytes, and no address has more than 128 (struct sockaddr_storage)", s.number("addrlen"))
		},
		change: func(s *scene) string {
			return "pass the length of the structure that was filled in: " + s.rightLength()
		},
	},
	{
		Name: "bind-family", Calls: []string{"bind"}, Errno: "EAFNOSUPPORT",
		Brief: "the family in the address is not the socket's",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: a.sin_family = htons(AF_INET)", "server: " + tryBind},
		when:  only,
		text:  func(s *scene) string { return s.wrongFamily() },
		change: func(s *scene) string {
			return "set the family to " + s.socket().Domain + ", in the machine's own byte order (without htons)"
		},
	},
	{
		Name: "bind-foreign", Calls: []string{"bind"}, Errno: "EADDRNOTAVAIL",
		Brief: "the address is not this machine's",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, `server: inet_pton(AF_INET, "8.8.8.8", &a.sin_addr)`, "server: " + tryBind},
		when:  func(s *scene) bool { _, ok := s.target(); return ok },
		text: func(s *scene) string {
			a, _ := s.target()
			text := hostOf(a) + " is no address of this machine's"
			if back := reversed(a.Addr()); back.IsLoopback() {
				text += fmt.Sprintf("; backwards it is %s, so the bytes were not brought into network order", back)
			}
			return text
		},
		change: func(s *scene) string {
			if a, _ := s.target(); reversed(a.Addr()).IsLoopback() {
				return "write htonl() around the address, as in htonl(INADDR_LOOPBACK)"
			}
			return "bind to an address of this machine's, or to INADDR_ANY for all of them"
		},
	},
	{
		Name: "bind-low-port", Calls: []string{"bind"}, Errno: "EACCES",
		Brief: "a port below 1024 takes a capability",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: a.sin_port = htons(80)", "server: " + tryBind},
		when:  func(s *scene) bool { a, ok := s.target(); return ok && a.Port() > 0 && a.Port() < 1024 },
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("port %d is below 1024 (net.ipv4.ip_unprivileged_port_start), and %s has not the capability CAP_NET_BIND_SERVICE", a.Port(), s.call.Process)
		},
		change: always("take a port from 1024 on"),
	},
	{
		Name: "bind-scope", Calls: []string{"bind", "connect"}, Errno: "EINVAL",
		Brief: "a link-local IPv6 address without its interface",
		Try:   []string{"server: int s = socket(AF_INET6, SOCK_STREAM, 0)", "server: struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(7777) }", `server: inet_pton(AF_INET6, "fe80::1", &a.sin6_addr)`, "server: " + tryBind},
		when: func(s *scene) bool {
			a, ok := s.target()
			return ok && a.Addr().Is6() && a.Addr().IsLinkLocalUnicast() && a.Addr().Zone() == ""
		},
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("%s is valid on one link only, and sin6_scope_id is 0: it names no interface", hostOf(a))
		},
		change: always("set sin6_scope_id to the number of the interface"),
	},
	{
		Name: "bind-twice", Calls: []string{"bind"}, Errno: "EINVAL",
		Brief: "the socket is bound already",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: " + tryBind},
		when:  func(s *scene) bool { k := s.socket(); return k.Path != "" || k.Local.Port() != 0 },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is %s already, and a socket is bound once", s.fd(), bound(s.socket()))
		},
		change: always("bind a new socket, or leave the second bind() out"),
	},
	{
		Name: "bind-time-wait", Calls: []string{"bind"}, Errno: "EADDRINUSE",
		Brief: "connections in TIME_WAIT have the address",
		Try: []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: listen(s, 5)",
			"client: " + tryTCP, "client: " + tryAddr, "client: connect(s, (struct sockaddr *)&a, sizeof a)",
			"server: int c = accept(s, NULL, NULL)", "server: close(c)", "client: close(s)", "server: close(s)",
			"server: int t = socket(AF_INET, SOCK_STREAM, 0)", "server: bind(t, (struct sockaddr *)&a, sizeof a)"},
		when: func(s *scene) bool { return s.holders() != nil && !slices.ContainsFunc(s.holders(), alive) },
		text: func(s *scene) string {
			k := s.holders()[0]
			return fmt.Sprintf("%s is the address of a connection that has ended and is in TIME_WAIT, for %d seconds more; no descriptor refers to it", AddrText(k.Local), int(k.Timer.Expires.Seconds()))
		},
		change: func(s *scene) string {
			return fmt.Sprintf("set SO_REUSEADDR on descriptor %d before bind(); the listener that had the connection must have had it too", s.fd())
		},
	},
	{
		Name: "bind-listening", Calls: []string{"bind"}, Errno: "EADDRINUSE",
		Brief: "a listener has the address",
		Try: []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: listen(s, 5)",
			"client: " + tryTCP, "client: " + tryAddr, "client: " + tryOn, "client: " + tryReuse, "client: " + tryBind},
		when: func(s *scene) bool { return slices.ContainsFunc(s.holders(), listening) },
		text: func(s *scene) string {
			k := s.holders()[slices.IndexFunc(s.holders(), listening)]
			text := fmt.Sprintf("%s listens on %s", whose(k), AddrText(k.Local))
			if on, _ := s.set(s.call.Process, s.fd(), "SO_REUSEADDR"); on != 0 {
				text += "; SO_REUSEADDR is set, and does not help against a socket that listens"
			}
			return text
		},
		change: always("close that listener, or take another port"),
	},
	{
		Name: "bind-taken", Calls: []string{"bind"}, Errno: "EADDRINUSE",
		Brief: "another socket has the address",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "client: " + tryTCP, "client: " + tryAddr, "client: " + tryBind},
		when:  func(s *scene) bool { return s.holders() != nil },
		text: func(s *scene) string {
			k := s.holders()[slices.IndexFunc(s.holders(), alive)]
			return fmt.Sprintf("%s has %s and is in the state %s", whose(k), AddrText(k.Local), k.State)
		},
		change: always("close that socket, or take another port"),
	},
	{
		Name: "bind-unseen", Calls: []string{"bind"}, Errno: "EADDRINUSE",
		Brief:  "another program has the address",
		Unseen: "in a private network every socket is in sight; on the host's network the holder may be another program's, which ss -tlnp shows",
	},
}

func alive(k netcore.Socket) bool     { return k.State != "TIME_WAIT" }
func listening(k netcore.Socket) bool { return k.State == "LISTEN" }

// holders are the other sockets that have the address the call wants.
func (s *scene) holders() (out []netcore.Socket) {
	want, ok := s.target()
	own := s.socket()
	if !ok {
		want = own.Local // of listen and connect
	}
	for _, k := range s.now.Sockets {
		if k.Domain != "AF_UNIX" && k.Type == own.Type && k.Network == own.Network && k.Cookie != own.Cookie && overlap(k.Local, want) {
			out = append(out, k)
		}
	}
	return out
}

// overlap reports whether two local addresses are in each other's way.
func overlap(a, b netip.AddrPort) bool {
	if !a.IsValid() || !b.IsValid() || a.Port() != b.Port() || b.Port() == 0 {
		return false
	}
	x, y := a.Addr().Unmap(), b.Addr().Unmap()
	return x == y || x.IsUnspecified() || y.IsUnspecified()
}

// reversed is an IPv4 address with its bytes in the other order.
func reversed(a netip.Addr) netip.Addr {
	if !a.Unmap().Is4() {
		return a
	}
	b := a.Unmap().As4()
	slices.Reverse(b[:])
	return netip.AddrFrom4(b)
}

// tooShort reports whether an address has fewer bytes than the socket's family needs.
func (s *scene) tooShort() bool {
	n := s.number("addrlen")
	need := sockaddrLength(s.socket().Domain)
	if s.socket().Domain == "AF_INET6" {
		need = 24 // without the scope, RFC 2133
	}
	return n >= 0 && n < need
}

func (s *scene) shortText() string {
	d := s.socket().Domain
	text := fmt.Sprintf("the length passed is %d, and %s of descriptor %d's family %s has %d bytes", s.number("addrlen"), structureOf(d), s.fd(), d, sockaddrLength(d))
	if f := s.family(); f != d && f != "" && s.number("addrlen") == sockaddrLength(f) {
		text += fmt.Sprintf("; what was passed is a %s of the family %s", strings.TrimPrefix(structureOf(f), "struct "), f)
	}
	return text
}

func (s *scene) rightLength() string {
	d := s.socket().Domain
	if d == "AF_UNIX" {
		return "sizeof(struct sockaddr_un) at most"
	}
	return fmt.Sprintf("sizeof(%s), %d", structureOf(d), sockaddrLength(d))
}

// wrongFamily says which family is in the address, and which the socket has.
func (s *scene) wrongFamily() string {
	text := fmt.Sprintf("the address says %s, and descriptor %d is a socket of %s", s.family(), s.fd(), s.socket().Domain)
	if b := s.address(); len(b) > 1 && b[0] == 0 && b[1] != 0 {
		text += fmt.Sprintf("; with its two bytes exchanged it is %d, so htons() stands there", b[1])
	}
	return text
}

func ofProcess(name string) func(*netcore.Setting) bool {
	return func(set *netcore.Setting) bool {
		first, _, _ := strings.Cut(set.Name, " ")
		return first == name
	}
}
