package lesson

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/netcore"
)

// patience is how long a step waits for the kernel to show what is expected,
// for example FIN_WAIT2 after a delayed acknowledgement of some 40 ms.
const patience = 1500 * time.Millisecond

// present is the step the learner is at, nil in free play and at the end.
func (s *Session) present() *Step {
	if s.lesson == nil || s.guide.step >= len(s.lesson.Steps) {
		return nil
	}
	return &s.lesson.Steps[s.guide.step]
}

// stepNumber is the number from 1 of the step being run, 0 beside the path.
func (s *Session) stepNumber() int {
	if s.present() == nil {
		return 0
	}
	return s.guide.step + 1
}

// enterStep goes to a step, which has not run yet.
func (s *Session) enterStep(i int) {
	if i != s.guide.step || len(s.log) < s.guide.began {
		s.guide.began, s.guide.from, s.guide.solved = len(s.log), s.Timeline().Len(), false
	}
	s.guide.step, s.guide.typed, s.guide.acted = i, false, 0
	s.guide.phase = s.openPhase()
}

// openPhase is the phase of a step that has not run: what it wants first.
func (s *Session) openPhase() Phase {
	st := s.present()
	switch {
	case st == nil:
		return Finished
	case st.Input != nil && !s.guide.typed:
		return Typing
	case st.Ask != nil && !s.answered(st):
		return Asking
	case st.Goal:
		return Trying
	}
	return Reading
}

func (s *Session) answered(st *Step) bool {
	_, ok := s.guide.answers[st.ID]
	return ok
}

func (s *Session) answer(choice int) error {
	st := s.present()
	if st == nil || st.Ask == nil || s.guide.phase != Asking {
		return fmt.Errorf("no question is open")
	}
	if choice < -1 || choice >= len(st.Ask.Options) {
		return fmt.Errorf("the answers go from 1 to %d", len(st.Ask.Options))
	}
	s.guide.answers[st.ID] = Answer{Step: st.ID, Chosen: choice, Correct: -1}
	s.guide.phase = s.openPhase()
	s.show()
	return nil
}

func (s *Session) input(ctx context.Context, text string) error {
	st := s.present()
	if st == nil || st.Input == nil || s.guide.phase != Typing {
		return fmt.Errorf("no value is wanted here")
	}
	if text != "" {
		if err := checkInput(st.Input.Kind, text); err != nil {
			return err
		}
		for _, role := range append([]string{st.Input.Role}, st.Input.Also...) {
			m := Move{Kind: MoveInput, Role: role, Label: st.Input.Define, Text: text, Step: s.guide.step + 1}
			if err := s.make(ctx, m); err != nil {
				return err
			}
			s.keep()
		}
	}
	s.guide.typed = true
	s.guide.phase = s.openPhase()
	if text == "" {
		s.show()
		return nil
	}
	s.keep()
	return nil
}

// runStep runs the present step, observes what it was to show, and marks the
// prediction.
func (s *Session) runStep(ctx context.Context) error {
	st := s.present()
	moves := st.moves(s.guide.step + 1)
	if st.Compile != nil {
		moves = []Move{st.Compile.move(s.guide.step + 1)}
	}
	if st.Watch != nil {
		moves = []Move{st.Watch.move(s.guide.step + 1)}
	}
	if len(moves) == 0 {
		return s.runNothing(ctx, st)
	}
	made := len(s.moves)
	if err := s.walk(ctx, moves); err != nil {
		s.last.message = err.Error()
		s.publish(made)
		return err
	}
	s.finishStep(ctx, st)
	s.keep()
	return nil
}

// runNothing runs a step without moves: one that is to be read.
func (s *Session) runNothing(ctx context.Context, st *Step) error {
	s.last = s.begun("")
	s.finishStep(ctx, st)
	s.show()
	return nil
}

// guided runs a step's move, unless the learner has done that already beside the
// path.
func (s *Session) guided(ctx context.Context, m Move) error {
	if m.Kind == MoveWire {
		return s.guidedWire(ctx, m)
	}
	if m.Role == "" || m.Kind == MoveType {
		return s.make(ctx, m)
	}
	sd, err := s.side(m.Role)
	if err != nil {
		return err
	}
	if m.Kind == MoveCancel {
		return s.guidedInterrupt(ctx, sd, m)
	}
	if sd.passed[m.Label] >= s.needed(m.Step-1, Run{m.Role, m.Label}) {
		s.last = outcome{focus: m.Role, from: s.Timeline().Len(), message: "This line has run already, beside the path."}
		return nil
	}
	if sd.state == SideBlocked && sd.at.Label == m.Label {
		s.last = outcome{focus: m.Role, from: s.Timeline().Len(), result: "still inside the call"}
		return nil
	}
	return s.makeWhenFree(ctx, sd, m)
}

