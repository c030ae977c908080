package lesson

// MoveKind says what the learner did.
type MoveKind string

// The kinds of moves. A session is the list of its moves: repeating them in a
// fresh lab is what "running again" means.
const (
	MoveStep   MoveKind = "step"   // run the next line of Role
	MoveRun    MoveKind = "run"    // run Role to the statement labelled Label and through it
	MoveType   MoveKind = "type"   // run Text, a call or statement typed on Role
	MoveEdit   MoveKind = "edit"   // replace line Line of Role's program by Text
	MoveRevert MoveKind = "revert" // Role's program back to the original
	MoveInput  MoveKind = "input"  // write Text into the #define Label of Role's program
	MoveCancel MoveKind = "cancel" // interrupt the call Role is blocked in, or send it the signal Text while it is
	MoveKill   MoveKind = "kill"   // end Role's process with SIGKILL
	MoveFresh  MoveKind = "fresh"  // start Role's process afresh after it ended
	MoveEvent  MoveKind = "event"  // run Role's lines until something happens: a state, a packet, an error, a wait
	MoveSet    MoveKind = "set"    // make the stage setting Text, "deaf client 3"
	MoveWire   MoveKind = "wire"   // act on the wire: Text is "drop", "pass 2" (the second of those held), "flow"

	MoveCompile MoveKind = "compile" // have the compiler read Text, the file of the step with the number Step
	MoveWatch   MoveKind = "watch"   // run Text, the program of the step with the number Step, and watch it
)

// Move is one thing the learner did, as it is kept in the journal.
type Move struct {
	Kind  MoveKind `json:"kind"`
	Role  string   `json:"role"` // empty for MoveSet, MoveWire, MoveCompile and MoveWatch
	Label string   `json:"label,omitempty"`
	Line  int      `json:"line,omitempty"`
	Text  string   `json:"text,omitempty"`
	// Step is the lesson's step the move belongs to: index+1, or 0 for a move
	// beside the lesson's path.
	Step int `json:"step,omitempty"`
}
