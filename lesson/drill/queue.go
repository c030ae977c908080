package drill

import (
	"fmt"
	"math/rand/v2"

	"sockstep/lesson"
)

// queued asks how many connections wait to be accepted.
func queued(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	limit := one(rng, 1, 2, 5, 5)
	for _, code := range []string{socketS, bindS, fmt.Sprintf("listen(s, %d);", limit)} {
		if len(s.programs) == 0 {
			s.address(server)
		}
		s.run(server, "%s", code)
	}
	s.address(client)
	w := &waiting{limit: limit, names: []string{"a", "b", "c", "d", "e"}}
	w.calls(s, 1+rng.IntN(min(limit+1, 3)))
	w.takes(s, rng.IntN(w.now+1))
	if rng.IntN(2) == 0 && w.now <= limit && len(w.made) < 3 {
		w.calls(s, 1)
	}
	rule := "Every finished connection waits until an accept() fetches it, the oldest first."
	if w.now > 0 && rng.IntN(3) == 0 {
		s.run(client, "close(s%s);", w.made[len(w.made)-1])
		rule = "A connection that its client has closed waits all the same: accept() still fetches it, and what was sent on it."
	}
	return w.ask(rng, s, rule)
}

// waiting is what a server has in front of accept(), as far as the lines say, for
// finding answers that are worth offering.
type waiting struct {
	limit, now int
	names      []string // for variables
	made       []string // the client's sockets
	taken      int
}

// calls has the client make connections.
func (w *waiting) calls(s *script, n int) {
	for range n {
		name := w.names[len(w.made)]
		w.made = append(w.made, name)
		s.run(client, "int s%s = socket(AF_INET, SOCK_STREAM, 0);", name)
		s.run(client, "connect(s%s, (struct sockaddr *)&a, sizeof a);", name)
		w.now++
		s.until("waiting server 3", fmt.Sprint(w.now))
	}
}

// takes has the server accept some of them.
func (w *waiting) takes(s *script, n int) {
	for range n {
		w.taken++
		s.run(server, "int c%d = accept(s, NULL, NULL);", w.taken)
		w.now--
	}
}

func (w *waiting) ask(rng *rand.Rand, s *script, rule string) Question {
	s.until("waiting server 3", fmt.Sprint(w.now))
	var others []choice
	for _, n := range []int{len(w.made), w.taken, w.limit, w.now + 1, 0, w.now - 1, 4} {
		if n >= 0 {
			others = append(others, number(n))
		}
	}
	q := s.afterwards(lesson.Question{
		Text: "How many connections wait at the server's descriptor 3 then?", About: "waiting server 3",
		Options: because(offer(rng, number(w.now), others), rule, fmt.Sprint(w.now)),
	})
	q.Given = s.at()
	return q
}
