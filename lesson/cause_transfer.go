package lesson

import (
	"fmt"

	"sockstep/netcore"
)

var (
	sending   = []string{"send", "sendto", "write"}
	receiving = []string{"recv", "recvfrom", "read"}
)

// sendCauses are those of calls that send. MSG_NOSIGNAL in their lines keeps the
// program from being killed by SIGPIPE.
var sendCauses = []Cause{
	{
		Name: "send-to-closed", Calls: sending, Errno: "EPIPE",
		Brief: "the other end has closed and answered with RST",
		Try:   tries(tryServed, "server: close(c)", `client: send(s, "x", 1, MSG_NOSIGNAL)`, `client: send(s, "x", 1, MSG_NOSIGNAL)`),
		when:  func(s *scene) bool { return s.reset() && s.did("shutdown") == nil },
		text: func(s *scene) string {
			p, _ := s.packet(s.resetOfMine)
			return fmt.Sprintf("the connection of descriptor %d is gone: the other end, which had closed, answered with RST (packet %d)%s", s.fd(), p.Number, s.alsoPipe())
		},
		change: always("take the end of the stream (recv() = 0) as a sign to stop sending, and close the descriptor"),
	},
	{
		Name: "send-after-shutdown", Calls: sending, Errno: "EPIPE",
		Brief: "shutdown() has ended the sending direction",
		Try:   tries(tryServed, "client: shutdown(s, SHUT_WR)", `client: send(s, "x", 1, MSG_NOSIGNAL)`),
		when:  func(s *scene) bool { return s.did("shutdown") != nil },
		text: func(s *scene) string {
			return fmt.Sprintf("shutdown()%s ended the sending direction of descriptor %d%s", place(s.did("shutdown")), s.fd(), s.alsoPipe())
		},
		change: always("send everything before shutdown()"),
	},
	{
		Name: "send-listening", Calls: sending, Errno: "EPIPE",
		Brief: "the descriptor is a listener",
		Try:   tries(tryServer, `server: send(s, "x", 1, MSG_NOSIGNAL)`),
		when:  func(s *scene) bool { return listening(s.socket()) },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is the listener on %s: it has no other end to send to%s", s.fd(), AddrText(s.socket().Local), s.alsoPipe())
		},
		change: always("send on the descriptor that accept() returned"),
	},
	{
		Name: "send-unconnected", Calls: sending, Errno: "EPIPE",
		Brief: "the socket was never connected",
		Try:   []string{"client: " + tryTCP, `client: send(s, "x", 1, MSG_NOSIGNAL)`},
		when:  func(s *scene) bool { return s.tcp() && s.did("connect") == nil && s.unconnected() },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d was never connected (%s). POSIX says ENOTCONN; Linux says EPIPE%s", s.fd(), s.socket().State, s.alsoPipe())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("call connect(%d, ...) first, and look at its result", s.fd())
		},
	},
	{
		Name: "send-reset", Calls: sending, Errno: "ECONNRESET",
		Brief:  "the other end has reset the connection",
		Try:    tries(tryServed, `client: send(s, "unread", 6, 0)`, "server: close(c)", `client: send(s, "x", 1, MSG_NOSIGNAL)`),
		when:   func(s *scene) bool { return s.reset() },
		text:   func(s *scene) string { return s.resetText() },
		change: always("the connection is gone: close the descriptor, and have the other side read everything before it closes"),
	},
	{
		Name: "send-full", Calls: sending, Errno: "EAGAIN",
		Brief: "the send buffer is full, and the call does not wait",
		Try: tries(tryServed, "set buffer client 3 4608 2304", "set buffer server 4 4608 2304", "client: char big[65536]", "client: memset(big, 1, sizeof big)",
			"client: send(s, big, sizeof big, MSG_DONTWAIT)", "client: send(s, big, sizeof big, MSG_DONTWAIT)", "client: send(s, big, sizeof big, MSG_DONTWAIT)",
			"client: send(s, big, sizeof big, MSG_DONTWAIT)"),
		when: func(s *scene) bool { return s.nonblocking() && s.socket().SendQ > 0 },
		text: func(s *scene) string {
			return fmt.Sprintf("the send buffer of descriptor %d is full (%d bytes are not acknowledged, and the other end has not read enough), and %s", s.fd(), s.socket().SendQ, s.noWait())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("nothing has failed: wait with poll() until descriptor %d can be written to", s.fd())
		},
	},
	{
		Name: "send-no-destination", Calls: sending, Errno: "EDESTADDRREQ",
		Brief: "no destination, and not connected",
		Try:   []string{"client: " + tryUDP, `client: send(s, "x", 1, 0)`},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is not connected and the call names no destination", s.fd())
		},
		change: always("name one with sendto(), or call connect() once: it sends nothing and only notes the address"),
	},
	{
		Name: "send-too-long", Calls: sending, Errno: "EMSGSIZE",
		Brief: "the datagram is too long",
		Try:   []string{"client: " + tryUDP, "client: " + tryAddr, "client: char big[65508]", "client: memset(big, 1, sizeof big)", "client: sendto(s, big, sizeof big, 0, (struct sockaddr *)&a, sizeof a)"},
		when:  func(s *scene) bool { return s.udp() },
		text: func(s *scene) string {
			return fmt.Sprintf("a datagram of %d bytes was to be sent, and UDP over IPv4 carries 65507 at most; it is never cut in two", s.sent())
		},
		change: always("send less at a time: 1200 bytes pass almost every path in one piece"),
	},
	{
		Name: "send-port-zero", Calls: []string{"sendto", "connect"}, Errno: "EINVAL",
		Brief: "the destination's port is 0",
		Try:   []string{"client: " + tryUDP, "client: " + tryAddr, "client: a.sin_port = 0", `client: sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a)`},
		when:  func(s *scene) bool { a, ok := s.target(); return ok && a.Port() == 0 },
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("the destination is %s: port 0 is nobody's", a)
		},
		change: always("set the port: a.sin_port = htons(PORT)"),
	},
	{
		Name: "send-refused", Calls: []string{"send", "sendto", "write", "recv", "recvfrom", "read"}, Errno: "ECONNREFUSED",
		Brief: "an earlier datagram found nobody",
		Try:   []string{"client: " + tryUDP, "client: " + tryAddr, "client: " + tryConnect, `client: send(s, "x", 1, 0)`, `client: send(s, "x", 1, 0)`},
		when:  func(s *scene) bool { return s.udp() },
		text: func(s *scene) string {
			text := fmt.Sprintf("an earlier datagram of descriptor %d found nobody at %s", s.fd(), AddrText(s.socket().Peer))
			if p, ok := s.packet(func(h *netcore.PacketHeader) bool {
				return h.ICMP != nil && h.ICMP.About != nil && h.ICMP.About.To == s.socket().Peer
			}); ok {
				text += fmt.Sprintf(": ICMP says so (packet %d), and the next call is told, once", p.Number)
			}
			return text
		},
		change: always("start the receiver first; the call can be made again"),
	},
}

