package drill

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"sockstep/lesson"
)

// place is some lines and the address of a socket after them. In the answers PORT
// stands for the port of the script.
type place struct {
	server, client []string
	about          string // "local server 3"
	likely         string
	rule           string
}

// chosen stands for an address whose port the kernel chose.
const chosen = "ephemeral"

// addresses asks which address a socket has, or its other side.
func addresses(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	of := one(rng, places...)
	s.address(server)
	for _, code := range of.server {
		s.run(server, "%s", code)
	}
	if len(of.client) > 0 {
		s.address(client)
	}
	for _, code := range of.client {
		s.run(client, "%s", strings.TrimPrefix(code, accepting))
		if strings.HasPrefix(code, accepting) {
			s.run(server, "int c = accept(s, NULL, NULL);")
		}
	}
	q := s.afterwards(lesson.Question{Text: of.text(), About: lesson.Observable(of.about), Options: of.options(rng, s.port)})
	q.Given = s.at()
	return q
}

// accepting marks a client's line after which the server accepts.
const accepting = "!"

func (of place) text() string {
	words := strings.Fields(of.about)
	whose := "Which address does the kernel show for the " + words[1] + "'s descriptor " + words[2]
	if words[0] == "peer" {
		return whose + " as that of the other side?"
	}
	return whose + " itself?"
}

func (of place) options(rng *rand.Rand, port int) []lesson.Option {
	at := func(is string) choice {
		switch is = strings.ReplaceAll(is, "PORT", fmt.Sprint(port)); is {
		case chosen:
			return choice{"One with a port that the kernel chose", is}
		case "0.0.0.0:0":
			return choice{"None: 0.0.0.0:0", is}
		}
		return plainly(is)[0]
	}
	var others []choice
	for _, is := range []string{"127.0.0.1:PORT", "0.0.0.0:PORT", chosen, "0.0.0.0:0", "127.0.0.2:PORT"} {
		others = append(others, at(is))
	}
	likely := at(of.likely)
	return because(offer(rng, likely, others), of.rule, likely.is)
}

// places are what addresses asks about.
var places = []place{
	{server: []string{socketS}, about: "local server 3", likely: "0.0.0.0:0",
		rule: "socket() makes a socket without an address."},
	{server: []string{socketS, bindS}, about: "local server 3", likely: "127.0.0.1:PORT",
		rule: "bind() gives the socket the address it was told."},
	{server: []string{anyA, socketS, bindS}, about: "local server 3", likely: "0.0.0.0:PORT",
		rule: "INADDR_ANY is 0.0.0.0: every address of this machine."},
	{server: []string{"a.sin_port = 0;", socketS, bindS}, about: "local server 3", likely: chosen,
		rule: "Port 0 asks the kernel to choose one."},
	{server: []string{socketS, listenS}, about: "local server 3", likely: chosen,
		rule: "listen() on a socket without an address gives it a port of the kernel's choice."},
	{server: []string{`inet_pton(AF_INET, "192.0.2.1", &a.sin_addr);`, socketS, bindS}, about: "local server 3", likely: "0.0.0.0:0",
		rule: "No interface has that address: bind() failed, and the socket has none."},
	{server: []string{socketS, bindS, bindS}, about: "local server 3", likely: "127.0.0.1:PORT",
		rule: "The second bind() is refused, which leaves the first address as it is."},
	{server: []string{socketS, bindS, listenS}, client: []string{socketS, connectS}, about: "local client 3", likely: chosen,
		rule: "connect() gives a socket without an address a port of the kernel's choice."},
	{server: []string{socketS, bindS, listenS}, client: []string{socketS, connectS}, about: "peer client 3", likely: "127.0.0.1:PORT",
		rule: "The other side of the client's connection is what it connected to."},
	{server: []string{socketS, bindS, listenS}, client: []string{socketS, accepting + connectS}, about: "local server 4", likely: "127.0.0.1:PORT",
		rule: "A connection that was accepted has the server's own port: accept() takes no new one."},
	{server: []string{socketS, bindS, listenS}, client: []string{socketS, accepting + connectS}, about: "peer server 4", likely: chosen,
		rule: "The other side is the client, with the port that the kernel chose for it."},
	{server: []string{anyA, socketS, bindS, listenS}, client: []string{socketS, accepting + connectS}, about: "local server 4", likely: "127.0.0.1:PORT",
		rule: "The listener stands for every address; a connection has the one that was called."},
	{server: []string{anyA, socketS, bindS, listenS}, client: []string{secondA, socketS, accepting + connectS}, about: "local server 4", likely: "127.0.0.2:PORT",
		rule: "The connection has the address that the client called."},
	{server: []string{anyA, socketS, bindS, listenS}, client: []string{socketS, accepting + connectS}, about: "local server 3", likely: "0.0.0.0:PORT",
		rule: "The listening socket stays as it is; the connection is another one."},
	{server: []string{"int s = socket(AF_INET, SOCK_DGRAM, 0);", connectS}, about: "local server 3", likely: chosen,
		rule: "connect() gives a datagram socket an address of its own too."},
	{server: []string{"int s = socket(AF_INET, SOCK_DGRAM, 0);", `sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a);`}, about: "local server 3", likely: chosen,
		rule: "A socket without an address gets a port when it sends for the first time."},
}
