package lesson

import (
	"fmt"
	"slices"

	"sockstep/netcore"
)

// tryServer is a server that listens, tryClient one that wants to connect to it.
var (
	tryServer  = []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: listen(s, 5)"}
	tryClient  = []string{"client: " + tryTCP, "client: " + tryAddr}
	tryJoined  = slices.Concat(tryServer, tryClient, []string{"client: " + tryConnect})
	tryServed  = slices.Concat(tryJoined, []string{"server: int c = accept(s, NULL, NULL)"})
	tryUnheard = slices.Concat(tryServer, []string{"set deaf server 3"}, tryClient, []string{"client: fcntl(s, F_SETFL, O_NONBLOCK)"})
)

const tryConnect = "connect(s, (struct sockaddr *)&a, sizeof a)"

// tries are lines with further ones behind them.
func tries(before []string, more ...string) []string { return slices.Concat(before, more) }

// connectCauses are those of connect with an internet address.
var connectCauses = []Cause{
	{
		Name: "connect-short", Calls: []string{"connect"}, Errno: "EINVAL",
		Brief: "the length is shorter than the address",
		Try:   tries(tryClient, "client: connect(s, (struct sockaddr *)&a, 8)"),
		when:  func(s *scene) bool { return s.tooShort() },
		text:  func(s *scene) string { return s.shortText() },
		change: func(s *scene) string {
			return "pass the length of the structure itself, for the socket's family: " + s.rightLength()
		},
	},
	{
		Name: "connect-family", Calls: []string{"connect", "sendto"}, Errno: "EAFNOSUPPORT",
		Brief: "the family in the address is not the socket's",
		Try:   []string{"client: " + tryTCP, "client: struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(7777) }", "client: " + tryConnect},
		when:  only,
		text:  func(s *scene) string { return s.wrongFamily() },
		change: func(s *scene) string {
			return "make the socket with the family of the address, or pass an address of " + s.socket().Domain
		},
	},
	{
		Name: "connect-listening", Calls: []string{"connect"}, Errno: "EISCONN",
		Brief: "the socket listens",
		Try:   tries(tryServer, "server: "+tryConnect),
		when:  func(s *scene) bool { return s.socket().State == "LISTEN" },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d listens on %s, and a listener does not connect", s.fd(), AddrText(s.socket().Local))
		},
		change: always("connect with a new socket"),
	},
	{
		Name: "connect-connected", Calls: []string{"connect"}, Errno: "EISCONN",
		Brief: "the socket is connected already",
		Try:   tries(tryJoined, "client: "+tryConnect),
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is %s already (%s)", s.fd(), connectedTo(s.socket()), s.socket().State)
		},
		change: always("leave the second connect() out, or connect with a new socket"),
	},
	{
		Name: "connect-under-way", Calls: []string{"connect"}, Errno: "EALREADY",
		Brief: "the socket is connecting already",
		Try:   tries(tryUnheard, "client: "+tryConnect, "client: "+tryConnect),
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is connecting already: it is %s, and the answer has not come", s.fd(), s.socket().State)
		},
		change: func(s *scene) string {
			return fmt.Sprintf("wait with poll() until descriptor %d can be written to, then read SO_ERROR", s.fd())
		},
	},
	{
		Name: "connect-in-progress", Calls: []string{"connect"}, Errno: "EINPROGRESS",
		Brief: "the socket does not block, and the answer is still to come",
		Try:   tries(tryUnheard, "client: "+tryConnect),
		when:  func(s *scene) bool { return s.nonblocking() },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d does not block (O_NONBLOCK): the SYN is under way (%s), and connect() did not wait for the answer", s.fd(), s.socket().State)
		},
		change: func(s *scene) string {
			return fmt.Sprintf("nothing has failed: wait with poll() until descriptor %d can be written to, then read SO_ERROR", s.fd())
		},
	},
	{
		Name: "connect-timeout", Calls: []string{"connect"}, Errno: "EINPROGRESS",
		Brief: "SO_SNDTIMEO was over before the answer came",
		Try: tries(tryServer, "set deaf server 3", "client: "+tryTCP, "client: "+tryAddr,
			"client: struct timeval t = { 0, 100000 }", "client: setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t)", "client: "+tryConnect),
		when: func(s *scene) bool { _, ok := s.set(s.call.Process, s.fd(), "SO_SNDTIMEO"); return ok },
		text: func(s *scene) string {
			return fmt.Sprintf("SO_SNDTIMEO is set on descriptor %d, and its time was over before an answer came; the kernel goes on connecting (%s)", s.fd(), s.socket().State)
		},
		change: always("set a longer time, or wait with poll() and read SO_ERROR"),
	},
	{
		Name: "connect-wrong-port", Calls: []string{"connect"}, Errno: "ECONNREFUSED",
		Brief: "the listener has the port with its bytes exchanged: htons() is missing on one side",
		Try:   tries(tryServer, "client: "+tryTCP, "client: "+tryAddr, "client: a.sin_port = 7777", "client: "+tryConnect),
		when:  func(s *scene) bool { _, ok := s.listenerAt(true); return ok },
		text: func(s *scene) string {
			a, _ := s.target()
			k, _ := s.listenerAt(true)
			return fmt.Sprintf("nobody listens on %s, and %s listens on port %d, which is %d with its bytes exchanged", a, whose(k), k.Local.Port(), a.Port())
		},
		change: always("write htons() around the port, once, on both sides"),
	},
	{
		Name: "connect-not-listening", Calls: []string{"connect"}, Errno: "ECONNREFUSED",
		Brief: "the server is bound and does not listen",
		Try:   tries([]string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind}, tries(tryClient, "client: "+tryConnect)...),
		when:  func(s *scene) bool { _, ok := s.boundAt(); return ok },
		text: func(s *scene) string {
			k, _ := s.boundAt()
			return fmt.Sprintf("%s is bound to %s, and listen() was not called: its state is %s", whose(k), AddrText(k.Local), k.State)
		},
		change: func(s *scene) string {
			k, _ := s.boundAt()
			return fmt.Sprintf("call listen(%d, 5) in %s before connect()", k.Owners[0].FD, k.Owners[0].Process)
		},
	},
	{
		Name: "connect-wrong-host", Calls: []string{"connect"}, Errno: "ECONNREFUSED",
		Brief: "the listener is on another address",
		Try: tries([]string{"server: int s = socket(AF_INET6, SOCK_STREAM, 0)", "server: struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(7777), .sin6_addr = IN6ADDR_LOOPBACK_INIT }",
			"server: " + tryBind, "server: listen(s, 5)"}, tries(tryClient, "client: "+tryConnect)...),
		when: func(s *scene) bool { _, ok := s.listenerAt(false); return ok },
		text: func(s *scene) string {
			a, _ := s.target()
			k, _ := s.listenerAt(false)
			return fmt.Sprintf("nobody listens on %s; %s listens on the same port of another address, %s", a, whose(k), AddrText(k.Local))
		},
		change: func(s *scene) string {
			k, _ := s.listenerAt(false)
			return "connect to " + AddrText(k.Local) + ", or bind the listener to all addresses"
		},
	},
	{
		Name: "connect-refused", Calls: []string{"connect"}, Errno: "ECONNREFUSED",
		Brief: "nobody listens there",
		Try:   tries(tryClient, "client: "+tryConnect),
		when:  only,
		text: func(s *scene) string {
			a, _ := s.target()
			text := fmt.Sprintf("nobody listens on %s", a)
			if p, ok := s.during(func(h *netcore.PacketHeader) bool { return h.Flags&netcore.FlagRST != 0 && h.From == a }); ok {
				text += fmt.Sprintf(": its kernel answered the SYN with RST (packet %d)", p.Number)
			} else {
				text += ", or something on the way answers for it: no RST was seen here"
			}
			return text
		},
		change: always("start the server first: it has to have called listen() on that address and port"),
	},
	{
		Name: "connect-no-route", Calls: []string{"connect", "sendto", "send"}, Errno: "ENETUNREACH",
		Brief: "no route leads there",
		Try:   tries(tryClient, `client: inet_pton(AF_INET, "203.0.113.9", &a.sin_addr)`, "client: "+tryConnect),
		when:  func(s *scene) bool { _, ok := s.target(); return ok },
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("the routing table has no entry that leads to %s, so no packet was sent", hostOf(a))
		},
		change: always("take an address this network has, or add a route to it"),
	},
	{
		Name: "connect-unreachable", Calls: []string{"connect"}, Errno: "EHOSTUNREACH",
		Brief: "a route or a machine on the way says that the host cannot be reached",
		Try:   tries(tryClient, "set route 203.0.113.0/24 unreachable", `client: inet_pton(AF_INET, "203.0.113.9", &a.sin_addr)`, "client: "+tryConnect),
		when:  func(s *scene) bool { _, ok := s.target(); return ok },
		text: func(s *scene) string {
			return s.route("unreachable", "an ICMP message on the way said that the host cannot be reached, or the address was asked for on the link and nobody answered")
		},
		change: always("change the route, or take another address"),
	},
	{
		Name: "connect-prohibited", Calls: []string{"connect"}, Errno: "EACCES",
		Brief:  "a route forbids it",
		Try:    tries(tryClient, "set route 203.0.113.0/24 prohibit", `client: inet_pton(AF_INET, "203.0.113.9", &a.sin_addr)`, "client: "+tryConnect),
		when:   func(s *scene) bool { return s.routed("prohibit") != nil },
		text:   func(s *scene) string { return s.route("prohibit", "") },
		change: always("change the route, or take another address"),
	},
	{
		Name: "connect-blackhole", Calls: []string{"connect"}, Errno: "EINVAL",
		Brief:  "a route swallows what goes there",
		Try:    tries(tryClient, "set route 203.0.113.0/24 blackhole", `client: inet_pton(AF_INET, "203.0.113.9", &a.sin_addr)`, "client: "+tryConnect),
		when:   func(s *scene) bool { return s.routed("blackhole") != nil },
		text:   func(s *scene) string { return s.route("blackhole", "") },
		change: always("change the route, or take another address"),
	},
	{
		Name: "connect-broadcast", Calls: []string{"connect", "sendto"}, Errno: "EACCES",
		Brief: "a broadcast address without SO_BROADCAST",
		Try:   []string{"client: " + tryUDP, "client: " + tryAddr, `client: inet_pton(AF_INET, "127.255.255.255", &a.sin_addr)`, `client: sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a)`},
		when: func(s *scene) bool {
			a, ok := s.target()
			return ok && s.udp() && a.Addr().Is4() && a.Addr().As4()[3] == 255
		},
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("%s is a broadcast address, and SO_BROADCAST is not set on descriptor %d", hostOf(a), s.fd())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("int on = 1; setsockopt(%d, SOL_SOCKET, SO_BROADCAST, &on, sizeof on)", s.fd())
		},
	},
	{
		Name: "connect-same-pair", Calls: []string{"connect"}, Errno: "EADDRNOTAVAIL",
		Brief: "a connection with the same addresses and ports is there",
		Try: tries(tryServer, "client: "+tryTCP, "client: "+tryAddr, "client: "+tryOn, "client: "+tryReuse, "client: struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(5555), .sin_addr = { htonl(INADDR_LOOPBACK) } }",
			"client: bind(s, (struct sockaddr *)&own, sizeof own)", "client: int t = socket(AF_INET, SOCK_STREAM, 0)", "client: setsockopt(t, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)",
			"client: bind(t, (struct sockaddr *)&own, sizeof own)", "client: "+tryConnect, "client: connect(t, (struct sockaddr *)&a, sizeof a)"),
		when: func(s *scene) bool { return s.rival() != nil },
		text: func(s *scene) string {
			k := s.rival()
			return fmt.Sprintf("a connection from %s to %s is there already (%s of %s): the two addresses and ports are what tells connections apart", AddrText(k.Local), AddrText(k.Peer), k.State, whose(*k))
		},
		change: always("leave bind() out in the client: the kernel chooses a port that is free for this destination"),
	},
	{
		Name: "connect-no-ports", Calls: []string{"connect"}, Errno: "EADDRNOTAVAIL",
		Brief: "no port is left for this destination",
		Try: tries(tryServer, "set sysctl net.ipv4.ip_local_port_range 40000 40000", "client: "+tryTCP, "client: "+tryAddr, "client: "+tryConnect,
			"client: int t = socket(AF_INET, SOCK_STREAM, 0)", "client: connect(t, (struct sockaddr *)&a, sizeof a)"),
		when: func(s *scene) bool { return s.socket().Local.Port() == 0 },
		text: func(s *scene) string {
			a, _ := s.target()
			text := fmt.Sprintf("no port was left to choose: %d sockets of the lab are connected with %s", s.connectedWith(), a)
			if set := s.setting("sysctl", func(set *netcore.Setting) bool { return set.Name == "net.ipv4.ip_local_port_range" }); set != nil {
				text += ", and the ports go from and to " + set.Value
			}
			return text
		},
		change: always("close connections from the server's side first, or widen net.ipv4.ip_local_port_range"),
	},
	{
		Name: "connect-silence", Calls: []string{"connect"}, Errno: "ETIMEDOUT",
		Brief: "nobody answers",
		Try: tries(tryServer, "set deaf server 3", "client: "+tryTCP, "client: "+tryAddr,
			"client: int once = 1", "client: setsockopt(s, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once)", "client: "+tryConnect),
		when: only,
		text: func(s *scene) string {
			a, _ := s.target()
			return fmt.Sprintf("no answer to any of the %d SYN came from %s; %s", s.syns(), a, s.silent())
		},
		change: always("look whether a packet comes in at the other end: with ss and tcpdump there"),
	},
	{
		Name: "connect-reset", Calls: []string{"connect"}, Errno: "ECONNRESET",
		Brief:  "RST during the handshake",
		Unseen: "the kernel answers a RST during the handshake with ECONNREFUSED; ECONNRESET from connect() takes an old connection with the same addresses and ports at the other end",
	},
	{
		Name: "connect-rejected", Calls: []string{"connect"}, Errno: "EHOSTUNREACH",
		Brief:  "a firewall rejects it",
		Unseen: "a lab has no firewall: one that rejects gives ECONNREFUSED (tcp-reset, or ICMP port unreachable, then after a second) or EHOSTUNREACH (ICMP host unreachable or administratively prohibited), and from here it looks like a host that is not there",
	},
}

