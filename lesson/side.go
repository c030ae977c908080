package lesson

import (
	"maps"
	"strings"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// side is one process of the cast: its program, the machine that runs it and
// the worker that makes its calls.
type side struct {
	role    Role
	program *cprog.Program
	machine *cprog.Machine
	proc    Process
	state   SideState

	pending Pending         // the call it is blocked in
	entered bool            // a statement is under way
	ran     int             // statements entered so far
	before  *cprog.Machine  // as it was before what was typed, while that runs
	at      cprog.Statement // the statement under way, or the next one
	goal    goal            // how far the present move is to take it

	executed map[int]bool
	passed   map[string]int    // how often the statement with a label has completed
	results  map[string]string // what the last call at a label returned
	last     string            // what its last call returned
	output   *strings.Builder  // shared with views: only appended to
	exit     int
	signal   string
	fault    string
	typed    string
	edited   bool            // the program is the learner's own version
	did      map[string]bool // the calls it has made that succeeded, by C name
}

func newSide(r Role, p *cprog.Program) *side {
	return &side{
		role: r, program: p, machine: cprog.New(p, cprog.Options{}), state: SideIdle,
		executed: map[int]bool{}, passed: map[string]int{}, results: map[string]string{}, did: map[string]bool{},
		output: &strings.Builder{},
	}
}

// drivable reports whether a line of the side can run now, and why not.
func (sd *side) drivable() (bool, string) {
	if sd.proc == nil { // its lab could not be opened
		return false, sd.role.Name + " has no process: start it afresh, or run the lesson again"
	}
	switch sd.state {
	case SideBlocked:
		return false, sd.role.Name + " is still inside " + sd.pending.Call().Name + "(): step the other side, or cancel the call"
	case SideEnded:
		return false, sd.role.Name + " has ended: start it afresh, or run the lesson again"
	case SideKilled:
		return false, sd.role.Name + " was ended by " + sd.signal + ": start it afresh, or run the lesson again"
	case SideFault:
		return false, sd.role.Name + " cannot go on: " + sd.fault
	}
	return true, ""
}

// buryIfEnded takes in that the process is gone; false if that was known.
func (sd *side) buryIfEnded() bool {
	if sd.over() || sd.proc == nil {
		return false
	}
	select {
	case <-sd.proc.Ended():
	default:
		return false
	}
	end := sd.proc.End()
	sd.pending, sd.entered = nil, false
	sd.exit, sd.signal = end.Status, end.Signal
	sd.state = SideEnded
	if end.Signal != "" {
		sd.state = SideKilled
		sd.last = "killed " + end.Signal
		sd.results[sd.at.Label] = sd.last
	}
	return true
}

// over reports whether the end of the process has been taken in.
func (sd *side) over() bool { return sd.state == SideEnded || sd.state == SideKilled }

func (sd *side) view() Side {
	v := Side{
		Name: sd.role.Name, State: sd.state, Program: sd.program, Edited: sd.edited,
		Exit: sd.exit, Signal: sd.signal, Fault: sd.fault, Executed: maps.Clone(sd.executed),
		Output: sd.output.String(), Typed: sd.typed, Variables: sd.machine.Variables(), Warnings: sd.machine.Warnings(),
	}
	if sd.proc != nil {
		v.PID = sd.proc.PID()
	}
	switch sd.state {
	case SideReady, SideIdle:
		if sd.entered { // interrupted in the middle of it
			v.Next, v.Line = sd.at, sd.at.Line
		} else if a := sd.machine.Next(); a.Kind == cprog.AtStatement {
			v.Next = sd.statement(a)
			v.Line = v.Next.Line
		}
	case SideBlocked:
		c := sd.pending.Call()
		v.Next, v.Line, v.Call = sd.at, sd.at.Line, &c
		v.Blocked = blockedAs(&c)
	}
	return v
}

// blockedAs says of a call that was entered and has not returned what it waits for.
func blockedAs(c *netcore.Call) *netcore.Blocked {
	b := &netcore.Blocked{Call: c.ID, Process: c.Process, Syscall: c.Syscall, Since: c.Enter}
	if spec, ok := netcore.Lookup(c.Name); ok {
		b.On = spec.Waits
	}
	return b
}
