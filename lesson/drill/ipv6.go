package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
)

// reached is a server's lines and a client's, of which either may be of IPv6. The
// variable b is an IPv6 address with the script's port.
type reached struct {
	server, client []string
	likely, rule   string
}

const (
	socket6  = "int s = socket(AF_INET6, SOCK_STREAM, 0);"
	bind6    = "bind(s, (struct sockaddr *)&b, sizeof b);"
	connect6 = "connect(s, (struct sockaddr *)&b, sizeof b);"
	any6     = `inet_pton(AF_INET6, "::", &b.sin6_addr);`
	loop6    = `inet_pton(AF_INET6, "::1", &b.sin6_addr);`
	mapped6  = `inet_pton(AF_INET6, "::ffff:127.0.0.1", &b.sin6_addr);`
	only6    = "setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);"
)

// reaches asks whether a client reaches a server where one of them speaks IPv6.
func reaches(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	for _, role := range []string{server, client} {
		s.address(role)
		s.quietly(role, "struct sockaddr_in6 b = {0};", "b.sin6_family = AF_INET6;", "b.sin6_port = htons(PORT);", "int one = 1;")
	}
	of := one(rng, reach...)
	for _, code := range of.server {
		s.run(server, "%s", code)
	}
	for _, code := range of.client {
		s.run(client, "%s", code)
	}
	at := situation{likely: of.likely, near: []string{"ECONNREFUSED", "EAFNOSUPPORT", "EINVAL", "EADDRNOTAVAIL"}}
	q := s.question(lesson.Question{
		Text: "What does the client's connect() return?", About: "result",
		Options: because(offer(rng, returned(of.likely), at.wrong(rng)), of.rule, of.likely),
	})
	q.Given = fmt.Sprintf("a is 127.0.0.1, b is an IPv6 address, both with port %d.", s.port)
	return q
}

// reach is what reaches asks about.
var reach = []reached{
	{[]string{any6, socket6, bind6, listenS}, []string{socketS, connectS}, "0", "A server at :: takes IPv4 too, unless it is told otherwise: the client shows as ::ffff:127.0.0.1."},
	{[]string{any6, socket6, bind6, listenS}, []string{loop6, socket6, connect6}, "0", ":: is every address of the machine, and ::1 is one."},
	{[]string{any6, socket6, only6, bind6, listenS}, []string{socketS, connectS}, "ECONNREFUSED", "With IPV6_V6ONLY the server takes IPv6 only."},
	{[]string{any6, socket6, only6, bind6, listenS}, []string{loop6, socket6, connect6}, "0", "IPV6_V6ONLY keeps IPv4 out, and ::1 is IPv6."},
	{[]string{any6, socket6, only6, bind6, listenS}, []string{mapped6, socket6, connect6}, "ECONNREFUSED", "::ffff:127.0.0.1 is 127.0.0.1 written as IPv6: what goes out is IPv4, and the server takes none."},
	{[]string{loop6, socket6, bind6, listenS}, []string{socketS, connectS}, "ECONNREFUSED", "::1 and 127.0.0.1 are two addresses. Nobody listens at the second."},
	{[]string{loop6, socket6, bind6, listenS}, []string{loop6, socket6, connect6}, "0", "The server listens at ::1, and that is what the client calls."},
	{[]string{socketS, bindS, listenS}, []string{loop6, socket6, connect6}, "ECONNREFUSED", "The server listens at 127.0.0.1; ::1 is another address."},
	{[]string{anyA, socketS, bindS, listenS}, []string{loop6, socket6, connect6}, "ECONNREFUSED", "0.0.0.0 is every IPv4 address, and ::1 is none."},
	{[]string{socketS, bindS, listenS}, []string{mapped6, socket6, connect6}, "0", "::ffff:127.0.0.1 is 127.0.0.1 written as IPv6: what goes out is IPv4."},
	{[]string{mapped6, socket6, bind6, listenS}, []string{socketS, connectS}, "0", "A server at ::ffff:127.0.0.1 is one at 127.0.0.1."},
	{[]string{loop6, socket6, bind6, listenS}, []string{loop6, socketS, connect6}, "EAFNOSUPPORT", "The client's socket is one of IPv4, and the address is none."},
	{[]string{socketS, bindS, listenS}, []string{socket6, connectS}, "EINVAL", "A struct sockaddr_in is shorter than any address of IPv6."},
}
