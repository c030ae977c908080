package lesson

import (
	"slices"
	"testing"

	"sockstep/netcore"
)

// wrongCalls are the wrong calls the course knows of, what each is refused with
// and the cause it has. Lines replace those of the cause; without, its own show it.
var wrongCalls = []struct {
	call, errno, cause string
	lines              []string
}{
	{"socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)", "EPROTONOSUPPORT", "socket-protocol", nil},
	{"socket(AF_INET, SOCK_SEQPACKET, 0)", "ESOCKTNOSUPPORT", "socket-type", nil},
	{"socket(AF_INET, 99, 0)", "EINVAL", "socket-flags", nil},
	{"socket(999, ...)", "EAFNOSUPPORT", "socket-domain", nil},
	{"socket(AF_UNSPEC, ...)", "EAFNOSUPPORT", "socket-domain", []string{"server: socket(AF_UNSPEC, SOCK_STREAM, 0)"}},
	{"socket(SOCK_RAW) unprivileged", "EPERM", "socket-raw", nil},
	{"socket(AF_PACKET) unprivileged", "EPERM", "socket-raw", []string{"server: socket(17, SOCK_RAW, 0)"}},
	{"socket at RLIMIT_NOFILE", "EMFILE", "descriptor-limit", nil},
	{"bind twice", "EINVAL", "bind-twice", nil},
	{"bind a busy port", "EADDRINUSE", "bind-taken", nil},
	{"bind a port that is listened on", "EADDRINUSE", "bind-listening", nil},
	{"bind a port in TIME_WAIT", "EADDRINUSE", "bind-time-wait", nil},
	{"bind a foreign address", "EADDRNOTAVAIL", "bind-foreign", nil},
	{"bind INADDR_LOOPBACK unswapped", "EADDRNOTAVAIL", "bind-foreign", []string{"server: " + tryTCP, "server: " + tryAddr, "server: a.sin_addr.s_addr = INADDR_LOOPBACK", "server: " + tryBind}},
	{"bind a port below 1024", "EACCES", "bind-low-port", nil},
	{"bind with a short addrlen", "EINVAL", "bind-short", nil},
	{"bind with the wrong family", "EAFNOSUPPORT", "bind-family", nil},
	{"bind with a bad pointer", "EFAULT", "bad-pointer", nil},
	{"bind fd 1", "ENOTSOCK", "not-a-socket", []string{"server: " + tryAddr, "server: bind(1, (struct sockaddr *)&a, sizeof a)"}},
	{"bind fd 99", "EBADF", "no-descriptor", []string{"server: " + tryAddr, "server: bind(99, (struct sockaddr *)&a, sizeof a)"}},
	{"listen on UDP", "EOPNOTSUPP", "listen-datagram", nil},
	{"listen on connected TCP", "EINVAL", "listen-connected", nil},
	{"connect, no listener", "ECONNREFUSED", "connect-refused", nil},
	{"connect, connected", "EISCONN", "connect-connected", nil},
	{"connect on the listening fd", "EISCONN", "connect-listening", nil},
	{"connect, in progress", "EALREADY", "connect-under-way", nil},
	{"connect, addrlen 8", "EINVAL", "connect-short", nil},
	{"connect, AF_INET fd with a v6 address", "EAFNOSUPPORT", "connect-family", nil},
	{"connect, AF_INET6 fd with sockaddr_in", "EINVAL", "connect-short", []string{"client: int s = socket(AF_INET6, SOCK_STREAM, 0)", "client: " + tryAddr, "client: " + tryConnect}},
	{"connect, no route", "ENETUNREACH", "connect-no-route", nil},
	{"connect, route unreachable", "EHOSTUNREACH", "connect-unreachable", nil},
	{"connect, route prohibit", "EACCES", "connect-prohibited", nil},
	{"connect, route blackhole", "EINVAL", "connect-blackhole", nil},
	{"connect, ports exhausted", "EADDRNOTAVAIL", "connect-no-ports", nil},
	{"connect, same 4-tuple", "EADDRNOTAVAIL", "connect-same-pair", nil},
	{"connect, Unix path missing", "ENOENT", "path-missing", nil},
	{"connect, Unix path stale", "ECONNREFUSED", "path-refused", []string{"server: " + tryUnix, "server: " + tryPath, "server: " + tryBind, "server: close(s)", "client: " + tryUnix, "client: " + tryPath, "client: " + tryKnock}},
	{"connect, Unix not listening", "ECONNREFUSED", "path-refused", nil},
	{"connect, Unix wrong type", "EPROTOTYPE", "path-type", nil},
	{"connect, Unix no permission", "EACCES", "path-permission", nil},
	{"connect, firewall tcp-reset or port-unreach", "ECONNREFUSED", "connect-refused", nil},
	{"connect, firewall host-unreach or admin-prohibited", "EHOSTUNREACH", "connect-rejected", nil},
	{"connect, SYN dropped", "ETIMEDOUT", "connect-silence", nil},
	{"connect, accept queue full", "ETIMEDOUT", "connect-silence", tries([]string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: listen(s, 0)"},
		"client: "+tryTCP, "client: "+tryAddr, "client: "+tryConnect, "client: int t = socket(AF_INET, SOCK_STREAM, 0)",
		"client: int once = 1", "client: setsockopt(t, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once)", "client: connect(t, (struct sockaddr *)&a, sizeof a)")},
	{"accept on a connection", "EINVAL", "accept-connection", nil},
	{"accept on fresh TCP", "EINVAL", "accept-not-listening", []string{"server: " + tryTCP, "server: accept(s, NULL, NULL)"}},
	{"accept on bound-only TCP", "EINVAL", "accept-not-listening", nil},
	{"accept on UDP", "EOPNOTSUPP", "accept-datagram", nil},
	{"accept, non-blocking and empty", "EAGAIN", "accept-empty", nil},
	{"accept at RLIMIT_NOFILE", "EMFILE", "accept-limit", nil},
	{"send, never-connected TCP", "EPIPE", "send-unconnected", nil},
	{"send on a listener", "EPIPE", "send-listening", nil},
	{"recv, never connected", "ENOTCONN", "receive-unconnected", nil},
	{"getpeername, never connected", "ENOTCONN", "peer-none", []string{"client: " + tryTCP, "client: struct sockaddr_in p", "client: socklen_t n = sizeof p", "client: getpeername(s, (struct sockaddr *)&p, &n)"}},
	{"shutdown, never connected", "ENOTCONN", "peer-none", nil},
	{"recv with len 0, empty and non-blocking", "EAGAIN", "receive-empty", tries(tryJoined, "client: char b[8]", "client: recv(s, b, 0, MSG_DONTWAIT)")},
	{"shutdown(how=7)", "EINVAL", "shutdown-how", nil},
	{"shutdown, connection gone", "ENOTCONN", "peer-gone", tries(tryServed, `client: send(s, "unread", 6, 0)`, "server: close(c)", "client: shutdown(s, SHUT_WR)")},
	{"accept after shutdown of the listener", "EINVAL", "accept-shut", nil},
	{"setsockopt, wrong name", "ENOPROTOOPT", "option-unknown", nil},
	{"setsockopt, wrong level", "EOPNOTSUPP", "option-level", nil},
	{"setsockopt, TCP option of UDP", "ENOPROTOOPT", "option-unknown", []string{"server: " + tryUDP, "server: int v = 1", "server: setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &v, sizeof v)"}},
	{"setsockopt, 1-byte optval", "EINVAL", "option-short", nil},
	{"setsockopt, read-only SO_TYPE", "ENOPROTOOPT", "option-read-only", nil},
	{"setsockopt, read-only SO_ERROR", "ENOPROTOOPT", "option-read-only", []string{"server: " + tryTCP, "server: int v = 1", "server: setsockopt(s, SOL_SOCKET, SO_ERROR, &v, sizeof v)"}},
	{"setsockopt, V6ONLY after bind", "EINVAL", "option-bound", nil},
	{"setsockopt, SO_RCVTIMEO with tv_usec too large", "EDOM", "option-time", nil},
	{"close twice", "EBADF", "closed-descriptor", nil},
	{"socketpair(AF_INET)", "EOPNOTSUPP", "socketpair-family", nil},
	{"inet_ntop, small buffer", "ENOSPC", "name-buffer", nil},
	{"send after the peer's close", "EPIPE", "send-to-closed", nil},
	{"send after a reset", "ECONNRESET", "send-reset", nil},
	{"recv after a reset", "ECONNRESET", "receive-reset", nil},
	{"UDP send without a destination", "EDESTADDRREQ", "send-no-destination", nil},
	{"UDP send after ICMP", "ECONNREFUSED", "send-refused", nil},
	{"UDP 65508 bytes", "EMSGSIZE", "send-too-long", nil},
	{"UDP port 0", "EINVAL", "send-port-zero", nil},
	{"UDP broadcast without SO_BROADCAST", "EACCES", "connect-broadcast", nil},
	{"Unix path rebound", "EADDRINUSE", "path-taken", nil},
	{"Unix addrlen 111", "EINVAL", "path-length", nil},
	{"IPv6 link-local without scope", "EINVAL", "bind-scope", nil},
	{"connect 127.0.0.1, listener on ::1", "ECONNREFUSED", "connect-wrong-host", nil},
	{"a signal interrupts", "EINTR", "interrupted", nil},
}