// guidedInterrupt interrupts the call a step wants interrupted, unless it has come
// back already.
func (s *Session) guidedInterrupt(ctx context.Context, sd *side, m Move) error {
	s.catchUp(ctx, sd)
	if sd.state != SideBlocked {
		s.last = outcome{focus: m.Role, from: s.Timeline().Len(), message: "The call has come back already, beside the path."}
		return nil
	}
	return s.make(ctx, m)
}

// needed is how often a label must have completed when step i has run.
func (s *Session) needed(i int, want Run) int {
	n := 0
	for _, st := range s.lesson.Steps[:i+1] {
		if st.Run != nil && *st.Run == want {
			n++
		}
		for _, leg := range st.Route {
			if leg.Label != "" && leg.Role == want.Role && leg.Label == want.Label {
				n++
			}
		}
	}
	return n
}

// finishStep holds the step's expectations and its question against what is
// observed; it publishes first and then waits for what the kernel still owes.
func (s *Session) finishStep(ctx context.Context, st *Step) {
	s.guide.phase, s.guide.solved = Ran, st.Goal
	s.guide.done = max(s.guide.done, s.guide.step+1)
	if s.last.differed = s.differing(st); len(s.last.differed) > 0 {
		s.waitFor(ctx, st)
	}
	s.last.unseen = s.unseen(st)
	s.mark(st)
}

// waitFor samples until the step's expectations hold or patience ends.
func (s *Session) waitFor(ctx context.Context, st *Step) {
	limit := s.patienceFor(st)
	if limit == 0 {
		return
	}
	sd, err := s.side(s.last.focus)
	asleep := err == nil && sd.state == SideBlocked
	pending := s.last.differed
	s.last.differed = nil
	s.guide.waits = netcore.Now() + int64(limit)
	defer func() { s.guide.waits = 0 }()
	s.show()
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	extra := repeatPatience
	for len(pending) > 0 {
		select {
		case <-ctx.Done():
		case <-end.C:
			if due := s.repeatDue(&extra); due > 0 {
				end.Reset(due)
				s.guide.waits = netcore.Now() + int64(due)
				s.show()
				continue
			}
		case <-tick.C:
			events := s.Timeline().Len()
			s.absorb(ctx)
			if s.sample(ctx) == nil {
				pending = s.differing(st)
				if s.Timeline().Len() != events {
					s.show()
				}
				continue
			}
		}
		break
	}
	s.last.differed = pending
	if asleep && sd.state != SideBlocked {
		s.last.result = s.resultLine(sd)
	}
}

// patienceFor is how long the kernel may still bring about what a step expects:
// not at all where nothing that it expects changes by itself. What a call returned
// does while its side is inside one.
func (s *Session) patienceFor(st *Step) time.Duration {
	if st.Patience > 0 {
		return st.Patience
	}
	limit := time.Duration(0)
	for _, e := range st.Expect {
		if !e.About.socket() && !s.inside(e.About, st) || s.expected(e).Match(s.observe(e.About, st)) {
			continue
		}
		if limit = settling; s.passing() {
			return patience
		}
	}
	return limit
}

// settling is how long a busy machine may take to deliver what was sent over its
// own loopback, and to let a program run that it woke.
const settling = time.Second

// inside reports whether the side that an observable is about is in a call that may
// still come back.
func (s *Session) inside(o Observable, st *Step) bool {
	sd, err := s.side(s.roleOf(strings.Fields(string(o)), st))
	return err == nil && sd.state == SideBlocked
}

// passing reports whether a socket is in a state that the kernel leaves by itself.
func (s *Session) passing() bool {
	return slices.ContainsFunc(s.snapshot.Sockets, func(k netcore.Socket) bool { return passing(k.State) })
}

// socket reports whether an observable is a fact about the kernel's sockets, and
// not about what a program holds or was told.
func (o Observable) socket() bool {
	switch word(strings.Fields(string(o)), 0) {
	case "result", "bytes", "value", "descriptors", "call", "failed", "compiler", "complaint", "complains":
		return false
	}
	return !o.watched()
}

// differing lists the expectations of a step that do not hold now.
func (s *Session) differing(st *Step) []string {
	var out []string
	for _, e := range st.Expect {
		if got, ok := s.holds(e, st); !ok {
			out = append(out, fmt.Sprintf("%s: expected %s, observed %s", e.About, s.expected(e), orNothing(got)))
		}
	}
	return out
}

