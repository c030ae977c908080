package netcore

import "strings"

// StraceParts returns a call in the parts in which strace prints it when it takes
// its time: what is known when it is entered ("accept(3, "), the rest of its
// arguments with the parenthesis, and the result. Of a call that has not returned
// only the first part is meant to be shown.
func StraceParts(c *Call) (entered, rest, result string) {
	s := stracer{Call: c, limit: straceString}
	args := s.arguments()
	n := min(s.entryArguments(), len(args))
	entered = plain(s.name()) + "(" + strings.Join(args[:n], ", ")
	if n < len(args) && n > 0 {
		entered += ", "
	}
	return entered, strings.Join(args[n:], ", ") + ")", s.result()
}

// writtenKinds are parameters strace prints when the kernel has written them.
var writtenKinds = map[ParamKind]bool{
	KindAddrOut: true, KindBufOut: true, KindOptOut: true, KindIntOut: true, KindFDPair: true, KindSigOut: true,
	KindVectorOut: true, KindMessageOut: true, KindMessagesIn: true, KindMessagesOut: true, KindEpollOut: true,
}

// entryArguments is how many arguments strace prints when the call is entered:
// those before the first that the kernel writes.
func (s stracer) entryArguments() int {
	spec, ok := Describe(s.Name)
	if !ok {
		return len(s.Args)
	}
	for i, p := range spec.Params {
		if writtenKinds[p.Kind] {
			return i
		}
	}
	return len(s.Args) + 2 // send is printed as sendto
}