// receiveCauses are those of calls that receive.
var receiveCauses = []Cause{
	{
		Name: "receive-listening", Calls: receiving, Errno: "ENOTCONN",
		Brief: "the descriptor is a listener",
		Try:   tries(tryServer, "server: char b[8]", "server: recv(s, b, sizeof b, 0)"),
		when:  func(s *scene) bool { return listening(s.socket()) },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is the listener on %s: no bytes arrive there", s.fd(), AddrText(s.socket().Local))
		},
		change: always("receive from the descriptor that accept() returned"),
	},
	{
		Name: "receive-unconnected", Calls: receiving, Errno: "ENOTCONN",
		Brief: "the socket was never connected",
		Try:   []string{"client: " + tryTCP, "client: char b[8]", "client: recv(s, b, sizeof b, 0)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d was never connected (%s)%s", s.fd(), s.socket().State, s.failedConnect())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("call connect(%d, ...) first, and look at its result", s.fd())
		},
	},
	{
		Name: "receive-timeout", Calls: receiving, Errno: "EAGAIN",
		Brief: "SO_RCVTIMEO is over",
		Try:   tries(tryJoined, "client: struct timeval t = { 0, 50000 }", "client: setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t)", "client: char b[8]", "client: recv(s, b, sizeof b, 0)"),
		when: func(s *scene) bool {
			_, ok := s.set(s.call.Process, s.fd(), "SO_RCVTIMEO")
			return ok && !s.nonblocking()
		},
		text: func(s *scene) string {
			return fmt.Sprintf("nothing came on descriptor %d for as long as SO_RCVTIMEO says (%d ms passed); Linux says EAGAIN and not ETIMEDOUT", s.fd(), (s.call.Exit-s.call.Enter)/1e6)
		},
		change: always("nothing has failed: call it again, or set a longer time"),
	},
	{
		Name: "receive-empty", Calls: receiving, Errno: "EAGAIN",
		Brief: "nothing has come, and the call does not wait",
		Try:   tries(tryJoined, "client: char b[8]", "client: recv(s, b, sizeof b, MSG_DONTWAIT)"),
		when:  func(s *scene) bool { return s.nonblocking() },
		text: func(s *scene) string {
			text := fmt.Sprintf("nothing has come on descriptor %d that was not read, and %s", s.fd(), s.noWait())
			if s.arg("len").Value == 0 && s.arg("len").Name != "" {
				text += "; a length of 0 tells nothing about the end of the stream"
			}
			return text
		},
		change: func(s *scene) string {
			return fmt.Sprintf("nothing has failed: wait with poll() until descriptor %d can be read from", s.fd())
		},
	},
	{
		Name: "receive-reset", Calls: receiving, Errno: "ECONNRESET",
		Brief:  "the other end has reset the connection",
		Try:    tries(tryServed, `client: send(s, "unread", 6, 0)`, "server: close(c)", "client: char b[8]", "client: recv(s, b, sizeof b, 0)"),
		when:   func(s *scene) bool { return s.reset() },
		text:   func(s *scene) string { return s.resetText() },
		change: always("the connection is gone: close the descriptor, and have the other side read everything before it closes"),
	},
	{
		Name: "receive-no-answer", Calls: receiving, Errno: "ETIMEDOUT",
		Brief: "the other end does not answer any more",
		Try: tries(tryServed, "set deaf server 4", "client: int ms = 400", "client: setsockopt(s, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms)", `client: send(s, "x", 1, 0)`,
			"client: char b[8]", "client: recv(s, b, sizeof b, 0)"),
		when: only,
		text: func(s *scene) string {
			return fmt.Sprintf("what descriptor %d sent was repeated and never acknowledged, or the other end did not answer whether it is there: the kernel has given the connection up", s.fd())
		},
		change: always("close the descriptor and connect again; TCP_USER_TIMEOUT and SO_KEEPALIVE say how long the kernel tries"),
	},
	{
		Name: "interrupted", Calls: []string{"accept", "accept4", "connect", "recv", "recvfrom", "read", "send", "sendto", "write", "poll", "close"}, Errno: "EINTR",
		Brief: "a signal came while it waited",
		Try:   tries(tryServer, "server: accept(s, NULL, NULL)", "cancel server"),
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("a signal came while the call waited, after %d ms, and its handler does not say SA_RESTART", (s.call.Exit-s.call.Enter)/1e6)
		},
		change: func(s *scene) string {
			if s.call.Name == "connect" {
				return fmt.Sprintf("do not call connect() again, the handshake goes on: wait with poll() until descriptor %d can be written to, then read SO_ERROR", s.fd())
			}
			return "call it again: nothing was lost"
		},
	},
}

