package drill

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"sockstep/lesson"
)

// holder is a type that a call's result is kept in, and what -1 is in it.
type holder struct {
	name     string
	minusOne string
	negative bool // it can hold a number below 0
	same     bool // n == -1 holds: the comparison is made in a type as wide
}

var holders = []holder{
	{"int", "-1", true, true},
	{"ssize_t", "-1", true, true},
	{"long", "-1", true, true},
	{"unsigned", "4294967295", false, true},
	{"size_t", "18446744073709551615", false, true},
	{"unsigned short", "65535", false, false},
	{"unsigned char", "255", false, false},
}

// types asks what a variable holds once a call has failed, and what a test of it
// says.
func types(rng *rand.Rand) Question {
	s := &script{port: 7777}
	s.quietly(server, "char buf[8];")
	return one(rng, heldIn, heldIn, tested, tested, unbracketed)(rng, s)
}

// fails are calls that fail on a socket that has just been made.
var fails = []string{"recv(s, buf, sizeof buf, 0)", "accept(s, NULL, NULL)", "listen(-1, 5)"}

// heldIn asks for the value itself.
func heldIn(rng *rand.Rand, s *script) Question {
	in := one(rng, holders...)
	s.run(server, socketS)
	s.run(server, "%s n = %s;", in.name, one(rng, fails...))
	rule := "The call returns -1, and the type can hold it."
	if !in.negative {
		rule = "The call returns -1, and the type knows no number below 0: it holds the largest it has."
	}
	return s.holds(rng, "n", in.minusOne, plainly("-1", "0", "255", "65535", "4294967295", "18446744073709551615"), rule)
}

// tested asks what a test for the failure says.
func tested(rng *rand.Rand, s *script) Question {
	in := one(rng, holders...)
	s.run(server, socketS)
	s.run(server, "%s n = %s;", in.name, one(rng, fails...))
	test, is, rule := "n < 0", in.negative, "The call has failed with -1, and the type can hold that, so the test sees it."
	if rng.IntN(2) == 0 {
		test, is = "n == -1", in.same
	}
	switch {
	case !is && test == "n < 0":
		rule = "The type knows no number below 0. The call has failed, and this test never sees it."
	case !is:
		rule = "In the comparison n is " + in.minusOne + ", which is not -1."
	case !in.negative:
		rule = "Compared with that type, -1 becomes the same largest number."
	}
	s.run(server, "int failed = %s;", test)
	return s.holds(rng, "failed", truth(is), plainly("0", "1", "-1"), rule)
}

// unbracketed asks about an assignment inside a test without its brackets.
func unbracketed(rng *rand.Rand, s *script) Question {
	code, is, rule := "int n = %s < 0;", "1", "< binds more tightly than =: n is the test's result, 1 as the call has failed."
	call := one(rng, fails...)
	s.run(server, socketS)
	if rng.IntN(2) == 0 {
		call, is = "socket(AF_INET, SOCK_DGRAM, 0)", "0"
		rule = "< binds more tightly than =: n is the test's result, 0 as the call went well. The descriptor is nowhere."
	}
	s.run(server, code, call)
	return s.holds(rng, "n", is, plainly("-1", "0", "1", "3", "4"), rule)
}

func truth(is bool) string {
	if is {
		return "1"
	}
	return "0"
}

// holds asks for the value of a variable.
func (s *script) holds(rng *rand.Rand, name, likely string, others []choice, rule string) Question {
	q := s.afterwards(lesson.Question{
		Text: fmt.Sprintf("What is the value of %s then?", name), About: lesson.Observable("value server " + name),
		Options: because(offer(rng, choice{likely, likely}, others), rule, likely),
	})
	if slices.ContainsFunc(q.Lines, func(l Line) bool { return strings.Contains(l.Code, "buf") }) {
		q.Given = "buf has room for 8 bytes."
	}
	return q
}
