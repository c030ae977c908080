package tracer

import (
	"errors"
	"os"
	"time"

	"sockstep/netcore"
)

// ErrUnsupported is what New answers on a system where there is no tracer.
var ErrUnsupported = errors.New("programs can be traced on Linux (amd64, arm64) only")

// ErrEnded is what a Tracer answers that was closed.
var ErrEnded = errors.New("the tracer has ended")

// Options says how to trace. The zero value traces freely.
type Options struct {
	// Tell receives everything that happens, in order, on the tracer's thread: it
	// must not block and not call the Tracer. Required.
	Tell func(Event)
	// Contain puts the programs into a process namespace of their own, which ends
	// with the Tracer and all that is in it. It takes CAP_SYS_ADMIN, as in a private
	// network.
	Contain bool
	// Stops says where threads stop; see SetStops.
	Stops Stops
	// Faults says what is done to calls; see SetFaults.
	Faults []Fault
	// Processes bounds how many processes and threads live at a time; one more
	// ends all with a LimitEvent. 0 is no bound.
	Processes int
}

// Program is one program to run.
type Program struct {
	// Name is its name in the cast, "server". Children get a name made from it.
	Name string
	// Path is the file to execute, Args its arguments with the name first.
	Path string
	Args []string
	Dir  string   // "" is this process's
	Env  []string // nil is this process's
	// Files are descriptors 0, 1, 2 and so on; a nil one is /dev/null. They remain
	// the caller's, who may close them when Start has returned.
	Files []*os.File
	// Group is a process group of this process's session to be in, with its terminal
	// and what is typed there; 0 is the tracer's own.
	Group int
	// Terminal makes descriptor 0 the controlling terminal of a new session.
	Terminal bool
	// Ignored are the signals the program is started to ignore. A Remote adds those
	// its own process ignores.
	Ignored []int
	// Limits are set in the program before it starts, by RLIMIT_* number; see
	// setrlimit(2).
	Limits map[int]uint64
	// Cgroup is the folder of a control group it starts in, see MemoryGroup; "" is
	// this process's.
	Cgroup string
}

// Stops says where a thread stops until Resume.
type Stops struct {
	// Every is at each call. Calls is at calls of these names (C's or the kernel's).
	Every bool
	Calls []string
	// Errors is at the return of a call that failed.
	Errors bool
	// Descriptor is at calls on this descriptor where HasDescriptor is set.
	HasDescriptor bool
	Descriptor    int
	// Process limits all of the above to the process of this name in the cast.
	Process string
}

// Direction is which way the bytes of a call go.
type Direction int

// The directions: In is recv, read and their like, Out send, write and theirs, on
// sockets only.
const (
	In Direction = iota + 1
	Out
)

// Fault is something done to calls on sockets, so that a program meets what a
// network may bring. It is deterministic: the same calls meet the same faults.
type Fault struct {
	// Kind is "short": a call in Direction transfers at most Bytes; "interrupt":
	// every Every-th call in Direction (any blocking call where it is 0) returns
	// EINTR without having been made; "fail": every Every-th call named Call returns
	// Errno without having been made; "delay": a call in Direction begins later by
	// Delay.
	Kind      string
	Direction Direction
	Bytes     int
	Every     int
	Call      string
	Errno     netcore.Errno
	Delay     time.Duration
	// Process limits it to the process of this name, "" is all.
	Process string
}

// EventKind says what an Event tells.
type EventKind int

// The kinds of events.
const (
	// ProcessEvent: Process started, was replaced by exec or ended.
	ProcessEvent EventKind = iota + 1
	// EnterEvent: a thread is inside Call, told when it stops there, or has been
	// inside for a moment and the kernel shows it asleep (Asleep).
	EnterEvent
	// CallEvent: Call returned, or its thread ended inside it (Ret is nil).
	CallEvent
	// StopEvent: thread TID stands at Call until Resume; At says where.
	StopEvent
	// SignalEvent: a signal was delivered.
	SignalEvent
	// NoteEvent: something that cannot be seen, or was not done, and why.
	NoteEvent
	// LimitEvent: the programs were ended because of a limit; Text says which.
	LimitEvent
)

// Event is one thing that happened. What it points to is the receiver's, but Call
// is shared between the events of one call (equal Serial) and is complete only
// with CallEvent; EnterEvent and StopEvent come with a copy.
type Event struct {
	Kind EventKind
	// Time is in nanoseconds of the monotonic clock, see netcore.Now.
	Time int64
	// Serial numbers the call.
	Serial  uint64
	Call    *netcore.Call
	Process *netcore.ProcessChange
	Signal  *netcore.Signal
	TID     int
	// Returned tells of a StopEvent that the call has returned.
	Returned bool
	// Asleep is the kernel function the thread sleeps in, "" where it is not known.
	Asleep string
	// Injected tells of a CallEvent that a Fault had its part in it, and which.
	Injected string
	Text     string
	// Program is the number Start or Attach returned of the process's first
	// ancestor.
	Program int
}
