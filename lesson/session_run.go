package lesson

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// maxLines bounds how many statements one move to a label may run, so that a
// program that loops for ever comes back to its learner.
const maxLines = 10000

// line runs the side's next statement through to the one after it, or until it
// blocks or ends.
func (s *Session) line(ctx context.Context, sd *side) error {
	if ok, why := sd.drivable(); !ok {
		return errors.New(why)
	}
	sd.state = SideReady
	return s.goOn(ctx, sd)
}

// goOn runs the machine until it stands before the next statement. Interrupted
// by ctx it stands where it is, and goes on from there at the next move.
func (s *Session) goOn(ctx context.Context, sd *side) error {
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", sd.role.Name, context.Cause(ctx))
		}
		a := sd.machine.Next()
		switch a.Kind {
		case cprog.AtStatement:
			if sd.entered {
				s.complete(sd)
				return nil
			}
			sd.enter(a)
		case cprog.Call:
			if on, err := s.call(ctx, sd, *a.Call); err != nil || !on {
				return err
			}
		case cprog.Output:
			s.print(sd, a.Output)
		case cprog.Exited:
			return s.exit(ctx, sd, a.Exit)
		case cprog.Fault:
			s.fault(sd, a.Fault)
			return nil
		}
	}
}

func (sd *side) enter(a cprog.Action) {
	sd.entered, sd.at = true, sd.statement(a)
	sd.ran++
	sd.machine.Step()
}

// statement is what an action is about; a typed line is none of the program's.
func (sd *side) statement(a cprog.Action) cprog.Statement {
	if a.Typed || a.Statement < 0 || a.Statement >= len(sd.program.Statements()) {
		return cprog.Statement{Text: a.Text}
	}
	return sd.program.Statements()[a.Statement]
}

// complete notes that the statement under way is behind.
func (s *Session) complete(sd *side) {
	sd.entered = false
	if sd.at.Line > 0 {
		s.last.lines = append(s.last.lines, sd.at.Line)
	}
	for l := sd.at.Line; l > 0 && l <= max(sd.at.Line, sd.at.EndLine); l++ {
		sd.executed[l] = true
	}
	if sd.at.Label != "" {
		sd.passed[sd.at.Label]++
	}
	if v, ok := sd.machine.LastValue(); ok {
		sd.typed = v
	}
}

// call makes one system call; false when the side does not go on: it blocks in
// it, or died of it.
func (s *Session) call(ctx context.Context, sd *side, r netcore.Request) (bool, error) {
	p, err := sd.proc.Begin(r)
	if refused := (netcore.ErrNotMade{}); errors.As(err, &refused) {
		s.refused(sd, refused.Reason)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", sd.role.Name, err)
	}
	s.last.calls = append(s.last.calls, p.Call().ID)
	state, err := p.Settle(ctx)
	if err != nil {
		s.block(sd, p) // not seen asleep, but inside: it is watched for
		return false, fmt.Errorf("%s in %s(): %w", sd.role.Name, r.Name, err)
	}
	switch state {
	case netcore.StateReturned:
		s.take(ctx, sd, p)
		return true, nil
	case netcore.StateEnded:
		s.logCall(sd, p.Call(), false)
		s.lastWords(ctx, sd, p)
		return false, nil
	}
	s.block(sd, p)
	return false, nil
}

// endPatience bounds the wait for a process to be gone that ended inside a call.
const endPatience = 2 * time.Second

// lastWords takes in that a call will never return: its process has ended, or it
// was never sent.
func (s *Session) lastWords(ctx context.Context, sd *side, p Pending) {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	select {
	case <-sd.proc.Ended():
		s.bury(sd)
	case <-ctx.Done():
		sd.state, sd.fault = SideFault, "the call never returned: "+p.Call().Reason
		s.note(sd, sd.fault)
	}
}

// refused takes in that a call was not made. What was typed is given up, and the
// side stands where it stood; a program's own line cannot go on without a result.
func (s *Session) refused(sd *side, reason string) {
	s.last.message = "The call was not made: " + reason + "."
	s.note(sd, reason)
	if sd.before != nil && len(s.last.calls) == 0 {
		sd.machine, sd.entered = sd.before, false
		return
	}
	sd.state, sd.fault = SideFault, "the call was not made: "+reason
}

// block leaves the side inside a call that sleeps in the kernel.
func (s *Session) block(sd *side, p Pending) {
	sd.state, sd.pending, sd.last = SideBlocked, p, "blocks"
	if sd.at.Label != "" {
		sd.results[sd.at.Label] = "blocks"
	}
	s.logCall(sd, p.Call(), true)
	go s.watchReturn(s.life, sd, p)
}

// take hands a call's result back to the machine.
func (s *Session) take(ctx context.Context, sd *side, p Pending) {
	c := p.Call()
	s.explain(ctx, &c)
	after := make([][]byte, len(c.Args))
	for i, a := range c.Args {
		after[i] = a.After
	}
	if !slices.Contains(s.last.calls, c.ID) {
		s.last.calls = append(s.last.calls, c.ID) // it was entered in an earlier move
	}
	sd.last = resultText(&c)
	if c.Errno == 0 {
		sd.did[c.Name] = true
	}
	if sd.at.Label != "" {
		sd.results[sd.at.Label] = sd.last
	}
	s.logCall(sd, c, false)
	sd.machine.Resume(cprog.Result{Ret: *c.Ret, Errno: int(c.Errno), After: after})
}

