package drill

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// Topic is what a question is about.
type Topic struct {
	Name  string // "recv"
	About string // "what recv() returns"

	make func(*rand.Rand) Question
	// private is set where the questions need a network of their own, as a lesson on
	// a wire does. They are asked only where the topic is named.
	private bool
}

// topics are all there are, in the order they are listed.
var topics = []Topic{
	{"descriptors", "which descriptor comes next", descriptors, false},
	{"byte-order", "the bytes of a port and of an address", byteOrder, false},
	{"errno", "what a few calls in a row return", errnos, false},
	{"recv", "what recv() returns", received, false},
	{"state", "the state of a TCP socket", states, false},
	{"connect", "what a client's connect() returns", connecting, false},
	{"queue", "how many connections wait for accept()", queued, false},
	{"address", "which address a socket has", addresses, false},
	{"types", "what a variable holds when a call has failed", types, false},
	{"waits", "what becomes of a call that waits", waits, false},
	{"ipv6", "who reaches whom where one side speaks IPv6", reaches, false},
	{"wire", "what both ends know while packets are held or lost", wired, true},
}

// Topics are all there are.
func Topics() []Topic { return slices.Clone(topics) }

// Names are the names of all topics.
func Names() []string {
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = t.Name
	}
	return names
}

// Named is the topic of that name; false when there is none.
func Named(name string) (Topic, bool) {
	i := slices.IndexFunc(topics, func(t Topic) bool { return t.Name == name })
	if i < 0 {
		return Topic{}, false
	}
	return topics[i], true
}

// Source gives one question after the other, for ever. It is for one goroutine.
type Source struct {
	rng    *rand.Rand
	topics []Topic
	last   string // what was asked last, so that it does not come twice in a row
}

// NewSource starts a row of questions about the topics given; where none is, about all
// that need no private network.
// A seed and the topics determine the row.
func NewSource(seed uint64, about ...Topic) *Source {
	if len(about) == 0 {
		about = slices.DeleteFunc(Topics(), func(t Topic) bool { return t.private })
	}
	of := fnv.New64a()
	for _, t := range about {
		of.Write([]byte(t.Name + "\n"))
	}
	return &Source{rng: rand.New(rand.NewPCG(seed, of.Sum64())), topics: about}
}

// mostSeed is the largest seed that is chosen for a learner: short enough to type.
const mostSeed = 1_000_000

// AnySeed is a seed for one who has not named any.
func AnySeed() uint64 { return rand.Uint64N(mostSeed) }

// Next makes the next question.
func (s *Source) Next() Question {
	for {
		t := s.topics[s.rng.IntN(len(s.topics))]
		q := t.make(s.rng)
		q.Topic = t.Name
		if key := q.key(); key != s.last {
			s.last = key
			return q
		}
	}
}
