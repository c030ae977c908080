package netcore

// ID names an event of a Timeline. It is assigned once, counts up from 1 and is
// never used again within one Timeline; 0 means none.
type ID uint64

// Origin says what produced a call.
type Origin string

const (
	// FromLine is a line of the program on the screen.
	FromLine Origin = "line"
	// FromTyped is a call the learner typed.
	FromTyped Origin = "typed"
	// FromTraced is a call of a program that runs under a tracer.
	FromTraced Origin = "traced"
)

// Request is a system call to make.
type Request struct {
	// Name is the C name ("send"); the table of calls maps it to the kernel's.
	Name string
	Args []Value
	// Line is the place in the program, "server.c:26", and Source its text.
	Line, Source string
	Origin       Origin
	// Cause is the event that led to this call, or 0.
	Cause ID
}

// Call is one system call as it happened. Times are nanoseconds of the machine's
// monotonic clock, taken by the calling process right before and right after.
type Call struct {
	ID      ID
	Process string // the process's name in the cast, "server"
	PID     int    // as the host numbers it
	TID     int
	Origin  Origin
	Line    string
	Source  string
	Name    string // the C name, "send"
	Syscall string // the kernel's name, "sendto"
	Args    []Arg
	// Ret is what the kernel returned, -1 with Errno set when it refused. Ret is
	// nil when the call never returned; Reason says why.
	Ret    *int64
	Errno  Errno
	Reason string
	// Cause is the explanation of Errno found in the observed state, or empty.
	Cause string
	Enter int64
	Exit  int64 // 0 while the call has not returned
}

// Arg is one argument of a Call.
type Arg struct {
	Name string
	Kind ParamKind
	// Value is the register's content: the number itself, 0 for a null pointer,
	// the address otherwise.
	Value int64
	// Pointer tells whether memory was passed: NumberValue for plain numbers.
	Pointer ValueKind
	// Before and After are the memory at entry and at return (nil if none).
	Before, After []byte
	Unwritten     []Range
	// Parts is what pointers inside the memory lead to, in the order of their
	// offsets: the buffers of a vector, the name and the control data of a message.
	Parts []Part
}

// Part is memory to which a pointer inside other memory leads. Parts nest as the
// pointers do: the msg_iov of a struct msghdr is a Part whose memory is the array
// of struct iovec, and the buffers are Parts of that Part. An offset always counts
// from the start of the memory that holds the pointer, be it the argument's or that
// of the Part around this one. Null pointers have no Part; one whose memory cannot
// be read has a Part without memory.
type Part struct {
	Offset int   // of the pointer in the memory around it, in bytes
	Value  int64 // the address
	// Before and After are as those of Arg: what the kernel had to read, at entry,
	// and what it wrote, at return.
	Before, After []byte
	Parts         []Part
}

// Returned reports whether the call came back, with success or an error.
func (c *Call) Returned() bool { return c.Ret != nil }

// Failed reports whether the call came back with an error.
func (c *Call) Failed() bool { return c.Ret != nil && c.Errno != 0 }