// resultText is what a call returned as patterns see it: a number or an errno.
func resultText(c *netcore.Call) string {
	switch {
	case c.Ret == nil:
		return c.Reason
	case c.Errno != 0:
		return c.Errno.Name()
	}
	return strconv.FormatInt(*c.Ret, 10)
}

// absorb takes in calls that returned and processes that ended since the last
// look, and runs their sides on to the next statement.
func (s *Session) absorb(ctx context.Context) {
	for again := true; again; {
		again = false
		for _, sd := range s.sides {
			if s.wake(ctx, sd) {
				again = true
			}
		}
	}
}

// wake goes on with a blocked side whose call has come back.
func (s *Session) wake(ctx context.Context, sd *side) bool {
	if s.bury(sd) {
		return true
	}
	if sd.state != SideBlocked {
		return false
	}
	state, err := sd.pending.StillBlocked(ctx)
	if err != nil || state != netcore.StateReturned {
		return false
	}
	p := sd.pending
	sd.pending, sd.state = nil, SideReady
	s.take(ctx, sd, p)
	err = s.goOn(ctx, sd)
	if err == nil {
		err = s.pursue(ctx, sd)
	}
	if err != nil {
		s.last.message = err.Error()
	}
	return true
}

// print records what a program wrote; nothing is really written anywhere.
func (s *Session) print(sd *side, o *cprog.OutputText) {
	sd.output.Write(o.Bytes)
	e := netcore.Event{Type: netcore.OutputEvent, Output: &netcore.Output{
		Process: sd.role.Name, FD: o.FD, Bytes: o.Bytes, Line: sd.place(),
	}}
	id := s.Timeline().Add(e)
	s.log = append(s.log, LogLine{ID: id, Side: sd.role.Name, Kind: netcore.OutputEvent,
		Text: strings.TrimRight(string(o.Bytes), "\n"), Line: sd.place(), Step: s.stepNumber(), At: netcore.Now()})
	sd.machine.Resume(cprog.Result{})
}

// exit ends the process as returning from main does.
func (s *Session) exit(ctx context.Context, sd *side, status int) error {
	s.complete(sd)
	if err := sd.proc.Exit(ctx, status); err != nil {
		return fmt.Errorf("end %s: %w", sd.role.Name, err)
	}
	s.bury(sd)
	return nil
}

// bury takes in that a process is gone and logs how it ended; false if that
// was known.
func (s *Session) bury(sd *side) bool {
	if !sd.buryIfEnded() {
		return false
	}
	s.logEnd(sd)
	return true
}

func (s *Session) fault(sd *side, f *cprog.Error) {
	sd.state, sd.fault = SideFault, f.Message
	if f.Instead != "" {
		sd.fault += "; " + f.Instead
	}
	s.note(sd, sd.fault)
}

func (s *Session) note(sd *side, text string) {
	id := s.Timeline().Add(netcore.Event{Type: netcore.NoteEvent, Note: &netcore.Note{Process: sd.role.Name, Text: text}})
	s.log = append(s.log, LogLine{ID: id, Side: sd.role.Name, Kind: netcore.NoteEvent, Text: text,
		Line: sd.place(), Step: s.stepNumber(), At: netcore.Now()})
}

// logCall adds the call to the log, or completes the line of one that blocked.
func (s *Session) logCall(sd *side, c netcore.Call, blocked bool) {
	l := LogLine{ID: c.ID, Side: sd.role.Name, Kind: netcore.CallEvent, Errno: c.Errno, Blocked: blocked,
		Cause: c.Cause, Reason: reasonIn(c.Cause), Line: c.Line, Step: s.stepNumber(), At: c.Enter}
	l.Text, l.Result = splitResult(netcore.Short(&c), blocked)
	if i := s.waitingLine(sd, c.ID); i >= 0 {
		l.Step = s.log[i].Step
		s.log = slices.Clone(s.log) // views have the old one
		s.log[i] = l
		return
	}
	s.log = append(s.log, l)
}

// waitingLine is where the log has a call that blocked, -1 for one that did not.
// A side is in one call at a time, so that its last line is this call's.
func (s *Session) waitingLine(sd *side, id netcore.ID) int {
	for i, l := range slices.Backward(s.log) {
		if l.Side == sd.role.Name {
			if l.ID == id {
				return i
			}
			return -1
		}
	}
	return -1
}

func splitResult(short string, blocked bool) (string, string) {
	i := strings.LastIndex(short, " = ")
	switch {
	case i < 0:
		return short, ""
	case blocked:
		return short[:i], ""
	}
	return short[:i], short[i+3:]
}

func (s *Session) logEnd(sd *side) {
	text := "exit status " + strconv.Itoa(sd.exit)
	switch {
	case sd.signal != "":
		text = "killed by " + sd.signal
	case sd.exit < 0:
		text = "lost with its lab"
	}
	s.log = append(s.log, LogLine{Side: sd.role.Name, Kind: netcore.ProcessEvent, Text: text,
		Step: s.stepNumber(), At: netcore.Now()})
}

// place is the line under way as calls name it, "server.c:26".
func (sd *side) place() string {
	if sd.at.Line == 0 {
		return ""
	}
	return sd.role.File + ":" + strconv.Itoa(sd.at.Line)
}