// listenerAt is a listener that was meant: at the same port of another address, or
// at the port with its bytes exchanged.
func (s *scene) listenerAt(exchanged bool) (netcore.Socket, bool) {
	a, ok := s.target()
	port := a.Port()
	if exchanged {
		port = exchangedPort(port)
	}
	for _, k := range s.now.Sockets {
		if ok && k.Protocol == "TCP" && listening(k) && k.Local.Port() == port && (!exchanged || port != a.Port()) {
			return k, true
		}
	}
	return netcore.Socket{}, false
}

// boundAt is a socket bound to the call's address that does not listen.
func (s *scene) boundAt() (netcore.Socket, bool) {
	a, ok := s.target()
	for _, k := range s.now.Sockets {
		if ok && k.Protocol == "TCP" && k.State == "CLOSE" && len(k.Owners) > 0 && k.Cookie != s.socket().Cookie && overlap(k.Local, a) {
			return k, true
		}
	}
	return netcore.Socket{}, false
}

// rival is the connection with both addresses the call would have, nil if none.
func (s *scene) rival() *netcore.Socket {
	own := s.socket()
	a, _ := s.target()
	for i, k := range s.now.Sockets {
		if own.Local.Port() != 0 && k.Cookie != own.Cookie && k.Local == own.Local && k.Peer == a {
			return &s.now.Sockets[i]
		}
	}
	return nil
}

