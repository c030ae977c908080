package drill

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"sockstep/lesson"
)

// table is what a process has open, as far as its lines say, for finding answers
// that are worth offering.
type table struct {
	open   []int          // in the order opened
	named  map[string]int // by variable; one whose descriptor is closed is forgotten
	closed int            // the number closed last, -1: none
}

// free is the lowest number from low on that is not open.
func (t *table) free(low int) int {
	for slices.Contains(t.open, low) {
		low++
	}
	return low
}

func (t *table) take(name string, low int) {
	fd := t.free(low)
	t.open, t.named[name] = append(t.open, fd), fd
}

func (t *table) give(fd int) {
	t.open = slices.DeleteFunc(t.open, func(n int) bool { return n == fd })
	maps.DeleteFunc(t.named, func(_ string, n int) bool { return n == fd })
	t.closed = fd
}

// descriptors asks which number the next descriptor has.
func descriptors(rng *rand.Rand) Question {
	s := &script{port: 7777}
	t := &table{open: []int{0, 1, 2}, named: map[string]int{}, closed: -1}
	names := []string{"a", "b", "c", "d", "e", "f"}[:3+rng.IntN(4)]
	for _, name := range names {
		t.opens(rng, s, name)
		if rng.IntN(2) == 0 {
			t.closes(rng, s)
		}
	}
	if t.closed < 0 {
		t.closes(rng, s)
	}
	low := t.last(rng, s)
	rule, next := "A new descriptor is the lowest number that is free.", number(t.free(low))
	if low > 0 {
		rule = fmt.Sprintf("F_DUPFD gives the lowest free number that is at least %d.", low)
	}
	return s.question(lesson.Question{
		Text: "Which number does the last line return?", About: "result",
		Options: because(offer(rng, next, t.wrong(low)), rule, next.is),
	})
}

// opens writes a line that opens a descriptor, or one that fails to.
func (t *table) opens(rng *rand.Rand, s *script, name string) {
	kind := one(rng, "SOCK_STREAM", "SOCK_DGRAM")
	switch other := t.some(rng); {
	case other != "" && rng.IntN(4) == 0:
		s.run(server, "int %s = dup(%s);", name, other)
		t.take(name, 0)
	case rng.IntN(7) == 0:
		s.run(server, "int %s = socket(AF_INET, SOCK_STREAM, IPPROTO_UDP);", name)
	default:
		s.run(server, "int %s = socket(AF_INET, %s, 0);", name, kind)
		t.take(name, 0)
	}
}

// some is a variable whose descriptor is open, empty for none.
func (t *table) some(rng *rand.Rand) string {
	if len(t.named) == 0 {
		return ""
	}
	// A map has no order, and a seed gives one.
	return one(rng, slices.Sorted(maps.Keys(t.named))...)
}

// closes writes a line that closes a descriptor.
func (t *table) closes(rng *rand.Rand, s *script) {
	name := t.some(rng)
	if name == "" || rng.IntN(8) == 0 && slices.Contains(t.open, 0) {
		if slices.Contains(t.open, 0) {
			s.run(server, "close(0);")
			t.give(0)
		}
		return
	}
	s.run(server, "close(%s);", name)
	t.give(t.named[name])
}

// last writes the line that is asked about, and returns from which number on it
// looks.
func (t *table) last(rng *rand.Rand, s *script) (low int) {
	if name := t.some(rng); name != "" && rng.IntN(6) == 0 {
		low = 4 + rng.IntN(7)
		s.run(server, "int z = fcntl(%s, F_DUPFD, %d);", name, low)
		return low
	}
	s.run(server, "int z = socket(AF_INET, %s, 0);", one(rng, "SOCK_STREAM", "SOCK_DGRAM"))
	return 0
}

// wrong are numbers somebody may take for the next.
func (t *table) wrong(low int) []choice {
	fds := []int{slices.Max(t.open) + 1, len(t.open), t.closed, low, 3, 0, slices.Max(t.open) + 2, t.free(3)}
	var all []choice
	for _, fd := range fds {
		if fd >= 0 {
			all = append(all, number(fd))
		}
	}
	return all
}

func number(n int) choice { return choice{strconv.Itoa(n), strconv.Itoa(n)} }
