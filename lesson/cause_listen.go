package lesson

import "fmt"

// listenCauses are those of listen.
var listenCauses = []Cause{
	{
		Name: "listen-datagram", Calls: []string{"listen"}, Errno: "EOPNOTSUPP",
		Brief: "datagram sockets do not listen",
		Try:   []string{"server: " + tryUDP, "server: listen(s, 5)"},
		when:  only,
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is a %s socket: it has no connections and so nothing to listen for", s.fd(), s.socket().Type)
		},
		change: always("leave listen() and accept() out and call recvfrom(), or make the socket with SOCK_STREAM"),
	},
	{
		Name: "listen-connected", Calls: []string{"listen"}, Errno: "EINVAL",
		Brief: "the socket is connected",
		Try: []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryBind, "server: listen(s, 5)",
			"client: " + tryTCP, "client: " + tryAddr, "client: connect(s, (struct sockaddr *)&a, sizeof a)", "client: listen(s, 5)"},
		when: func(s *scene) bool { return s.socket().State != "CLOSE" && s.socket().State != "LISTEN" },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d is %s (%s), and a connection cannot listen", s.fd(), connectedTo(s.socket()), s.socket().State)
		},
		change: always("listen on a socket of its own, which was bound and not connected"),
	},
	{
		Name: "listen-taken", Calls: []string{"listen"}, Errno: "EADDRINUSE",
		Brief: "another socket has the address",
		Try: []string{"server: " + tryTCP, "server: " + tryAddr, "server: " + tryOn, "server: " + tryReuse, "server: " + tryBind,
			"client: " + tryTCP, "client: " + tryAddr, "client: " + tryOn, "client: " + tryReuse, "client: " + tryBind, "server: listen(s, 5)", "client: listen(s, 5)"},
		when: func(s *scene) bool { return s.holders() != nil },
		text: func(s *scene) string {
			k := s.holders()[0]
			return fmt.Sprintf("descriptor %d is %s, and %s is bound to the same and in the state %s; SO_REUSEADDR lets both bind, and one listen", s.fd(), bound(s.socket()), whose(k), k.State)
		},
		change: always("listen on one of them only, or set SO_REUSEPORT on both before bind()"),
	},
}