// endCauses are those of shutdown, getsockname and getpeername.
var endCauses = []Cause{
	{
		Name: "shutdown-how", Calls: []string{"shutdown"}, Errno: "EINVAL",
		Brief: "how is none of the three",
		Try:   tries(tryJoined, "client: shutdown(s, 7)"),
		when:  func(s *scene) bool { n := s.number("how"); return n < 0 || n > 2 },
		text: func(s *scene) string {
			return fmt.Sprintf("how is %d, and it is one of SHUT_RD (0), SHUT_WR (1) and SHUT_RDWR (2)", s.number("how"))
		},
		change: always("write SHUT_WR to end what you send"),
	},
	{
		Name: "peer-gone", Calls: []string{"getpeername", "shutdown"}, Errno: "ENOTCONN",
		Brief: "the connection is gone",
		Try:   tries(tryServed, `client: send(s, "unread", 6, 0)`, "server: close(c)", "client: struct sockaddr_in p", "client: socklen_t n = sizeof p", "client: getpeername(s, (struct sockaddr *)&p, &n)"),
		when:  func(s *scene) bool { return s.did("connect") != nil || s.acceptedAs() },
		text: func(s *scene) string {
			return fmt.Sprintf("the connection of descriptor %d has ended: it is %s", s.fd(), s.socket().State)
		},
		change: always("ask while the connection is there, and keep the answer"),
	},
	{
		Name: "peer-none", Calls: []string{"getpeername", "shutdown"}, Errno: "ENOTCONN",
		Brief: "the socket was never connected",
		Try:   []string{"client: " + tryTCP, "client: shutdown(s, SHUT_RDWR)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d has no other end: it was never connected (%s)%s", s.fd(), s.socket().State, s.failedConnect())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("call connect(%d, ...) first, and look at its result", s.fd())
		},
	},
	{
		Name: "name-length", Calls: []string{"getsockname", "getpeername"}, Errno: "EINVAL",
		Brief: "the length at entry is negative",
		Try:   []string{"server: " + tryTCP, "server: struct sockaddr_in p", "server: socklen_t n = -1", "server: getsockname(s, (struct sockaddr *)&p, &n)"},
		when:  func(s *scene) bool { return s.lengthGiven() < 0 },
		text: func(s *scene) string {
			return fmt.Sprintf("addrlen pointed to %d; it has to hold the size of the structure at entry", s.lengthGiven())
		},
		change: always("set the length before every call: socklen_t n = sizeof p"),
	},
}

