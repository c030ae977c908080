package netcore

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// shortString is how many bytes of a buffer Short shows.
const shortString = 24

// Short returns the call as it is written in C, with addresses and buffers in
// readable form, in one line of printable ASCII for a narrow screen:
// "bind(3, 127.0.0.1:7777, 16) = 0", "accept(3, ...) = -1 EAGAIN".
func Short(c *Call) string {
	s := stracer{Call: c, limit: shortString, brief: true}
	return plain(c.Name) + "(" + strings.Join(s.short(), ", ") + ") = " + s.shortResult()
}

func (s stracer) shortResult() string {
	switch {
	case !s.Returned():
		return "?"
	case s.Failed():
		return "-1 " + s.Errno.Name()
	}
	return strconv.FormatInt(*s.Ret, 10)
}

// short are the arguments of the C function, by the kinds of the table.
func (s stracer) short() []string {
	spec, ok := Lookup(s.Name)
	if !ok {
		texts := s.arguments()
		return texts[:min(len(texts), max(len(s.Args), 1))]
	}
	var texts []string
	for i, p := range spec.Params {
		if i >= len(s.Args) {
			break
		}
		texts = append(texts, s.shortArg(i, p))
	}
	return texts
}

// shortKinds prints the kinds of parameters that have a name or bytes to show;
// the others are numbers.
var shortKinds map[ParamKind]func(s stracer, i int, p Param) string

func init() {
	named := func(n *names) func(stracer, int, Param) string {
		return func(s stracer, i int, _ Param) string { return n.text(s.arg(i).Value) }
	}
	shortKinds = map[ParamKind]func(stracer, int, Param) string{
		KindDomain:     named(familyNames),
		KindSocketType: func(s stracer, i int, _ Param) string { return shortType(s.arg(i).Value) },
		KindMsgFlags:   func(s stracer, i int, _ Param) string { return messageFlagNames.flags(s.arg(i).Value) },
		KindHow:        named(shutdownNames),
		KindLevel:      named(levelNames),
		KindOption:     func(s stracer, _ int, _ Param) string { return s.optionName() },
		KindFcntl:      named(fcntlNames),
		KindFcntlArg:   func(s stracer, _ int, _ Param) string { return s.fcntlArgument() },
		KindIoctl:      func(s stracer, _ int, _ Param) string { return s.ioctl()[1] },
		KindSignal:     func(s stracer, i int, _ Param) string { return signalText(s.arg(i).Value) },
		KindResource:   named(resourceNames),
		KindSize:       func(s stracer, i int, _ Param) string { return s.unsigned(i) },
		KindCount:      func(s stracer, i int, _ Param) string { return s.unsigned(i) },
		KindSockaddrIn: stracer.shortAddressIn,
		KindAddrOut:    stracer.shortAddressOut,
		KindLenInOut:   stracer.shortLength,
		KindBufIn:      func(s stracer, i int, p Param) string { return s.buffer(i, s.arg(p.Len).Value) },
		KindBufOut:     func(s stracer, i int, p Param) string { return s.filled(i, p.Len) },
		KindOptIn:      func(s stracer, _ int, _ Param) string { return s.optionSet() },
		KindOptOut:     func(s stracer, _ int, _ Param) string { return s.getsockopt()[3] },
		KindIntOut:     func(s stracer, i int, _ Param) string { return s.ioctlArgument(i) },
		KindPollFDs:    func(s stracer, _ int, _ Param) string { return s.shortPoll() },
		KindFDPair:     func(s stracer, _ int, _ Param) string { return s.socketpair()[3] },
		KindRlimit:     func(s stracer, i int, _ Param) string { return s.limits(i) },
		KindSigaction:  func(s stracer, i int, _ Param) string { return shortHandler(s.arg(i)) },
		KindSigOut:     func(s stracer, i int, _ Param) string { return pointerText(s.arg(i)) },
		KindPath:       func(s stracer, i int, _ Param) string { return s.path(i) },
	}
}

func (s stracer) shortArg(i int, p Param) string {
	if print, ok := shortKinds[p.Kind]; ok {
		return print(s, i, p)
	}
	return s.number(i)
}

func shortType(n int64) string {
	if n == 0 {
		return "0"
	}
	return typeText(n)
}

func (s stracer) ioctlArgument(i int) string {
	if texts := s.ioctl(); len(texts) > 2 {
		return texts[2]
	}
	return hexNumber(uint64(s.arg(i).Value))
}

func (s stracer) fcntlArgument() string {
	if texts := s.fcntl(); len(texts) > 2 {
		return texts[2]
	}
	return s.number(2)
}

// shortAddressIn is an address the kernel reads. One that is not whole is shown
// as strace shows it.
func (s stracer) shortAddressIn(i int, p Param) string {
	return shortAddress(s.arg(i), s.arg(i).Before, int32(s.arg(p.Len).Value))
}

func shortAddress(a Arg, memory []byte, n int32) string {
	b, ok := peek(memory, uint64(max(n, 0)))
	if !ok || n < 2 || a.null() {
		return addressText(a, memory, n)
	}
	if ap, ok := SystemLayout.AddrPort(b); ok {
		if len(b) >= SystemLayout.size(b) {
			return ap.String()
		}
	}
	if SystemLayout.family(b) == SystemLayout.Unix && len(b) > 2 {
		return straceSunPath(SystemLayout, b)
	}
	return addressText(a, memory, n)
}

// size is how many bytes an address of AF_INET or AF_INET6 has to have for the
// kernel.
func (l Layout) size(raw []byte) int {
	if l.family(raw) == l.Inet {
		return 16
	}
	return 24
}

func (s stracer) shortAddressOut(i int, p Param) string {
	before, ok := peek(s.arg(p.Len).Before, 4)
	after, back := peek(s.arg(p.Len).atReturn(), 4)
	if !s.done() || !ok || !back {
		return s.pointer(i)
	}
	n := min(int32(binary.NativeEndian.Uint32(before)), int32(binary.NativeEndian.Uint32(after)))
	return shortAddress(s.arg(i), s.arg(i).atReturn(), n)
}

func (s stracer) shortLength(i int, _ Param) string {
	a := s.arg(i)
	before, ok := peek(a.Before, 4)
	if a.null() || !ok {
		return pointerText(a)
	}
	given := int32(binary.NativeEndian.Uint32(before))
	after, ok := peek(a.atReturn(), 4)
	if !ok || !s.done() {
		return changed(given, given)
	}
	return changed(given, int32(binary.NativeEndian.Uint32(after)))
}

// shortPoll is poll's array: what was reported once it came back.
func (s stracer) shortPoll() string {
	if s.done() && *s.Ret > 0 {
		return s.reported()
	}
	return s.pollFDs()
}

func shortHandler(a Arg) string {
	if a.null() || len(a.Before) < 8 {
		return pointerText(a)
	}
	return "{" + handlerText(binary.NativeEndian.Uint64(a.Before)) + "}"
}

// ShortArguments are the arguments of the call as Short writes them, each by itself.
func ShortArguments(c *Call) []string {
	return stracer{Call: c, limit: shortString, brief: true}.short()
}