// TestEveryWrongCallHasItsCause runs those wrong calls that differ from their
// cause's own lines, and wants a cause for all.
func TestEveryWrongCallHasItsCause(t *testing.T) {
	for _, w := range wrongCalls {
		t.Run(w.call, func(t *testing.T) {
			i := slices.IndexFunc(causes, func(c Cause) bool { return c.Name == w.cause })
			if i < 0 || causes[i].Errno != w.errno {
				t.Fatalf("no cause %s with %s", w.cause, w.errno)
			}
			if causes[i].Unseen != "" {
				t.Skip("a lab cannot show it: " + causes[i].Unseen)
			}
			if w.lines == nil {
				return // TestEveryCauseOnTheKernel runs it
			}
			s := bare(t)
			for _, line := range w.lines {
				try(t, s, line)
			}
			call := lastRefused(t, s)
			e, ok := Explain(&call, s.View().Snapshot, s.View().Snapshot, s.Timeline())
			if call.Errno.Name() != w.errno || !ok || e.Cause != w.cause {
				t.Errorf("%s is explained by %q: %s", netcore.Short(&call), e.Cause, call.Cause)
			}
		})
	}
}

// TestCausesAreWhole wants every cause to have what the rest relies on.
func TestCausesAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, c := range Causes() {
		if names[c.Name] {
			t.Errorf("two causes are called %s", c.Name)
		}
		names[c.Name] = true
		if _, ok := netcore.ErrnoByName(c.Errno); !ok {
			t.Errorf("%s: no errno %q", c.Name, c.Errno)
		}
		if (c.Unseen == "") != (len(c.Try) > 0 && c.when != nil && c.text != nil && c.change != nil) {
			t.Errorf("%s has neither all of lines, condition, text and change, nor a reason why it cannot be seen", c.Name)
		}
	}
}
