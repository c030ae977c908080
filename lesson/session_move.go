package lesson

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// move makes one move of the learner's, beside the guided path or on it, and
// records what it brought.
func (s *Session) move(ctx context.Context, m Move) error {
	made := len(s.moves)
	if s.trying() {
		m.Step = s.guide.step + 1
	}
	err := s.make(ctx, m)
	s.reach()
	if m.Step == 0 && len(s.moves) > made {
		s.strayed(m)
	}
	s.publish(made)
	return err
}

// publish records what a move brought, if it was made after all: made is the
// number of moves before it.
func (s *Session) publish(made int) {
	if len(s.moves) > made {
		s.keep()
		return
	}
	s.show()
}

// make makes a move without publishing it.
func (s *Session) make(ctx context.Context, m Move) error {
	if m.Role == "" {
		return s.arrange(ctx, m)
	}
	sd, err := s.side(m.Role)
	if err != nil {
		return err
	}
	s.catchUp(ctx, sd)
	s.forgetGoals()
	s.last = s.begun(m.Role)
	ran := sd.ran
	err = s.perform(ctx, sd, m)
	if err != nil && !(sd.ran > ran || len(s.last.calls) > 0) {
		if lost := s.sample(ctx); errors.Is(lost, netcore.ErrClosed) {
			return lost
		}
		return err // nothing has happened
	}
	s.moves = append(s.moves, m)
	looked := s.look(ctx)
	s.last.result = s.resultLine(sd)
	return errors.Join(err, looked)
}

// begun is the outcome of a move that begins.
func (s *Session) begun(focus string) outcome {
	return outcome{focus: focus, since: len(s.log), from: s.Timeline().Len()}
}

// look takes in what a move brought: calls that came back, processes that ended,
// packets, states. What crosses a wire takes its time.
func (s *Session) look(ctx context.Context) error {
	if s.world.Wire {
		return s.quiet(ctx)
	}
	s.absorb(ctx)
	return s.sample(ctx)
}

// catchUp takes in a call of the side that has returned and that nobody has looked
// at yet, so that a move finds the side where it is.
func (s *Session) catchUp(ctx context.Context, sd *side) {
	if sd.state != SideBlocked {
		return
	}
	select {
	case <-sd.pending.Done():
		s.absorb(ctx)
	default:
	}
}

func (s *Session) perform(ctx context.Context, sd *side, m Move) error {
	switch m.Kind {
	case MoveStep:
		return s.line(ctx, sd)
	case MoveEvent:
		return s.toEvent(ctx, sd)
	case MoveRun:
		return s.runTo(ctx, sd, m.Label, sd.passed[m.Label]+1)
	case MoveType:
		return s.typed(ctx, sd, m.Text)
	case MoveEdit:
		return s.edit(ctx, sd, m.Line, m.Text)
	case MoveRevert:
		return s.revert(ctx, sd)
	case MoveInput:
		return s.define(ctx, sd, m.Label, m.Text)
	case MoveCancel:
		return s.cancel(ctx, sd, m.Text)
	case MoveKill:
		return s.killSide(ctx, sd)
	case MoveFresh:
		return s.fresh(ctx, sd)
	}
	return fmt.Errorf("unknown move %q", m.Kind)
}

// goal is the statement a side is to run through: the one with the label, until it
// has completed times times. Without a label there is none.
type goal struct {
	label string
	times int
}