// unconnected reports whether the socket has no other end.
func (s *scene) unconnected() bool {
	k := s.socket()
	return k.State == "CLOSE" && !s.acceptedAs()
}

// acceptedAs reports whether accept made the descriptor.
func (s *scene) acceptedAs() bool {
	for c := range s.earlier() {
		if c.Process == s.call.Process && makes(c, s.fd()) {
			return c.Name == "accept" || c.Name == "accept4"
		}
	}
	return false
}

// failedConnect says that connect was called and refused.
func (s *scene) failedConnect() string {
	for c := range s.history() {
		if c.Name == "connect" && c.Failed() {
			return fmt.Sprintf("; connect()%s was refused with %s", place(c), c.Errno.Name())
		}
	}
	return ""
}

// alsoPipe says that SIGPIPE was not sent, or that it was.
func (s *scene) alsoPipe() string {
	if s.has("flags", "MSG_NOSIGNAL") {
		return "; MSG_NOSIGNAL kept SIGPIPE away"
	}
	return "; SIGPIPE comes with it, which the program ignores or handles"
}

// sent is how many bytes the call was to send.
func (s *scene) sent() int {
	for _, name := range []string{"len", "count"} {
		if a := s.arg(name); a.Name != "" {
			return int(a.Value)
		}
	}
	return 0
}

// resetOfMine reports whether a packet is the RST that ended the call's connection.
func (s *scene) resetOfMine(h *netcore.PacketHeader) bool {
	if h.Flags&netcore.FlagRST == 0 {
		return false
	}
	local, peer := s.ends()
	return h.To == local && (h.From == peer || peer.Port() == 0)
}

// reset reports whether a RST came for the connection.
func (s *scene) reset() bool { _, ok := s.packet(s.resetOfMine); return ok }

func (s *scene) resetText() string {
	p, _ := s.packet(s.resetOfMine)
	local, peer := s.ends()
	text := fmt.Sprintf("%s ended the connection with RST (packet %d)", peer, p.Number)
	if n := s.unreadAt(peer, local); n > 0 {
		return text + fmt.Sprintf(": it closed with %d bytes unread", n)
	}
	return text + ": it closed with bytes unread, with SO_LINGER and 0, or had closed before this arrived"
}

// noWait says why the call did not wait.
func (s *scene) noWait() string {
	if s.has("flags", "MSG_DONTWAIT") {
		return "MSG_DONTWAIT says not to wait"
	}
	return "it does not block (O_NONBLOCK)"
}
