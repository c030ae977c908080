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

// Packet is a captured packet.
type Packet struct {
	Network  string
	Call     ID // the call it belongs to, 0: the kernel's own
	From, To string
	Flags    string
	Seq, Ack uint32
	Len      int
	Raw      []byte
}

// Sample is what changed between two looks at the sockets.
type Sample struct {
	Sockets []Socket // those new or changed
	Gone    []Socket // those no longer there, as last seen
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
