package lesson

import (
	"fmt"
	"math"
	"strings"

	"sockstep/netcore"
)

// descriptorCauses are about the number itself, and about memory. Every call looks
// at these first.
var descriptorCauses = []Cause{
	{
		Name: "closed-descriptor", Errno: "EBADF",
		Brief: "the descriptor has been closed",
		Try:   []string{"server: int s = socket(AF_INET, SOCK_STREAM, 0)", "server: close(s)", "server: close(s)"},
		when:  func(s *scene) bool { return s.closed() != nil },
		text: func(s *scene) string {
			return fmt.Sprintf("descriptor %d was closed by close(%[1]d)%s, and no new one has its number", s.fd(), place(s.closed()))
		},
		change: always("close once, and set the variable to -1 behind it"),
	},
	{
		Name: "no-descriptor", Errno: "EBADF",
		Brief: "the number is no open descriptor",
		Try:   []string{"server: listen(99, 5)"},
		when:  func(s *scene) bool { _, open := s.descriptor(); return !open },
		text: func(s *scene) string {
			return fmt.Sprintf("%d is no open descriptor; those of %s are %s", s.fd(), s.call.Process, s.open())
		},
		change: func(s *scene) string {
			if s.fd() == -1 {
				return "look at the call that should have given the descriptor: it was refused or never made, and -1 is no descriptor"
			}
			return "pass the number that socket() or accept() returned"
		},
	},
	{
		Name: "not-a-socket", Errno: "ENOTSOCK",
		Brief: "the descriptor is no socket",
		Try:   []string{"server: listen(1, 5)"},
		when:  func(s *scene) bool { d, open := s.descriptor(); return open && d.Kind != "socket" },
		text: func(s *scene) string {
			d, _ := s.descriptor()
			return fmt.Sprintf("descriptor %d is %s (%s) and no socket", s.fd(), article(d.Kind), d.Target)
		},
		change: always("pass the number that socket() or accept() returned"),
	},
	{
		Name: "bad-pointer", Errno: "EFAULT",
		Brief: "a pointer leads to no memory, or the length goes beyond it",
		Calls: []string{"bind", "connect", "accept", "accept4", "send", "sendto", "write", "recv", "recvfrom", "read",
			"getsockname", "getpeername", "setsockopt", "getsockopt", "poll", "socketpair", "ioctl", "sigaction", "setrlimit", "unlink"},
		Try:    []string{"server: int s = socket(AF_INET, SOCK_STREAM, 0)", "server: bind(s, (struct sockaddr *)8, 16)"},
		when:   func(s *scene) bool { return s.stray() != "" },
		text:   func(s *scene) string { return s.stray() },
		change: always("pass the address of a variable, with & in front of a structure"),
	},
}

// closed is the call that closed the descriptor, nil unless it is closed now.
func (s *scene) closed() *netcore.Call {
	if _, open := s.descriptor(); open || s.fd() < 0 {
		return nil
	}
	for c := range s.earlier() {
		if c.Process == s.call.Process && c.Name == "close" && c.Returned() && !c.Failed() && int(int32(c.Args[0].Value)) == s.fd() {
			return c
		}
	}
	return nil
}

// open lists the descriptors of the process.
func (s *scene) open() string {
	var out []string
	for _, d := range s.table() {
		out = append(out, fmt.Sprint(d.FD))
	}
	return list(out)
}

// list writes names as one writes them: "0, 1 and 2".
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return "none"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

func article(kind string) string {
	if strings.ContainsRune("aeiou", rune((kind + " ")[0])) {
		return "an " + kind
	}
	return "a " + kind
}

// stray says which argument points to no memory of the program; empty where all do.
func (s *scene) stray() string {
	for i, a := range s.call.Args {
		switch {
		case a.Pointer == netcore.AddressValue:
			return fmt.Sprintf("%s is %#x, and the program has no memory there", a.Name, uint64(a.Value))
		case a.Pointer == netcore.NullValue && a.Kind != netcore.KindInt && s.length(i) > 0:
			return fmt.Sprintf("%s is a null pointer, and the kernel is to use %d bytes there", a.Name, s.length(i))
		case a.Pointer == netcore.MemoryValue && s.length(i) > len(a.Before):
			return fmt.Sprintf("%s has %d bytes, and the length says %d: memory ends before", a.Name, len(a.Before), s.length(i))
		}
	}
	return ""
}

// length is how many bytes the call says there are behind an argument, 0 where it
// says nothing.
func (s *scene) length(i int) int {
	spec, _ := netcore.Lookup(s.call.Name)
	if i >= len(spec.Params) || spec.Params[i].Len < 0 || spec.Params[i].Len >= len(s.call.Args) {
		return 0
	}
	l := s.call.Args[spec.Params[i].Len]
	if l.Pointer != netcore.NumberValue {
		return 0
	}
	return int(min(max(l.Value, 0), math.MaxInt32))
}
