package drill

import (
	"math/rand/v2"

	"sockstep/lesson"
)

// situation writes a few lines, and returns what the last one is likely to return
// and the rule behind that.
type situation struct {
	write  func(rng *rand.Rand, s *script)
	likely string
	rule   string
	near   []string // answers that are tempting here
}

// errnos asks what the last of a few calls returns.
func errnos(rng *rand.Rand) Question {
	s := &script{port: 5000 + rng.IntN(4000)}
	s.address(server)
	of := one(rng, situations...)
	of.write(rng, s)
	q := s.question(lesson.Question{
		Text: "What does the last line return?", About: "result",
		Options: because(offer(rng, returned(of.likely), of.wrong(rng)), of.rule, of.likely),
	})
	q.Given = s.at()
	return q
}

// usual are answers to offer where nothing is nearer.
var usual = []string{"EINVAL", "EBADF", "ENOTCONN", "EADDRINUSE", "ECONNREFUSED", "EAGAIN", "EOPNOTSUPP", "EISCONN"}

// wrong are answers to offer beside the likely one. That the call works is always
// among them.
func (of situation) wrong(rng *rand.Rand) []choice {
	all := []choice{returned("0")}
	for _, errno := range of.near {
		all = append(all, returned(errno))
	}
	all = append(all, returned(one(rng, usual...)))
	if of.likely == "0" {
		return all[1:]
	}
	return withFirst(all[0], all[1:])
}

// returned is a call's result as an answer.
func returned(is string) choice {
	switch is {
	case "0":
		return choice{"0: it works", "0"}
	case "blocks":
		return choice{"Nothing yet: it blocks", "blocks"}
	}
	return choice{"-1, " + is, is}
}
