package drill

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"sockstep/lesson"
)

// connecting asks what a client's connect() returns.
func connecting(rng *rand.Rand) Question {
	s := &script{port: twoBytes(rng)}
	for _, role := range []string{server, client} {
		s.address(role)
	}
	of := one(rng, connections...)
	kind := "SOCK_STREAM"
	if of.datagrams {
		kind = "SOCK_DGRAM"
	}
	port := strings.NewReplacer("PORT", fmt.Sprint(s.port))
	for _, code := range of.server {
		s.run(server, "%s", port.Replace(code))
	}
	s.run(client, "int s = socket(AF_INET, %s, 0);", kind)
	for _, code := range of.client {
		s.run(client, "%s", port.Replace(code))
	}
	at := situation{likely: of.likely, rule: of.rule, near: of.near}
	q := s.question(lesson.Question{
		Text: "What does the client's last connect() return?", About: "result",
		Options: because(offer(rng, returned(of.likely), at.wrong(rng)), of.rule, of.likely),
	})
	q.Given = s.at()
	return q
}

// meeting is a server's lines, and a client's once it has its socket. PORT in them
// stands for the number of the script's port.
type meeting struct {
	server, client []string
	datagrams      bool
	likely, rule   string
	near           []string
}

const (
	socketS = "int s = socket(AF_INET, SOCK_STREAM, 0);"
	listenS = "listen(s, 5);"
	anyA    = "a.sin_addr.s_addr = htonl(INADDR_ANY);"
	secondA = `inet_pton(AF_INET, "127.0.0.2", &a.sin_addr);`
	plainA  = "a.sin_port = PORT;"
)

// connections are what connecting asks about.
var connections = []meeting{
	{server: []string{socketS}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "The server has a socket and no address, so nobody is at that port.", near: []string{"blocks", "ETIMEDOUT"}},
	{server: []string{socketS, bindS}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "A port that is bound takes no connections before listen().", near: []string{"blocks", "EADDRINUSE"}},
	{server: []string{socketS, bindS, listenS}, client: []string{connectS}, likely: "0",
		rule: "The kernel makes the connection by itself; accept() only fetches it.", near: []string{"blocks", "ECONNREFUSED"}},
	{server: []string{socketS, bindS, listenS, "close(s);"}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "The listening socket is closed, and nobody else listens there.", near: []string{"blocks", "ECONNRESET"}},
	{server: []string{socketS, listenS}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "Without bind() the server listens at a port of the kernel's choice.", near: []string{"blocks", "ENOTCONN"}},
	{server: []string{plainA, socketS, bindS, listenS}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "Without htons() the server listens at another port: the same two bytes, read the other way round.", near: []string{"EADDRNOTAVAIL", "EINVAL"}},
	{server: []string{plainA, socketS, bindS, listenS}, client: []string{plainA, connectS}, likely: "0",
		rule: "Both left htons() out, so both mean the same port, if not the one they say.", near: []string{"ECONNREFUSED", "EADDRNOTAVAIL"}},
	{server: []string{anyA, socketS, bindS, listenS}, client: []string{secondA, connectS}, likely: "0",
		rule: "A server at 0.0.0.0 is reached at every address of the machine, and all of 127.0.0.0/8 is its own.", near: []string{"ECONNREFUSED", "EADDRNOTAVAIL"}},
	{server: []string{secondA, socketS, bindS, listenS}, client: []string{connectS}, likely: "ECONNREFUSED",
		rule: "The server listens at 127.0.0.2 only, and 127.0.0.1 is another address.", near: []string{"ENETUNREACH", "EADDRNOTAVAIL"}},
	{server: []string{socketS, bindS, listenS}, client: []string{connectS, connectS}, likely: "EISCONN",
		rule: "The socket has its connection, and can have one only.", near: []string{"EALREADY", "EADDRINUSE"}},
	{server: []string{socketS, bindS, listenS}, client: []string{connectS, "int t = socket(AF_INET, SOCK_STREAM, 0);", "connect(t, (struct sockaddr *)&a, sizeof a);"}, likely: "0",
		rule: "Another socket is another connection; both wait to be accepted.", near: []string{"EISCONN", "EADDRINUSE"}},
	{server: []string{socketS, bindS, "listen(s, 0);"}, client: []string{connectS, "int t = socket(AF_INET, SOCK_STREAM, 0);", "connect(t, (struct sockaddr *)&a, sizeof a);"}, likely: "blocks",
		rule: "A queue of 0 has room for one connection. The next one's SYN is dropped, and connect() waits while it is repeated.", near: []string{"ECONNREFUSED", "EISCONN"}},
	{server: []string{socketS, bindS, listenS}, client: []string{"fcntl(s, F_SETFL, O_NONBLOCK);", connectS}, likely: "EINPROGRESS",
		rule: "With O_NONBLOCK connect() does not wait for the answer: the connection is on its way.", near: []string{"EAGAIN", "blocks"}},
	{client: []string{connectS}, datagrams: true, likely: "0",
		rule: "connect() on a datagram socket only notes the address; nobody is asked.", near: []string{"ECONNREFUSED", "EOPNOTSUPP"}},
	{client: []string{"a.sin_family = AF_UNSPEC;", connectS}, datagrams: true, likely: "0",
		rule: "AF_UNSPEC makes a datagram socket forget whom it was connected to. That never fails.", near: []string{"EAFNOSUPPORT", "EINVAL"}},
}