// holds reports whether an expectation is met now, or not to be judged, and what is
// observed.
func (s *Session) holds(e Expectation, st *Step) (got string, ok bool) {
	if e.Default && s.retyped() {
		return "", true
	}
	got = s.observe(e.About, st)
	return got, s.expected(e).Match(got) || got == "" && e.About.wire()
}

// unseen lists what a step expects of packets where they cannot be seen: that is
// neither so nor otherwise.
func (s *Session) unseen(st *Step) (out []string) {
	for _, e := range st.Expect {
		if e.About.wire() && s.observe(e.About, st) == "" {
			out = append(out, fmt.Sprintf("%s: expected %s, observed nothing", e.About, e.Here()))
		}
	}
	return out
}

// wire reports whether an observable is about packets.
func (o Observable) wire() bool { return o == "packets" || o == "held" }

// retyped reports whether the learner typed a value of their own, so that what
// holds only for the listings' values is not judged.
func (s *Session) retyped() bool {
	for _, p := range s.edits {
		if p != nil {
			return true
		}
	}
	return false
}

// mark holds the answer to a step's question against what was observed. Where the
// step did not go as it should, there is nothing to hold it against.
func (s *Session) mark(st *Step) {
	a, ok := s.guide.answers[st.ID]
	if st.Ask == nil || !ok || len(s.last.differed) > 0 {
		return
	}
	observed := ""
	if st.Ask.About != "" {
		observed = s.observe(st.Ask.About, st)
	}
	q := s.port.question(*st.Ask)
	if a.Typed != "" {
		a = q.MarkTyped(a.Typed, observed)
	} else {
		a = q.Mark(a.Chosen, observed)
	}
	a.Step = st.ID
	s.guide.answers[st.ID] = a
}

// jump throws the lab away and really runs everything before a step in a fresh
// one, without questions.
func (s *Session) jump(ctx context.Context, to int) error {
	if s.lesson == nil {
		return fmt.Errorf("free play has no steps to jump to")
	}
	if to < 0 || to >= len(s.lesson.Steps) {
		return fmt.Errorf("the steps go from 1 to %d", len(s.lesson.Steps))
	}
	if err := s.raise(ctx); err != nil {
		return err
	}
	s.guide.offPath = ""
	s.forget(to)
	for i := range to {
		s.enterStep(i)
		st := s.present()
		moves := st.moves(i + 1)
		if len(moves) == 0 {
			continue
		}
		if err := s.walk(ctx, moves); err != nil {
			return s.stranded(fmt.Errorf("step %d: %w", i+1, err))
		}
		s.guide.phase = Ran
		if (st.Patience > 0 || s.midway()) && len(s.differing(st)) > 0 {
			s.waitFor(ctx, st) // the next step builds on what this one waits for
		}
		s.keep()
	}
	s.guide.done = max(s.guide.done, to)
	s.enterStep(to)
	s.last = outcome{message: jumpMessage(to, len(s.moves))}
	s.show() // the record stays that of the last step run
	return nil
}

// midway reports whether a side sleeps short of where its move was to take it.
func (s *Session) midway() bool {
	return slices.ContainsFunc(s.sides, func(sd *side) bool { return sd.goal.label != "" })
}

// forget drops the answers from a step on: run afresh, it asks again.
func (s *Session) forget(from int) {
	for _, st := range s.lesson.Steps[min(from, len(s.lesson.Steps)):] {
		delete(s.guide.answers, st.ID)
	}
}

// jumpMessage says what has run before a step that was jumped to: moves is how much.
func jumpMessage(to, moves int) string {
	switch {
	case to == 0:
		return "A fresh start: nothing has run yet."
	case moves == 0:
		return "A fresh lab: nothing has to run before this step."
	case to == 1:
		return "Step 1 has really run, in a fresh lab."
	}
	return fmt.Sprintf("Steps 1 to %d have really run, in a fresh lab.", to)
}

// rerun repeats the first n moves in a fresh lab. Each waits until its call has
// returned or is seen blocked, as it did the first time.
func (s *Session) rerun(ctx context.Context, n int) error {
	moves := s.moves[:min(max(n, 0), len(s.moves))]
	if err := s.raise(ctx); err != nil {
		return err
	}
	differed, err := s.replay(ctx, moves)
	if err != nil {
		return s.stranded(err)
	}
	s.standAfter(moves)
	if s.lesson != nil {
		s.forget(s.asked())
	}
	s.last.message = jumpMessageMoves(len(moves)) + differed
	s.keep()
	return nil
}