// connectedWith counts the sockets connected with the call's address.
func (s *scene) connectedWith() (n int) {
	a, _ := s.target()
	for _, k := range s.now.Sockets {
		if k.Peer == a {
			n++
		}
	}
	return n
}

// routed is the setting of a route of a kind that covers the call's address.
func (s *scene) routed(kind string) *netcore.Setting {
	a, ok := s.target()
	if !ok {
		return nil
	}
	return s.setting("route", func(set *netcore.Setting) bool { return set.Value == kind && covers(set.Name, a.Addr()) })
}

// route says that a route refuses the call's address, or else what it may be.
func (s *scene) route(kind, or string) string {
	a, _ := s.target()
	if set := s.routed(kind); set != nil {
		return fmt.Sprintf("the route to %s is of the kind %s: the kernel refuses the call, and no packet was sent", set.Name, kind)
	}
	return fmt.Sprintf("%s could not be reached, and nothing in the lab says which of these it is: %s", hostOf(a), or)
}

// syns counts the requests for a connection the call sent.
func (s *scene) syns() (n int) {
	a, _ := s.target()
	_, _ = s.sighted(func(p *netcore.Packet) bool {
		if h := p.Header(); p.Of == 0 && h.Flags&netcore.FlagSYN != 0 && h.To == a {
			n++
		}
		return false
	})
	return n
}

// silent says why nobody answered, as far as the lab shows it.
func (s *scene) silent() string {
	for _, k := range s.now.Sockets {
		a, _ := s.target()
		if !listening(k) || !overlap(k.Local, a) {
			continue
		}
		if k.RecvQ > k.SendQ {
			return fmt.Sprintf("the accept queue of %s is full: %d wait, and its limit is %d", whose(k), k.RecvQ, k.SendQ)
		}
		for _, o := range k.Owners {
			name := fmt.Sprintf("%s %d", o.Process, o.FD)
			if s.setting("deaf", func(set *netcore.Setting) bool { return set.Name == name }) != nil {
				return whose(k) + " listens there, and it was made deaf: nothing that arrives reaches it"
			}
		}
	}
	return "several causes look like that from here: the host is off, a firewall drops the SYN, the server's accept queue is full, or the answers get lost"
}
