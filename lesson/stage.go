package lesson

import (
	"context"

	"sockstep/netcore"
)

// Stage is the lab a session plays in. A *netcore.Lab serves through OpenLab;
// tests use one with scripted answers.
type Stage interface {
	// Start starts a process of the cast; one that ended can be started afresh.
	Start(ctx context.Context, name string) (Process, error)
	Snapshot(ctx context.Context) (netcore.Snapshot, error)
	// Apply makes a stage setting and records it.
	Apply(ctx context.Context, s netcore.StageSetting) error
	// Act does something as the network, on the wire.
	Act(ctx context.Context, a netcore.WireAct) error
	// Arrived receives when packets have come in, and Waiting reports whether there
	// are any that no Snapshot has taken yet.
	Arrived() <-chan struct{}
	Waiting() bool
	Tier() netcore.Tier
	// Timeline is where the lab records what happens in it.
	Timeline() *netcore.Timeline
	Close() error
}

// Process is one driven process of a Stage.
type Process interface {
	PID() int
	// Begin enters a call and returns at once.
	Begin(netcore.Request) (Pending, error)
	// Exit ends the process with a status, as returning from main does, and waits
	// until it is gone.
	Exit(ctx context.Context, status int) error
	// Cancel interrupts the call it is blocked in and waits until that returned:
	// EINTR, or what it had done so far.
	Cancel(ctx context.Context) error
	// Signal sends a signal to the thread inside a call and waits until it was
	// delivered; the call has returned then, or sleeps on.
	Signal(ctx context.Context, sig int) error
	// Kill ends the process with SIGKILL and waits until it is gone.
	Kill(ctx context.Context) error
	Ended() <-chan struct{}
	// End tells how it ended; valid once Ended is closed.
	End() netcore.ProcessChange
}

// Pending is a call that has been entered.
type Pending interface {
	Done() <-chan struct{}
	Call() netcore.Call
	// Settle waits until the call has returned, is seen blocked, or its process
	// has ended.
	Settle(ctx context.Context) (netcore.State, error)
	// StillBlocked is Settle for a call that was seen blocked before.
	StillBlocked(ctx context.Context) (netcore.State, error)
}

// World says what a stage has to have before anything runs in it.
type World struct {
	Lesson string // the lesson's name, "" in free play
	// Wire joins two networks by a wire: the role Server on the left, all others on
	// the right. Hold has packets stop in its middle.
	Wire, Hold bool
	Server     string
}

// Opener opens a fresh stage.
type Opener func(ctx context.Context, w World) (Stage, error)
