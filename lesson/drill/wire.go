package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// wired asks what two ends know while packets are held on the wire between them.
func wired(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	s.stage = []netcore.StageSetting{{Kind: netcore.SettingWire, Value: string(netcore.WireHold)}}
	for _, role := range []string{server, client} {
		s.quietly(role, "struct sockaddr_in a = {0};", "a.sin_family = AF_INET;", "a.sin_port = htons(PORT);",
			`inet_pton(AF_INET, "10.0.0.1", &a.sin_addr);`)
	}
	for _, code := range []string{socketS, bindS, listenS} {
		s.run(server, "%s", code)
	}
	s.run(client, "%s", socketS)
	s.run(client, "%s", connectS)
	s.until("held", ">=1")
	q := one(rng, opening, opening, carrying)(rng, s)
	q.Given = fmt.Sprintf("a is the server's 10.0.0.1, port %d. Every packet stops on the wire until it is let through.", s.port)
	return q
}

// act does something with the wire, said in words.
func (s *script) act(said string, moves ...string) {
	s.steps = append(s.steps, lesson.Step{ID: fmt.Sprintf("step-%d", len(s.steps)+1), Wire: moves})
	s.shown = append(s.shown, Line{"wire", "/* " + said + " */"})
}

// The packets of a handshake, let through one by one.
func (s *script) syn() {
	s.act("the SYN gets through", "pass SYN")
	s.until("sockets SYN_RECV", "1")
}

func (s *script) synACK() {
	s.act("the SYN ACK gets through", "pass SYN ACK")
	s.until("state client 3", "ESTABLISHED")
}

func (s *script) ack() {
	s.act("the ACK gets through", "pass ACK")
	s.until("waiting server 3", "1")
}

// opening asks in the middle of a handshake.
func opening(rng *rand.Rand, s *script) Question {
	sent := "The client has sent its SYN and waits for the answer; each end knows only what has reached it."
	switch rng.IntN(5) {
	case 0:
		return s.inState(rng, end{client, 3}, "SYN_SENT", sent, "SYN_RECV", "ESTABLISHED")
	case 1:
		s.act("the SYN is lost", "drop SYN")
		return s.inState(rng, end{client, 3}, "SYN_SENT", "Nobody tells the client. It waits, and its kernel sends the SYN again.", "CLOSE", "TIME_WAIT")
	case 2:
		s.syn()
		return s.inState(rng, end{client, 3}, "SYN_SENT", sent, "ESTABLISHED", "SYN_RECV")
	case 3:
		s.syn()
		s.synACK()
		return s.inState(rng, end{client, 3}, "ESTABLISHED", "The client knows that it was heard. That the server does not know yet changes nothing here.", "SYN_SENT", "SYN_RECV")
	}
	s.syn()
	s.synACK()
	return s.counts(rng, "waiting server 3", "How many connections wait for accept() then?", 0,
		"The client's ACK has not come: at the server the connection is half open, in SYN_RECV.", 1, 2)
}

// carrying asks about bytes on their way.
func carrying(rng *rand.Rand, s *script) Question {
	s.syn()
	s.synACK()
	s.ack()
	s.run(server, "int c = accept(s, NULL, NULL);")
	n := s.sends(client, "s", one(rng, texts...))
	s.until("held", ">=1")
	queued := "What is sent stays in the send queue until the other end's ACK has come."
	sendq := "How many bytes are in the client's send queue then?"
	switch rng.IntN(4) {
	case 0:
		return s.counts(rng, "sendq client 3", sendq, n, queued, 0, 1, 2*n)
	case 1:
		return s.counts(rng, "recvq server 4", "How many bytes wait in the server's receive queue then?", 0,
			"The bytes are on the wire. That send() has returned says only that the client's kernel took them.", n, 1)
	case 2:
		s.act("the segment is lost", "drop PSH ACK")
		return s.counts(rng, "sendq client 3", sendq, n, queued+" The kernel repeats them.", 0, 1, 2*n)
	}
	s.act("the segment gets through", "pass PSH ACK")
	s.until("recvq server 4", fmt.Sprint(n))
	return s.counts(rng, "sendq client 3", sendq, n, queued+" The ACK is still on the wire.", 0, 1, 2*n)
}

// counts asks for a number.
func (s *script) counts(rng *rand.Rand, about, text string, likely int, rule string, tempting ...int) Question {
	s.until(about, fmt.Sprint(likely))
	var others []choice
	for _, n := range tempting {
		others = append(others, number(n))
	}
	return s.afterwards(lesson.Question{Text: text, About: lesson.Observable(about),
		Options: because(offer(rng, number(likely), others), rule, fmt.Sprint(likely))})
}
