package lesson

import (
	"fmt"
	"strings"

	"sockstep/netcore"
)

// Traced is what a View has beside everything else where its sides are programs that
// nobody here wrote, run under a tracer or read from a recording of that.
type Traced struct {
	// Stops is where threads stop, in words, "each call"; empty where they run freely.
	Stops string
	// Live is false in a recording: nothing runs and nothing can.
	Live bool
	// Found are the findings so far, those the last move made certain from New on.
	Found []Found
	New   int
	// Notes are the remarks of the last move: what was not seen and why, a limit, a
	// value that was injected.
	Notes []string
	// Calls is how many calls have come back so far.
	Calls int
	// Since is the time of the record's first event, monotonic nanoseconds.
	Since int64
}

// Found is one thing a program did that will hurt, see package finding.
type Found struct {
	Call           netcore.ID // that shows it
	Process, Line  string
	What, Why, Fix string
	Lesson         string // "bind#busy", empty where none teaches it
}

// Stand is a thread that stands at a call until it is let go on.
type Stand struct {
	Process string // "server", or a child's name, "server/2"
	TID     int
	Call    netcore.Call
	// Returned tells that the call has come back: the thread stands behind it.
	Returned bool
	// Waits is what the call waits for if it has to, from the table of calls.
	Waits string
}

// Text is the call in C, with its result where it has come back.
func (s *Stand) Text() string {
	if s.Returned {
		return netcore.Short(&s.Call)
	}
	return Coming(&s.Call)
}

// Coming is a call in C that has not come back. What the kernel is to fill in has no
// content yet and goes by its parameter's name: "recv(4, buf, 64, 0)".
func Coming(c *netcore.Call) string {
	text := strings.TrimSuffix(netcore.Short(c), " = ?")
	spec, _ := netcore.Describe(c.Name)
	for i := range min(len(c.Args), len(spec.Params)) {
		if a := &c.Args[i]; filledIn[spec.Params[i].Kind] && a.Value != 0 {
			text = strings.Replace(text, fmt.Sprintf("0x%x", uint64(a.Value)), spec.Params[i].Name, 1)
		}
	}
	return text
}

// filledIn are the kinds of memory the kernel fills in.
var filledIn = map[netcore.ParamKind]bool{
	netcore.KindBufOut: true, netcore.KindAddrOut: true, netcore.KindOptOut: true, netcore.KindIntOut: true,
	netcore.KindFDPair: true, netcore.KindVectorOut: true, netcore.KindMessageOut: true, netcore.KindMessagesOut: true, netcore.KindEpollOut: true,
}

// Stranger reports whether a socket of a trace's network is none of the programs': one
// of the channels by which they are started.
func Stranger(k *netcore.Socket) bool {
	return k.Domain == "AF_UNIX" && len(k.Owners) == 0 && k.Path == ""
}

// TracedSide is what a Side has beside everything else where it is a traced program.
type TracedSide struct {
	// Stands are its threads that stand, in the order in which they came to; enter lets
	// the first go on.
	Stands []Stand
	// Waiting are the calls its other threads and children are blocked in.
	Waiting []netcore.Blocked
	// Last is the call of the program that came back last, nil before the first.
	Last *netcore.Call
	// Calls are the events of its calls that came back: how many in all.
	Calls int
	// Children are its other processes that live.
	Children []string
	// File is the source the program stands in or made its last call from, nil where it
	// is not known or cannot be read; the Side's Line is the place in it.
	File *SourceFile
	// Console tells that the program has a terminal of its own here: Output is what came
	// out there, and what is typed goes in. Elsewhere says where its terminal is instead.
	Console   bool
	Elsewhere string
}

// SourceFile is a file of source as it was when it was read.
type SourceFile struct {
	Name  string // without its folder
	Lines []string
}

// Diff says in words what differs between two looks at a lab.
func Diff(was, now netcore.Snapshot) []Change { return diff(was, now) }

// CallLine is a call that has come back as a line of a log.
func CallLine(c *netcore.Call) LogLine {
	l := LogLine{ID: c.ID, Side: netcore.ProgramOf(c.Process), Kind: netcore.CallEvent, Errno: c.Errno,
		Cause: c.Cause, Reason: reasonIn(c.Cause), Line: c.Line, At: c.Enter}
	l.Text, l.Result = splitResult(netcore.Short(c), false)
	return l
}

// WhereText names the kind of network of a lab: "private network".
func WhereText(t netcore.Tier) string { return where(t) }