// asked is the first step that has not run where the learner stands.
func (s *Session) asked() int {
	if s.guide.phase == Ran {
		return s.guide.step + 1
	}
	return s.guide.step
}

// stranded publishes where a run in a fresh lab broke off, with why.
func (s *Session) stranded(err error) error {
	s.standAfter(s.moves)
	s.last.message = err.Error()
	s.keep()
	return err
}

// replay makes moves again, and says in a sentence which of them could not be
// made this time: with a changed text things may take another course. Its error
// is that it did not come to the end.
func (s *Session) replay(ctx context.Context, moves []Move) (differed string, err error) {
	var failures []string
	for i, m := range moves {
		s.enterMoveStep(m)
		s.endBefore(ctx, m)
		why := error(nil)
		if !m.changesText() {
			why = s.make(ctx, m)
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if errors.Is(why, netcore.ErrClosed) {
			return "", why
		}
		if why != nil {
			failures = append(failures, fmt.Sprintf("move %d could not be made: %v", i+1, why))
		}
		if len(s.moves) == i {
			s.moves = append(s.moves, m) // keep moves and records in step
		}
		s.keep()
	}
	return otherCourse(failures), nil
}

// otherCourse says in sentences what could not be made again, the first in full.
func otherCourse(failures []string) string {
	switch n := len(failures); n {
	case 0:
		return ""
	case 1:
		return " This time " + failures[0] + "."
	default:
		return fmt.Sprintf(" This time %s. Nor could %d of those after it.", failures[0], n-1)
	}
}

// endBefore ends a side that a repeated move starts afresh: it had been killed
// from outside, which was no move.
func (s *Session) endBefore(ctx context.Context, m Move) {
	if sd, err := s.side(m.Role); err == nil && m.Kind == MoveFresh && !sd.over() {
		if err := s.killSide(ctx, sd); err == nil {
			s.absorb(ctx)
		}
	}
}

// changesText reports whether a move changes a program. Edits are kept per
// lesson: a fresh lab starts with the changed text.
func (m Move) changesText() bool {
	return m.Kind == MoveEdit || m.Kind == MoveRevert || m.Kind == MoveInput
}

// runs reports whether a move is what a step does, and not what it asks for.
func (m Move) runs() bool {
	return m.Kind == MoveRun || m.Kind == MoveSet || m.Kind == MoveWire || m.Kind == MoveCompile || m.Kind == MoveWatch
}

func (s *Session) enterMoveStep(m Move) {
	if m.Step > 0 && m.Step <= s.steps() {
		s.enterStep(m.Step - 1)
		s.guide.typed = true
		if s.present().Goal {
			s.guide.phase = Trying
		} else if m.runs() {
			s.guide.phase = Ran // as its record is to show it
		}
	}
}

// standAfter puts the guide where the moves lead: behind the last step that was
// run by them.
func (s *Session) standAfter(moves []Move) {
	if s.lesson == nil {
		return
	}
	s.guide.offPath = ""
	last := -1
	for _, m := range moves {
		switch {
		case m.Step > 0 && m.Step <= s.steps() && (m.runs() || s.lesson.Steps[m.Step-1].Goal):
			last = m.Step - 1
		case m.Step == 0:
			s.strayed(m)
		}
	}
	if last < 0 {
		s.enterStep(0)
		return
	}
	s.enterStep(last)
	if st := s.present(); !st.Goal {
		s.guide.phase = Ran
	} else {
		s.guide.phase = Trying
		s.reach()
	}
}

func jumpMessageMoves(n int) string {
	if n == 0 {
		return "A fresh start: nothing has run yet."
	}
	return "Everything up to here has really run again, in a fresh lab."
}

// sample reads descriptors and sockets and notes what changed since the last look.
func (s *Session) sample(ctx context.Context) error {
	now, err := s.stage.Snapshot(ctx)
	if err != nil {
		return fmt.Errorf("look at the lab: %w", err)
	}
	s.last.changed = append(s.last.changed, diff(s.snapshot, now)...)
	s.snapshot = now
	return nil
}

// refresh samples once and publishes if something is new.
func (s *Session) refresh(ctx context.Context) error {
	before, changes, events := s.snapshot, len(s.last.changed), s.Timeline().Len()
	if err := s.sample(ctx); err != nil {
		return err
	}
	if s.reach() {
		s.keep()
		return nil
	}
	if len(s.last.changed) != changes || s.Timeline().Len() != events || timersMoved(before, s.snapshot) {
		s.show()
	}
	return nil
}
