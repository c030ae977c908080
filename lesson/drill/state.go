package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
)

// end is one end of a connection as it is asked about.
type end struct {
	role string
	fd   int
}

// name is the variable that holds its descriptor.
func (e end) name() string {
	if e.role == server {
		return "c"
	}
	return "s"
}

// states asks for the state of a TCP socket after a few lines.
func states(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	return one(rng, stateBefore, stateOpen, stateClosing, stateClosing, stateClosing)(rng, s)
}

// tcpStates are the states there are to choose from.
var tcpStates = plainly("CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT2", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT")

// inState asks for the state of an end; the lines wait a while for the likely one,
// because what was sent is on its way for a moment.
func (s *script) inState(rng *rand.Rand, e end, likely, rule string, tempting ...string) Question {
	about := fmt.Sprintf("state %s %d", e.role, e.fd)
	s.until(about, likely)
	ask := lesson.Question{
		Text:  fmt.Sprintf("In which state is the %s's socket with descriptor %d then?", e.role, e.fd),
		About: lesson.Observable(about),
	}
	others := plainly(tempting...)
	for _, i := range rng.Perm(len(tcpStates)) {
		others = append(others, tcpStates[i])
	}
	ask.Options = because(offer(rng, choice{likely, likely}, withFirst(others[0], others[1:])), rule, likely)
	q := s.afterwards(ask)
	q.Given = s.at()
	return q
}

// stateBefore asks about sockets that have no connection.
func stateBefore(rng *rand.Rand, s *script) Question {
	if rng.IntN(3) == 0 {
		s.connects()
		return s.inState(rng, end{client, 3}, "CLOSE", "connect() was refused: the socket has no connection.", "SYN_SENT", "TIME_WAIT")
	}
	s.address(server)
	s.run(server, "int s = socket(AF_INET, SOCK_STREAM, 0);")
	e := end{server, 3}
	if rng.IntN(3) > 0 {
		s.run(server, bindS)
	}
	if rng.IntN(2) == 0 {
		return s.inState(rng, e, "CLOSE", "Only listen() and connect() change the state of a new socket.", "LISTEN", "SYN_RECV")
	}
	s.run(server, "listen(s, %d);", one(rng, 0, 1, 5))
	return s.inState(rng, e, "LISTEN", "listen() makes a socket one that takes connections.", "SYN_RECV", "CLOSE")
}

// stateOpen asks about a connection that nobody has closed.
func stateOpen(rng *rand.Rand, s *script) Question {
	s.listening()
	s.connects()
	mine, its := end{client, 3}, end{server, 4}
	switch rng.IntN(5) {
	case 0:
		return s.inState(rng, mine, "ESTABLISHED", "The kernel has made the connection; accept() only fetches it.", "SYN_SENT", "SYN_RECV")
	case 1:
		return s.inState(rng, end{server, 3}, "LISTEN", "The connection waits to be accepted, and is no state of the listening socket.", "SYN_RECV", "ESTABLISHED")
	}
	s.run(server, "int c = accept(s, NULL, NULL);")
	switch rng.IntN(3) {
	case 0:
		s.run(server, "close(s);")
		return s.inState(rng, one(rng, mine, its), "ESTABLISHED", "The listening socket is gone; the connection is another one.", "CLOSE_WAIT", "CLOSE")
	case 1:
		return s.inState(rng, end{server, 3}, "LISTEN", "accept() gives a new descriptor; the listening socket stays as it is.", "ESTABLISHED", "CLOSE")
	}
	s.run(client, "int d = dup(s);")
	s.run(client, "close(s);")
	return s.inState(rng, its, "ESTABLISHED", "Another descriptor still stands for the client's socket, so close() sends nothing.", "CLOSE_WAIT", "CLOSE")
}

// stateClosing asks about a connection that one end, or both, have begun to close.
func stateClosing(rng *rand.Rand, s *script) Question {
	s.connection()
	first, second := end{client, 3}, end{server, 4}
	if rng.IntN(2) == 0 {
		first, second = second, first
	}
	return one(rng, halfClosed, halfClosed, closedByOne, closedByBoth, shutForReading, closedUnread)(rng, s, first, second)
}

func halfClosed(rng *rand.Rand, s *script, first, second end) Question {
	s.run(first.role, "shutdown(%s, SHUT_WR);", first.name())
	if rng.IntN(2) == 0 {
		return s.inState(rng, first, "FIN_WAIT2", "Its FIN is acknowledged, and it waits for that of the other side.", "TIME_WAIT", "CLOSE_WAIT")
	}
	return s.inState(rng, second, "CLOSE_WAIT", "The other side's FIN has come, and this side has not closed yet.", "FIN_WAIT2", "ESTABLISHED")
}

func closedByOne(rng *rand.Rand, s *script, first, second end) Question {
	s.run(first.role, "close(%s);", first.name())
	return s.inState(rng, second, "CLOSE_WAIT", "The other side's FIN has come, and this side has not closed yet.", "CLOSE", "FIN_WAIT2")
}

func closedByBoth(rng *rand.Rand, s *script, first, second end) Question {
	s.run(first.role, one(rng, "shutdown(%s, SHUT_WR);", "close(%s);"), first.name())
	s.until(fmt.Sprintf("state %s %d", second.role, second.fd), "CLOSE_WAIT")
	s.run(second.role, "shutdown(%s, SHUT_WR);", second.name())
	return s.inState(rng, second, "CLOSE", "The side that closes last is done when its FIN is acknowledged; TIME_WAIT is the other's.", "TIME_WAIT", "LAST_ACK")
}

func shutForReading(rng *rand.Rand, s *script, first, second end) Question {
	s.run(first.role, "shutdown(%s, SHUT_RD);", first.name())
	return s.inState(rng, one(rng, first, second), "ESTABLISHED", "SHUT_RD is a matter of this side alone: nothing is sent, and no state changes.", "CLOSE_WAIT", "FIN_WAIT2")
}

func closedUnread(rng *rand.Rand, s *script, first, second end) Question {
	n := s.sends(second.role, second.name(), one(rng, texts...))
	s.until(fmt.Sprintf("recvq %s %d", first.role, first.fd), fmt.Sprint(n))
	s.run(first.role, "close(%s);", first.name())
	return s.inState(rng, second, "CLOSE", "It closed with bytes it had not read. That sends an RST, and there is no connection any more.", "CLOSE_WAIT", "TIME_WAIT")
}