// runTo runs a side until the statement with the label has completed times
// times, or the side cannot go on. A call that only slept for a moment, as connect
// may where the machine is busy, does not end that: what comes back before the next
// move goes on to the label.
func (s *Session) runTo(ctx context.Context, sd *side, label string, times int) error {
	if _, ok := sd.program.ByLabel(label); !ok {
		return fmt.Errorf("%s has no line labelled %q", sd.role.File, label)
	}
	sd.goal = goal{label, times}
	for range maxLines {
		if sd.passed[label] >= times {
			sd.goal = goal{}
			return nil
		}
		if err := s.line(ctx, sd); err != nil {
			return err
		}
		if sd.state != SideReady || sd.entered {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s ran %d lines without reaching %q", sd.role.Name, maxLines, label)
}

// pursue goes on with the move of a side that had fallen asleep in it.
func (s *Session) pursue(ctx context.Context, sd *side) error {
	if sd.goal.label == "" || sd.state != SideReady || sd.entered {
		return nil
	}
	return s.runTo(ctx, sd, sd.goal.label, sd.goal.times)
}

// forgetGoals has every side stay where it is until it is moved again.
func (s *Session) forgetGoals() {
	for _, sd := range s.sides {
		sd.goal = goal{}
	}
}

// typed runs a call or a statement the learner typed, before the line that is
// about to run.
func (s *Session) typed(ctx context.Context, sd *side, src string) error {
	if ok, why := sd.drivable(); !ok {
		return errors.New(why)
	}
	if strings.TrimSpace(src) == "" {
		return errors.New("type a call or a statement, for example close(3)")
	}
	if sd.entered {
		return fmt.Errorf("%s is in the middle of a line: step it first", sd.role.Name)
	}
	before := sd.machine.Clone()
	if err := sd.machine.Inject(src); err != nil {
		return err
	}
	sd.before = before
	defer func() { sd.before = nil }()
	return s.line(ctx, sd)
}

// cancel interrupts the call a side is blocked in: it returns EINTR. With the name of
// a signal the program's own handler for that decides whether it does.
func (s *Session) cancel(ctx context.Context, sd *side, name string) error {
	if sd.state != SideBlocked {
		return fmt.Errorf("%s is not inside a call", sd.role.Name)
	}
	if name != "" {
		sig, _ := netcore.Constant(name)
		if err := sd.proc.Signal(ctx, int(sig)); err != nil {
			return fmt.Errorf("send %s to %s: %w", name, sd.role.Name, err)
		}
		return nil
	}
	if err := sd.proc.Cancel(ctx); err != nil {
		return fmt.Errorf("cancel %s's call: %w", sd.role.Name, err)
	}
	return nil
}

func (s *Session) killSide(ctx context.Context, sd *side) error {
	if sd.over() || sd.proc == nil {
		return fmt.Errorf("%s has ended already", sd.role.Name)
	}
	if err := sd.proc.Kill(ctx); err != nil {
		return fmt.Errorf("kill %s: %w", sd.role.Name, err)
	}
	return nil
}

// fresh starts a process anew after it ended; its program begins at the start.
func (s *Session) fresh(ctx context.Context, sd *side) error {
	if !sd.over() && sd.proc != nil {
		if sd.state != SideFault {
			return fmt.Errorf("%s is still there: kill it first", sd.role.Name)
		}
		if err := s.killSide(ctx, sd); err != nil {
			return err
		}
	}
	anew := s.sideOf(sd.role)
	if err := s.enlist(ctx, anew); err != nil {
		return fmt.Errorf("start %s: %w", sd.role.Name, err)
	}
	s.sides[slices.Index(s.sides, sd)] = anew
	s.log = append(s.log, LogLine{Side: sd.role.Name, Kind: netcore.ProcessEvent,
		Text: fmt.Sprintf("started anew as process %d", anew.proc.PID()), Step: s.stepNumber(), At: netcore.Now()})
	return nil
}

// strayed notes that a move beside the path was made. The path itself goes on:
// a step whose line has already run counts as run.
func (s *Session) strayed(m Move) {
	if s.lesson == nil {
		return
	}
	switch m.Kind {
	case MoveStep, MoveRun, MoveType, MoveKill, MoveFresh, MoveCancel, MoveEvent, MoveSet:
		s.guide.offPath = "You are beside the lesson's path. Enter goes on with it; jumping to a step runs the path alone, in a fresh lab."
	}
}

// resultLine is the outcome of a move on one line: the side's last call in it, or
// how its process ended, or else what it printed or which lines it ran.
func (s *Session) resultLine(sd *side) string {
	printed := ""
	for i, l := range slices.Backward(s.log) {
		switch {
		case l.Side != sd.role.Name:
			continue
		case i < s.last.since && !slices.Contains(s.last.calls, l.ID):
			return cmp.Or(printed, s.linesText()) // the rest is from an earlier move
		case l.Kind == netcore.OutputEvent && printed == "":
			printed = "printed " + strconv.Quote(l.Text)
		case l.Kind == netcore.CallEvent && l.Blocked:
			return l.Text + " has not returned"
		case l.Kind == netcore.CallEvent:
			return l.Text + " = " + l.Result + sentence(l.Errno)
		case l.Kind == netcore.ProcessEvent:
			return l.Text
		}
	}
	return cmp.Or(printed, s.linesText())
}

// linesText says which lines ran in a move in which nothing else is to be told.
func (s *Session) linesText() string {
	lines := s.last.lines
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("line %d ran, without a call", lines[0])
	}
	return fmt.Sprintf("lines %d to %d ran, without a call", slices.Min(lines), slices.Max(lines))
}

// sentence is what strerror says, in parentheses as strace has it.
func sentence(e netcore.Errno) string {
	if e == 0 {
		return ""
	}
	return " (" + e.Text() + ")"
}
