package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
)

// received asks what recv() returns.
func received(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	s.quietly(server, "char buf[64];")
	return one(rng, fromStream, fromStream, fromStream, fromDrained, fromDatagrams, fromReset)(rng, s)
}

// recvs writes a line that receives at most so many bytes.
func (s *script) recvs(from string, most int, flags string) {
	s.run(server, "recv(%s, buf, %d, %s);", from, most, flags)
}

func (s *script) howMuch(rng *rand.Rand, likely choice, others []choice, rule string) Question {
	q := s.question(lesson.Question{
		Text: "What does the last recv() return?", About: "result",
		Options: because(offer(rng, likely, others), rule, likely.is),
	})
	q.Given = s.at() + " buf has room for 64 bytes."
	return q
}

// fromStream asks about bytes that have come in several pieces.
func fromStream(rng *rand.Rand, s *script) Question {
	s.connection()
	var pieces []int
	total := 0
	for range 1 + rng.IntN(3) {
		pieces = append(pieces, s.sends(client, "s", one(rng, texts...)))
		total += pieces[len(pieces)-1]
		s.arrived(total)
	}
	if rng.IntN(3) == 0 {
		s.run(client, "close(s);")
	}
	first, flags := 1+rng.IntN(total), one(rng, "0", "0", "MSG_PEEK")
	rule := "A stream has no messages: recv() returns what has come, at most what it was asked for."
	if rng.IntN(2) == 0 && first < total {
		s.recvs("c", first, flags)
		if flags == "0" {
			total -= first
		} else {
			rule = "MSG_PEEK leaves the bytes in the queue, so that the next recv() finds them all."
		}
	}
	most := one(rng, 64, 64, 1+rng.IntN(12))
	s.recvs("c", most, "0")
	others := []choice{count(most), count(pieces[0]), count(pieces[len(pieces)-1]), count(first), count(total + 1), returned("blocks"), count(0)}
	return s.howMuch(rng, count(min(most, total)), others, rule)
}

// count is a number of bytes as an answer.
func count(n int) choice {
	if n == 0 {
		return choice{"0: the end", "0"}
	}
	return number(n)
}

// fromDrained asks about a connection from which everything has been read.
func fromDrained(rng *rand.Rand, s *script) Question {
	s.connection()
	n := s.sends(client, "s", one(rng, texts...))
	s.arrived(n)
	likely, rule, flags := returned("blocks"), "Nothing is there and the other side may still send, so recv() waits.", "0"
	switch rng.IntN(5) {
	case 0, 1:
		s.run(client, "%s", one(rng, "close(s);", "shutdown(s, SHUT_WR);"))
		likely, rule = count(0), "The other side sends no more: recv() returns 0, as often as it is asked."
	case 2:
		flags = "MSG_DONTWAIT"
		likely, rule = returned("EAGAIN"), "Nothing is there, and MSG_DONTWAIT does not wait: -1 with EAGAIN. 0 would mean the end."
	case 3:
		s.run(client, "shutdown(s, SHUT_RD);")
	}
	s.recvs("c", 64, "0")
	if rng.IntN(4) == 0 && likely.is == "0" {
		s.recvs("c", 64, "0")
	}
	s.recvs("c", one(rng, 1, n, 64), flags)
	others := []choice{count(0), returned("blocks"), returned("EAGAIN"), count(n), returned("ENOTCONN")}
	return s.howMuch(rng, likely, others, rule)
}

// fromDatagrams asks about datagrams, which are never glued and never split.
func fromDatagrams(rng *rand.Rand, s *script) Question {
	for _, role := range []string{server, client} {
		s.address(role)
		s.run(role, "int s = socket(AF_INET, SOCK_DGRAM, 0);")
		s.run(role, "%s", map[string]string{server: bindS, client: connectS}[role])
	}
	a := s.sends(client, "s", one(rng, texts...))
	b := 0
	if rng.IntN(8) > 0 {
		b = s.sends(client, "s", one(rng, texts...))
	} else {
		s.run(client, `send(s, "", 0, 0);`)
	}
	s.until("recvq server 3", ">=1")
	most := one(rng, 64, 64, 1+rng.IntN(8))
	if rng.IntN(2) == 0 {
		s.recvs("s", most, "0")
		others := []choice{count(a), count(a + b), count(most), count(b), returned("blocks")}
		return s.howMuch(rng, number(min(a, most)), others, "recv() returns one datagram, cut off where it is longer than asked for.")
	}
	cut := 1 + rng.IntN(8)
	s.recvs("s", cut, "0")
	s.recvs("s", 64, "0")
	likely := choice{fmt.Sprint(b), fmt.Sprint(b)}
	others := []choice{count(a + b), count(max(a-cut, 0)), count(a + b - min(cut, a)), count(a), returned("blocks")}
	return s.howMuch(rng, likely, others, "What recv() cuts off a datagram is gone; the next recv() returns the next datagram, be it empty.")
}

// fromReset asks about a connection that the other side has broken off.
func fromReset(rng *rand.Rand, s *script) Question {
	s.connection()
	n := s.sends(server, "c", one(rng, texts...))
	s.until("sendq server 4", "0")
	rule, likely := "The client closed with bytes it had not read. That sends an RST, and recv() reports it.", returned("ECONNRESET")
	if rng.IntN(2) == 0 {
		s.quietly(client, "char got[64];")
		s.run(client, "recv(s, got, sizeof got, 0);")
		rule, likely = "The client had read everything, so its close() is a quiet end.", count(0)
	}
	s.run(client, "close(s);")
	s.until("state server 4", "!ESTABLISHED")
	s.recvs("c", 64, "0")
	others := []choice{returned("ECONNRESET"), count(0), returned("EPIPE"), returned("blocks"), count(n)}
	return s.howMuch(rng, likely, withFirst(others[0], append(others[1:2:2], one(rng, others[2:]...))), rule)
}
