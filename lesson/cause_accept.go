package lesson

import "fmt"

// acceptCauses are those of accept and accept4.
var acceptCauses = []Cause{
	{
		Name: "accept-datagram", Calls: []string{"accept", "accept4"}, Errno: "EOPNOTSUPP",
		Brief: "datagram sockets have nothing to accept",
		Try:   []string{"server: " + tryUDP, "server: accept(s, NULL, NULL)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is a %s socket: it has no connections to accept", s.fd(), s.socket().Type)
		},
		change: always("receive from it with recvfrom(), or make the socket with SOCK_STREAM"),
	},
	{
		Name: "accept-connection", Calls: []string{"accept", "accept4"}, Errno: "EINVAL",
		Brief: "the descriptor is a connection and no listener",
		Try:   tries(tryServed, "server: accept(c, NULL, NULL)"),
		when:  func(s *scene) bool { return s.socket().Peer.IsValid() && s.socket().Peer.Port() != 0 },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is a connection (%s, %s) and no listener", s.fd(), connectedTo(s.socket()), s.socket().State)
		},
		change: always("accept on the descriptor that listen() was called on"),
	},
	{
		Name: "accept-length", Calls: []string{"accept", "accept4"}, Errno: "EINVAL",
		Brief: "the length at entry is negative",
		Try:   tries(tryJoined, "server: struct sockaddr_in p", "server: socklen_t n = -1", "server: accept(s, (struct sockaddr *)&p, &n)"),
		when:  func(s *scene) bool { return listening(s.socket()) && s.lengthGiven() < 0 },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d listens, and addrlen pointed to %d; it has to hold the size of the structure at entry. The connection was taken off the queue and is lost", s.fd(), s.lengthGiven())
		},
		change: always("set the length before every call: socklen_t n = sizeof p"),
	},
	{
		Name: "accept-shut", Calls: []string{"accept", "accept4"}, Errno: "EINVAL",
		Brief: "shutdown() has ended the listening",
		Try:   tries(tryServer, "server: shutdown(s, SHUT_RDWR)", "server: accept(s, NULL, NULL)"),
		when: func(s *scene) bool {
			return s.did("listen") != nil && s.did("shutdown") != nil && !listening(s.socket())
		},
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d listened until shutdown()%s ended that; it is %s now", s.fd(), place(s.did("shutdown")), s.socket().State)
		},
		change: func(s *scene) string { return fmt.Sprintf("call listen(%d, 5) again, or leave shutdown() out", s.fd()) },
	},
	{
		Name: "accept-not-listening", Calls: []string{"accept", "accept4"}, Errno: "EINVAL",
		Brief: "listen() was not called",
		Try:   []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: accept(s, NULL, NULL)"},
		when:  func(s *scene) bool { return !listening(s.socket()) },
		text: func(s *scene) string {
			text := fmt.Sprintf("descriptor %d is %s, and listen() was never called", s.fd(), bound(s.socket()))
			if c := s.met("EADDRINUSE"); c != nil && c.Name == "listen" {
				text = fmt.Sprintf("descriptor %d is %s, and listen()%s was refused with EADDRINUSE", s.fd(), bound(s.socket()), place(c))
			}
			return text
		},
		change: func(s *scene) string { return fmt.Sprintf("call listen(%d, 5) before accept()", s.fd()) },
	},
	{
		Name: "accept-empty", Calls: []string{"accept", "accept4"}, Errno: "EAGAIN",
		Brief: "no connection waits, and the listener does not block",
		Try:   tries(tryServer, "server: fcntl(s, F_SETFL, O_NONBLOCK)", "server: accept(s, NULL, NULL)"),
		when:  func(s *scene) bool { return s.nonblocking() },
		text: func(s *scene) string {
			return fmt.Sprintf("no connection waits on descriptor %d, and it does not block (O_NONBLOCK)", s.fd())
		},
		change: func(s *scene) string {
			return fmt.Sprintf("nothing has failed: wait with poll() until descriptor %d can be read from", s.fd())
		},
	},
	{
		Name: "accept-limit", Calls: []string{"accept", "accept4"}, Errno: "EMFILE",
		Brief: "the process has as many descriptors as it may; the connection stays queued",
		Try:   tries(tryJoined, "set rlimit server nofile 4", "server: accept(s, NULL, NULL)"),
		when:  only,
		text: func(s *scene) string {
			return s.full() + fmt.Sprintf("; %d connections stay in the queue", s.socket().RecvQ)
		},
		change: always("close a descriptor that is no longer used, then accept again: the connection has not been lost"),
	},
}

// lengthGiven is what addrlen pointed to at entry.
func (s *scene) lengthGiven() int {
	if b := s.arg("addrlen").Before; len(b) >= 4 {
		return int(int32(nativeUint32(b)))
	}
	return 0
}
