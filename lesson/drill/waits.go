package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
)

// ending is what becomes of a call that waits.
type ending struct {
	// after writes what happens while the call waits.
	after  func(s *script)
	likely choice
	rule   string
}

// interrupted is the ending by a signal, whatever waits.
var interrupted = ending{(*script).signal, returned("EINTR"), "A signal's handler ran while the call waited, and SA_RESTART was not set: -1 with EINTR."}

// signal has a signal come to the server, which waits in a call.
func (s *script) signal() {
	s.steps = append(s.steps, lesson.Step{ID: fmt.Sprintf("step-%d", len(s.steps)+1), Interrupt: server})
	s.shown = append(s.shown, Line{server, "/* a signal: its handler runs and returns */"})
}

// does is a line of the client's.
func does(code string) func(s *script) {
	return func(s *script) { s.run(client, "%s", code) }
}

// waits asks what becomes of a call that waits.
func waits(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	s.quietly(server, "char buf[64];")
	q := one(rng, waitsToAccept, waitsForBytes, waitsForBytes, waitsForDatagram)(rng, s)
	q.Given = s.at() + " buf has room for 64 bytes."
	return q
}

// becomes finishes a question about the line that was run last, which waits.
func (s *script) becomes(rng *rand.Rand, call string, of ending, others ...choice) Question {
	label := s.steps[len(s.steps)-1].Run.Label
	about := fmt.Sprintf("result %s %s", server, label)
	s.until(about, "blocks")
	of.after(s)
	s.until(about, of.likely.is)
	return s.afterwards(lesson.Question{
		Text: fmt.Sprintf("What has the server's %s returned then?", call), About: lesson.Observable(about),
		Options: because(offer(rng, of.likely, others), of.rule, of.likely.is),
	})
}

func waitsToAccept(rng *rand.Rand, s *script) Question {
	s.listening()
	of := one(rng, interrupted,
		ending{(*script).connects, choice{"4, a new descriptor", "4"}, "A client has come: accept() returns a descriptor for the connection."},
		ending{func(s *script) { s.address(client); s.run(client, socketS) }, returned("blocks"), "The client has made a socket only. No connection is there, so accept() waits on."})
	s.run(server, "int c = accept(s, NULL, NULL);")
	return s.becomes(rng, "accept()", of, returned("blocks"), returned("EINTR"), choice{"4, a new descriptor", "4"}, choice{"3, the same descriptor", "3"}, choice{"0: it went well", "0"})
}

func waitsForBytes(rng *rand.Rand, s *script) Question {
	s.connection()
	text := one(rng, texts...)
	of := one(rng, interrupted,
		ending{func(s *script) { s.sends(client, "s", text) }, number(len(text)), "recv() returns what has come, and does not wait until the buffer is full."},
		ending{does("close(s);"), count(0), "The client sends no more: recv() returns 0, the end."},
		ending{does("shutdown(s, SHUT_WR);"), count(0), "The client has said that it sends no more: recv() returns 0, the end."},
		ending{does("shutdown(s, SHUT_RD);"), returned("blocks"), "SHUT_RD sends nothing. The client may still send, so recv() waits on."})
	s.recvs("c", 64, "0")
	return s.becomes(rng, "recv()", of, returned("blocks"), count(0), count(64), number(len(text)), returned("EINTR"), returned("ECONNRESET"))
}

func waitsForDatagram(rng *rand.Rand, s *script) Question {
	s.address(server)
	s.run(server, "int s = socket(AF_INET, SOCK_DGRAM, 0);")
	s.run(server, bindS)
	text := one(rng, texts...)
	of := one(rng, interrupted,
		ending{func(s *script) { s.sends(client, "s", text) }, number(len(text)), "One datagram has come, and recv() returns it."},
		ending{does(`send(s, "", 0, 0);`), choice{"0", "0"}, "A datagram of no bytes is a datagram. 0 is no end here."},
		ending{does("close(s);"), returned("blocks"), "UDP knows no end: closing the client's socket sends nothing, and recv() waits on."})
	s.address(client)
	s.run(client, "int s = socket(AF_INET, SOCK_DGRAM, 0);")
	s.run(client, connectS)
	s.recvs("s", 64, "0")
	return s.becomes(rng, "recv()", of, returned("blocks"), choice{"0", "0"}, count(64), number(len(text)), returned("EINTR"), returned("ECONNREFUSED"))
}
