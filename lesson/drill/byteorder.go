package drill

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"sockstep/lesson"
)

// byteOrder asks about the bytes of a port or of an address.
func byteOrder(rng *rand.Rand) Question {
	s := &script{port: twoBytes(rng)}
	s.quietly(server, "struct sockaddr_in a = {0};", "a.sin_family = AF_INET;")
	return one(rng, portBytes, portUsed, addressBytes, addressText)(rng, s)
}

// twoBytes is a port that is another one, and no privileged one, with its bytes
// swapped.
func twoBytes(rng *rand.Rand) int {
	for {
		high, low := 8+rng.IntN(248), 8+rng.IntN(248)
		if high != low {
			return high<<8 | low
		}
	}
}

// inOrder is a number in hex bytes, the highest first.
func inOrder(n uint64, size int) []byte {
	out := make([]byte, size)
	for i := range out {
		out[size-1-i] = byte(n >> (8 * i))
	}
	return out
}

func hexBytes(b []byte) choice { return plainly(fmt.Sprintf("% x", b))[0] }

func reversed(b []byte) []byte {
	out := slices.Clone(b)
	slices.Reverse(out)
	return out
}

// binds ends a question on bytes: the address goes to the kernel.
func (s *script) binds() {
	s.run(server, "int s = socket(AF_INET, SOCK_DGRAM, 0);")
	s.run(server, "bind(s, (struct sockaddr *)&a, sizeof a);")
}

func portBytes(rng *rand.Rand, s *script) Question {
	right := inOrder(uint64(s.port), 2)
	rule := "htons() puts the high byte first, which is the network's order."
	if rng.IntN(2) == 0 {
		s.run(server, "a.sin_port = htons(%d);", s.port)
	} else {
		s.run(server, "a.sin_port = %d;", s.port)
		rule = "Without htons() the number lies in memory in this machine's own order."
	}
	digits := []byte(fmt.Sprintf("%05d", s.port))
	s.binds()
	ask := lesson.Question{
		Text:  fmt.Sprintf("%d is %#x. Which two bytes of a.sin_port does bind() get?", s.port, s.port),
		About: "bytes server a.sin_port",
	}
	others := []choice{hexBytes(digits[3:]), hexBytes([]byte{0, right[1]})}
	return s.eitherOrder(rng, ask, hexBytes(right), hexBytes(reversed(right)), others, rule)
}

// withFirst is what offer must not leave out, since only a run tells which of two
// it is: others shrunk to as many as are offered anyway.
func withFirst(must choice, others []choice) []choice {
	all := []choice{must}
	for _, c := range others {
		if c.is != must.is && len(all) < mostOffered-1 {
			all = append(all, c)
		}
	}
	return all
}

// portUsed asks the kernel which port it understood.
func portUsed(rng *rand.Rand, s *script) Question {
	code, rule := "a.sin_port = htons(%d);", "The kernel reads the port high byte first, and htons() wrote it so."
	if rng.IntN(3) > 0 {
		code, rule = "a.sin_port = %d;", "The kernel reads the port high byte first, whatever the program meant."
	}
	s.run(server, code, s.port)
	s.run(server, "a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);")
	s.binds()
	at := func(port int) choice { return plainly(fmt.Sprintf("127.0.0.1:%d", port))[0] }
	other := s.port>>8 | s.port&0xff<<8
	ask := lesson.Question{
		Text:  fmt.Sprintf("%d is %#x, and %d is %#x. At which address does the kernel see the socket?", s.port, s.port, other, other),
		About: "local server 3",
	}
	others := []choice{{"0.0.0.0:0: bind() failed", "0.0.0.0:0"}, at(0)}
	return s.eitherOrder(rng, ask, at(s.port), at(other), others, rule)
}

// addressBytes asks about an address written as a number.
func addressBytes(rng *rand.Rand, s *script) Question {
	n := 0x7f000000 | uint64(1+rng.IntN(254))<<8 | uint64(1+rng.IntN(254))
	code, rule := "a.sin_addr.s_addr = htonl(%#x);", "htonl() puts the highest byte first, as the dotted form has it."
	if rng.IntN(2) == 0 {
		code, rule = "a.sin_addr.s_addr = %#x;", "Without htonl() the number lies in memory in this machine's own order."
	}
	s.run(server, code, n)
	return s.fourBytes(rng, inOrder(n, 4), rule)
}

// addressText asks about an address written as text.
func addressText(rng *rand.Rand, s *script) Question {
	n := 0x7f000000 | uint64(rng.IntN(200))<<16 | uint64(1+rng.IntN(254))<<8 | uint64(1+rng.IntN(254))
	b := inOrder(n, 4)
	s.run(server, `inet_pton(AF_INET, "%d.%d.%d.%d", &a.sin_addr);`, b[0], b[1], b[2], b[3])
	return s.fourBytes(rng, b, "inet_pton() writes the parts in the order they are read: that is network byte order.")
}

func (s *script) fourBytes(rng *rand.Rand, right []byte, rule string) Question {
	s.quietly(server, "a.sin_port = htons(PORT);")
	s.binds()
	pairs := []byte{right[1], right[0], right[3], right[2]}
	halves := []byte{right[2], right[3], right[0], right[1]}
	ask := lesson.Question{Text: "Which four bytes of a.sin_addr does bind() get, in hex?", About: "bytes server a.sin_addr"}
	return s.eitherOrder(rng, ask, hexBytes(right), hexBytes(reversed(right)), []choice{hexBytes(pairs), hexBytes(halves)}, rule)
}

// eitherOrder finishes a question whose answer is one of two orders. Which of them
// it is may depend on the machine, and the rule holds for both.
func (s *script) eitherOrder(rng *rand.Rand, ask lesson.Question, high, low choice, others []choice, rule string) Question {
	ask.Options = because(offer(rng, high, withFirst(low, others)), rule, high.is, low.is)
	return s.afterwards(ask)
}
