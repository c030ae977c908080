package lesson

import (
	"time"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// Course is a list of lessons in their order. Reading one runs nothing.
type Course struct {
	Lessons []*Lesson
	// Language is the code of the language it is written in, "en".
	Language string
}

// Lesson is one folder of the course: lesson.md and the programs beside it.
type Lesson struct {
	Name    string // the folder's name, "tcp"
	Title   string
	Minutes int
	Goal    string // what one can do afterwards, one sentence
	// Parts are the numbered parts the lesson's steps belong to, in order.
	Parts []string
	Cast  []Role
	// Stage are the settings made before the first line runs; netcore says what
	// they do. A lesson that has any needs a private network.
	Stage []netcore.StageSetting
	Intro string // Markdown
	Steps []Step
	// Takeaway is what to remember, Markdown, after the last step.
	Takeaway string
	// Drills are the topics of the drill that practise what the lesson is about, at
	// most two.
	Drills []string
}

// Role is one process of the cast and the program it runs. Two roles may run
// one program.
type Role struct {
	Name    string // "server"
	File    string // "server.c"
	Source  string // the file's text, as it stands in the course
	Program *cprog.Program
	// Warnings are the options of the compiler's warnings ("-Wparentheses") a
	// listing that is wrong on purpose gives; empty for a clean one.
	Warnings []string
}

// Step is one numbered step of a lesson.
type Step struct {
	ID     string // the heading's {#id}
	Title  string
	Part   int    // index into Lesson.Parts
	Before string // Markdown, shown until the step has run
	After  string // Markdown, shown when it has
	Run    *Run   // what it runs, nil for a step that runs no line
	// Compile is a file it shows to the compiler, nil for none.
	Compile *Compile
	// Watch is a program that it runs and watches, nil for none.
	Watch *Watch
	// Goal is true where the learner is to bring about what Expect says, on any
	// way; Route is the lesson's own, and Order a puzzle it can be done by.
	Goal  bool
	Route []Leg
	Order *Order
	// Stage are settings made before the line runs, Wire what is done with the
	// wire after it, as texts of MoveWire. A step may have either without a line.
	Stage []netcore.StageSetting
	Wire  []string
	// Interrupt is the role whose waiting call gets a signal after the line has
	// run, or empty. A step may have it without a line. Signal is which one it gets:
	// "SIGUSR1", or empty for sockstep's own, after which no call is taken up again.
	Interrupt string
	Signal    string
	// Patience is how long the kernel may take to bring about what the step
	// expects, where that is long: a repeat, a timer. 0: as long as it usually takes.
	Patience time.Duration
	Input    *Input
	Expect   []Expectation
	Ask      *Question
	Hints    []string // in levels, the solution last
	// Show names the view the step is about ("bytes server addr", "sockets",
	// "descriptors", "headers"), or is empty.
	Show string
	// Failure is true where the step's point is a call that fails.
	Failure bool
	Line    int // of the heading in lesson.md
}

// Run tells which side runs, and to which label: the statement with that label
// is the last to run (or to block).
type Run struct {
	Role, Label string
}

// Input asks the learner for a value that is written into a #define of the
// program before the step runs.
type Input struct {
	Role   string
	Define string // "PORT"
	Kind   string // "port", "ipv4", "text"
	Ask    string
	// Also are further roles whose program gets the same value in its #define
	// of that name. The value is written in double quotes where the #define has
	// them; unless something is typed, it stays as it is.
	Also []string
}

// Expectation is what must be observed when a step has run.
type Expectation struct {
	About Observable
	Is    Pattern
	// OS holds, by runtime.GOOS, what it is on systems where it is not Is.
	OS map[string]Pattern
	// Default is set where this holds only for the #defines as the files have
	// them: once the learner has typed another value, it is not judged.
	Default bool
	Line    int // in lesson.md
}

// Question is asked before a step runs and marked by what is observed after.
type Question struct {
	Text  string // Markdown
	About Observable
	// Source is set where no run can answer: the document that does. Then the
	// option with Right set is the right one.
	Source  string
	Options []Option
	// Typed is set where the answer is typed and not chosen: "number", "errno",
	// "state" or "port". The options say then what the answers one may think of mean.
	Typed string
	Line  int // of its block in lesson.md
}

// Option is one possible answer.
type Option struct {
	Text  string
	Is    Pattern // matched against what was observed; empty with a Source
	Right bool    // only with a Source
	// Why is said when this option was chosen: for the right one what shows it,
	// for a wrong one why it is tempting and what shows it wrong.
	Why string
	// Belief is the misconception a wrong option stands for ("M07"), or empty.
	Belief string
}

// Observable names something that can be read after a step, in words:
//
//	result                  what the last call of the step returned: "3", "EADDRINUSE",
//	                        "blocks", "killed SIGPIPE"
//	result ROLE LABEL       what the call at that label returned, also one that was blocked before
//	bytes ROLE VAR[.MEMBER] the memory in hex, "1e 61"; "--" for a byte never written
//	value ROLE VAR[.MEMBER] the number or text the program would see
//	state ROLE FD           the kernel's state of the socket, "LISTEN"
//	local ROLE FD           its local address, "127.0.0.1:7777"
//	peer ROLE FD            the other end's
//	waiting ROLE FD         connections waiting for accept
//	recvq ROLE FD           bytes in the receive queue
//	descriptors ROLE        the open descriptors from 3 on, "3 4", or "none"
//	sendq ROLE FD           bytes in the send queue that are not acknowledged
//	retrans ROLE FD         how often the last segment has been repeated
//	timer ROLE FD           the kernel's timer that runs, "on", "timewait", or "none"
//	timewait                the role whose end is in TIME_WAIT, or "none"
//	sockets STATE           how many sockets are in that state, those without a descriptor too
//	packets                 the packets since the step began, "SYN, SYN ACK, ACK"; behind those
//	                        that carry data how many bytes, "PSH ACK 5"
//	held                    how many packets wait on the wire
//	counter NAME            the network's counter of that name, "ListenDrops"
//	call ROLE NAME          what the role's last call of that name since the step began
//	                        returned, "ECONNREFUSED", "blocks", or "none"
//	compiler                what the compiler found in the step's file, "clean", "warnings" or "errors"
//	complaint               the name in its first complaint, "inet_pton", or "none"
//	complains NAME          "yes" where a complaint names that, else "no"
//	exit                    how the step's watched program ended: its status, "0", or "SIGPIPE"
//	output N                the N-th line it printed
//	watched NAME            what its calls of that name returned, in order: "ECONNREFUSED 0", or "none"
//	argument NAME N         the N-th argument of those calls, in order, as they are shown: an address
//	                        is "127.0.0.1:7777"
//	calls NAME              how many calls of that name it made
//	option NAME             what it set that socket option to last, "1", or "none"
//	failed ROLE             how many of the role's calls since the step began failed
type Observable string

// Pattern is what an observed text must look like:
//
//	fd            a descriptor, a number from 3 on
//	3, EADDRINUSE, LISTEN, blocks, 1e 61   exactly this text
//	16..20  >=1  <=5   a number in that range
//	ephemeral     a port or an address with a port the kernel chose (32768..60999 on Linux)
//	1e 61 ...     this text, and after a space anything or nothing
//	any           anything at all
//	a | b         one of these
//	!a            anything but a
type Pattern string
