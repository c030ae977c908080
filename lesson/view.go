package lesson

import (
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// Phase is where a guided step stands.
type Phase int

const (
	// Reading: the text before is shown, Enter runs the step (or asks first).
	Reading Phase = iota
	// Asking: the step's question is open; it has to be answered or skipped.
	Asking
	// Typing: the step wants a value typed first (Step.Input).
	Typing
	// Ran: the step has run, the text after is shown; Enter goes to the next.
	Ran
	// Finished: the last step is behind, the takeaway is shown.
	Finished
	// Free: there is no guided path (free play).
	Free
	// Trying: the step has a goal that the learner is to bring about (Step.Goal).
	Trying
)

// SideState is what a process of the cast is doing.
type SideState string

const (
	// SideReady stands before a statement.
	SideReady SideState = "ready"
	// SideBlocked is inside a system call that has not returned.
	SideBlocked SideState = "blocked"
	// SideEnded has returned from main or called exit.
	SideEnded SideState = "ended"
	// SideKilled was ended by a signal.
	SideKilled SideState = "killed"
	// SideFault stopped at something the evaluator cannot go on from.
	SideFault SideState = "fault"
	// SideIdle has not been started: its process exists, no line has run.
	SideIdle SideState = "idle"
	// SideRunning is a traced program that runs between two calls.
	SideRunning SideState = "running"
	// SideStands is a traced program of which a thread stands at a call.
	SideStands SideState = "stands"
)

// View is everything there is to show at one moment: an immutable value, taken
// after every move and whenever the kernel changed something by itself. The
// session publishes a new one and never writes to an old one again.
type View struct {
	// Serial counts the views of one session up; equal serials are equal views.
	Serial uint64
	Lesson *Lesson // nil in free play
	Tier   netcore.Tier
	Where  string // "private network", "this machine's loopback"

	Phase Phase
	Step  int // index into Lesson.Steps; the step shown
	// Done is the number of steps run so far, for progress.
	Done    int
	Answers map[string]Answer // by Step.ID
	// OffPath is set when a side was driven past or away from the guided path,
	// in words.
	OffPath string

	Sides    []Side
	Snapshot netcore.Snapshot
	// Log is what happened so far, oldest first, calls that have not returned
	// included; the whole of each event is in the session's Timeline.
	Log []LogLine
	// Changed are the changes the last move made, in words: "server 4: rx 0→20".
	Changed []Change
	// StepCalls are the calls of the last move.
	StepCalls []netcore.ID
	// Result is the last move's outcome in one line, "bind() = 0".
	Result string
	// Focus is the side the guided step runs, or the last one moved.
	Focus string
	// Message is a remark: a jump that really ran, a port that was replaced.
	Message string
	// Differed lists expectations that did not hold, in words, Unseen those this
	// machine cannot show.
	Differed, Unseen []string
	// Open lists what of the step's goal has not come about, while it is being tried.
	Open []Unmet
	// Compiled is what a compiler said in this step, nil for nothing.
	Compiled *Compiled
	// Watched is what the step's program did that was watched, nil for none.
	Watched *Watched
	// At is the position in the recording this view was taken at, counting
	// moves from 0.
	At int
	// Timeline is the record of the lab the view is of, Events how many events it
	// held when the view was taken, and From how many before the last move: the
	// events between are what the move brought. Nil and 0 before a lab is open.
	Timeline     *netcore.Timeline
	From, Events int
	// Waits is set while a step waits for the kernel to bring about what it
	// expects: until when at the longest, in monotonic nanoseconds.
	Waits int64
	// Traced is set where the sides are traced programs; there is no lesson then.
	Traced *Traced
}

// Shown is the step the view shows, nil in free play and behind the last one.
func (v *View) Shown() *Step {
	if v.Lesson == nil || v.Step < 0 || v.Step >= len(v.Lesson.Steps) {
		return nil
	}
	return &v.Lesson.Steps[v.Step]
}

// Side is one process of the cast as it stands.
type Side struct {
	Name    string
	PID     int
	State   SideState
	Program *cprog.Program // with the learner's edits
	Edited  bool
	// Next is the statement about to run (or blocked in); Line its line from 1,
	// 0 when there is none.
	Next      cprog.Statement
	Line      int
	Blocked   *netcore.Blocked // set in SideBlocked
	Call      *netcore.Call    // the call it is blocked in
	Exit      int              // status in SideEnded
	Signal    string           // "SIGPIPE" in SideKilled
	Fault     string           // sentence in SideFault
	Variables []cprog.Variable
	// Executed are the lines that have run, for drawing them as behind.
	Executed map[int]bool
	Output   string // what it printed so far
	Warnings []string
	// Typed is the value of the last typed expression, or empty.
	Typed string
	// Traced is set where the side is a traced program; Program is nil then.
	Traced *TracedSide
}

// LogLine is one line of what happened, in order of time: a call, an output, an
// end. Text is the short C form without control characters.
type LogLine struct {
	ID      netcore.ID
	Side    string
	Kind    netcore.EventType
	Text    string // "bind(3, 127.0.0.1:7777, 16)"
	Result  string // "0", "-1 EADDRINUSE", "" while it has not returned
	Errno   netcore.Errno
	Cause   string // of Errno, and what helps; "" where nothing observed tells
	Reason  string // the reason in Cause alone: "descriptor 3 listens, and ..."
	Blocked bool
	Line    string // "server.c:26"
	Step    int    // the step's number from 1, 0 beside the path
	At      int64
}

// Lost reports whether a call will never return: its process ended inside it.
func (l *LogLine) Lost() bool {
	return l.Kind == netcore.CallEvent && !l.Blocked && (l.Result == "" || l.Result == "?")
}

// Change is one thing that changed in the last move, in words and with where it
// stands, so that a view can point at it.
type Change struct {
	// What is "descriptor", "state", "queue", "bytes", "process", "output",
	// "setting", "wire".
	What   string
	Side   string // process name, or ""
	FD     int    // descriptor, or -1
	Cookie uint64 // socket, or 0
	Text   string // "server 3: CLOSE → LISTEN"
}
