package netcore

// EventType is the "type" of an object in the stream.
type EventType string

// The kinds of events a Timeline holds.
const (
	HeaderEvent  EventType = "header"
	ProcessEvent EventType = "process"
	CallEvent    EventType = "call"
	BlockedEvent EventType = "blocked"
	OutputEvent  EventType = "output"
	SignalEvent  EventType = "signal"
	PacketEvent  EventType = "packet"
	SampleEvent  EventType = "sample"
	SettingEvent EventType = "setting"
	NoteEvent    EventType = "note"
	ResultEvent  EventType = "result"
)

// Event is one entry of a Timeline: exactly one of the pointers, the one Type
// names, is set. At is in nanoseconds of the monotonic clock: for a call that
// returned, the time of its return.
type Event struct {
	ID    ID
	Cause ID // the event that caused this one, or 0
	Type  EventType
	At    int64

	Header  *Header
	Process *ProcessChange
	Call    *Call
	Blocked *Blocked
	Output  *Output
	Signal  *Signal
	Packet  *Packet
	Sample  *Sample
	Setting *Setting
	Note    *Note
	Result  *Result
}

// what is the structure the event's type names; nil where that is not set.
func (e *Event) what() any {
	switch {
	case e.Type == HeaderEvent && e.Header != nil:
		return e.Header
	case e.Type == ProcessEvent && e.Process != nil:
		return e.Process
	case e.Type == CallEvent && e.Call != nil:
		return e.Call
	case e.Type == BlockedEvent && e.Blocked != nil:
		return e.Blocked
	case e.Type == OutputEvent && e.Output != nil:
		return e.Output
	case e.Type == SignalEvent && e.Signal != nil:
		return e.Signal
	case e.Type == PacketEvent && e.Packet != nil:
		return e.Packet
	case e.Type == SampleEvent && e.Sample != nil:
		return e.Sample
	case e.Type == SettingEvent && e.Setting != nil:
		return e.Setting
	case e.Type == NoteEvent && e.Note != nil:
		return e.Note
	case e.Type == ResultEvent && e.Result != nil:
		return e.Result
	}
	return nil
}

// event makes an Event of what is kept of it.
func (k *heldEvent) event() Event {
	e := Event{ID: k.id, Cause: k.cause, At: k.at}
	switch w := k.what.(type) {
	case *Header:
		e.Type, e.Header = HeaderEvent, w
	case *ProcessChange:
		e.Type, e.Process = ProcessEvent, w
	case *Call:
		e.Type, e.Call = CallEvent, w
	case *Blocked:
		e.Type, e.Blocked = BlockedEvent, w
	case *Output:
		e.Type, e.Output = OutputEvent, w
	case *Signal:
		e.Type, e.Signal = SignalEvent, w
	case *Packet:
		e.Type, e.Packet = PacketEvent, w
	case *Sample:
		e.Type, e.Sample = SampleEvent, w
	case *Setting:
		e.Type, e.Setting = SettingEvent, w
	case *Note:
		e.Type, e.Note = NoteEvent, w
	case *Result:
		e.Type, e.Result = ResultEvent, w
	}
	return e
}

// Header opens a stream.
type Header struct {
	Version int    // of the stream's format
	Program string // "sockstep 0.1.0"
	OS      string // runtime.GOOS
	Arch    string
	Kernel  string // release of the running kernel
	Tier    Tier
	Lesson  string
	// RealtimeOffset is CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds.
	RealtimeOffset int64
}

// ProcessChange is the start or the end of a process, or its exec.
type ProcessChange struct {
	Name    string
	PID     int
	Parent  int
	Network string
	Change  string // "start", "exec", "end"
	// Status is the exit status of an "end" without a signal, -1 where nobody saw
	// it because the lab was lost; Signal names the signal that ended it
	// ("SIGPIPE"), or is empty.
	Status int
	Signal string
}

// Blocked says that a call has been entered and has not returned, as read from
// the kernel: the process sleeps in this system call.
type Blocked struct {
	Call    ID
	Process string
	Syscall string
	Since   int64  // the call's entry
	Channel string // the kernel function it sleeps in, when readable
	Text    string // the call as it is written in C, "accept(3, ...)"
	On      string // what it waits for, from the table of calls
}

// Output is what a program printed.
type Output struct {
	Process string
	FD      int // 1 or 2
	Bytes   []byte
	Line    string
}

// Signal is a signal that was sent to or ended a process.
type Signal struct {
	Process string
	Name    string // "SIGPIPE"
	Fatal   bool
}

// Sample is what changed between two looks at the sockets and the counters.
type Sample struct {
	Sockets []Socket // those new or changed
	Gone    []Socket // those no longer there, as last seen
	// Changes are the differences one by one, in the order in which they are told.
	Changes []SocketChange
	// Counters are those of the networks that moved.
	Counters []CounterChange
}

// empty reports whether a sample tells of nothing.
func (s *Sample) empty() bool {
	return len(s.Sockets)+len(s.Gone)+len(s.Changes)+len(s.Counters) == 0
}

// Socket returns the socket a change of the sample is about, nil where the sample has
// not kept it.
func (s *Sample) Socket(c *SocketChange) *Socket {
	for _, list := range [][]Socket{s.Sockets, s.Gone} {
		for i := range list {
			if list[i].Cookie == c.Cookie && list[i].Network == c.Network {
				return &list[i]
			}
		}
	}
	return nil
}

// CounterChange is a counter that moved between two looks.
type CounterChange struct {
	Network, Name string
	From, To      uint64
}

// cause is what brought the sample's changes about, if it is the same for all.
func (s *Sample) cause() (id ID) {
	for _, c := range s.Changes {
		if id != 0 && c.Cause != 0 && c.Cause != id {
			return 0
		}
		id = max(id, c.Cause)
	}
	return id
}

// SocketChange is one thing that differs between two looks at a socket.
type SocketChange struct {
	Network string
	Cookie  uint64
	Owner   Owner  // a descriptor of it, in the later look or else in the earlier; Process "" without one
	What    string // "state", "recvq", "sendq", "waiting", "limit", "retransmits", "resent", "shutdown", "owner"
	// From and To are the values in words. A socket that was not there is From "";
	// one that is gone is To "".
	From, To string
	// Cause is the call or the packet that brought it about, 0 where none was seen.
	Cause ID
}

// Setting is a stage setting that was applied and read back.
type Setting struct {
	Kind, Name, Value, Was string
}

// Note is a remark of the program's: what was not done and why.
type Note struct {
	Process string
	Text    string
}

// Result closes a run.
type Result struct {
	Lesson   string
	Steps    int
	Agreed   int
	Differed []string
	Skipped  []string
}
