package lesson

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/netcore"
)

// Leg is one move on a step's own way to its goal.
type Leg struct {
	Role string
	// Label is the statement the role runs to and through; without one it makes
	// the call Text, as if it were typed.
	Label, Text string
}

// String is the leg as a lesson writes it: "server: listen", "server> listen(s, 5)".
func (g Leg) String() string {
	if g.Label != "" {
		return g.Role + ": " + g.Label
	}
	return g.Role + "> " + g.Text
}

// move is the leg as a move of the step with the number n.
func (g Leg) move(n int) Move {
	if g.Label != "" {
		return Move{Kind: MoveRun, Role: g.Role, Label: g.Label, Step: n}
	}
	return Move{Kind: MoveType, Role: g.Role, Text: g.Text, Step: n}
}

// Unmet is one condition of a goal that does not hold.
type Unmet struct {
	About Observable
	Want  Pattern
	Got   string // what is observed instead, empty for nothing
}

// UnmetError says what of a step's goal has not come about.
type UnmetError struct{ Open []Unmet }

func (e UnmetError) Error() string {
	var all []string
	for _, u := range e.Open {
		all = append(all, fmt.Sprintf("%s: expected %s, observed %s", u.About, u.Want, orNothing(u.Got)))
	}
	return "not yet: " + strings.Join(all, "; ")
}

// trying reports whether the present step has a goal the learner is to bring about.
func (s *Session) trying() bool { return s.guide.phase == Trying }

// unmet are the conditions of a goal that do not hold now, nil where there is none.
func (s *Session) unmet() (open []Unmet) {
	st := s.present()
	if st == nil || !s.trying() {
		return nil
	}
	for _, e := range st.Expect {
		if got, ok := s.holds(e, st); !ok {
			open = append(open, Unmet{e.About, s.expected(e), got})
		}
	}
	return open
}

// reach marks a goal step as done when what it wants has come about.
func (s *Session) reach() bool {
	st := s.present()
	if !s.trying() || !s.tried() || len(s.differing(st)) > 0 {
		return false
	}
	s.guide.phase = Ran
	s.guide.done = max(s.guide.done, s.guide.step+1)
	s.last.differed, s.last.unseen = nil, s.unseen(st)
	s.last.message = "Goal reached."
	s.mark(st)
	return true
}

// tried reports whether the learner has made a move in the present step.
func (s *Session) tried() bool {
	return slices.ContainsFunc(s.moves, func(m Move) bool { return m.Step == s.guide.step+1 })
}

// glance is how long a try is watched for what comes of it. What comes later is
// taken in all the same, when it does.
const glance = 150 * time.Millisecond

// try looks once more whether the goal has been reached, waiting for what the
// kernel brings about by itself.
func (s *Session) try(ctx context.Context) error {
	st := s.present()
	if err := s.look(ctx); err != nil {
		return err
	}
	if s.last.differed = s.differing(st); len(s.last.differed) > 0 {
		brief := *st
		brief.Patience = cmp.Or(st.Patience, glance)
		s.waitFor(ctx, &brief)
	}
	s.last.differed = nil
	if s.reach() {
		s.keep()
		return nil
	}
	open := s.show().Open
	if len(open) == 0 {
		return errors.New("nothing has been done in this step yet")
	}
	return UnmetError{open}
}

// Solve has the lesson bring a goal about in its own way, in a fresh lab where the
// learner has done something already. What the learner changed in the programs of
// that way is taken back first.
func (s *Session) Solve(ctx context.Context) error {
	return s.exclusive(ctx, s.solve)
}

func (s *Session) solve(ctx context.Context) error {
	if !s.trying() {
		return errors.New("no goal is open")
	}
	if s.acted(s.guide.step) {
		s.takeBackEdits()
		if err := s.anew(ctx); err != nil {
			return err
		}
	}
	return s.runStep(ctx)
}

// anew opens a fresh lab in which nothing of the present step has been done. The
// prediction stays what it was.
func (s *Session) anew(ctx context.Context) error {
	id := s.present().ID
	given, ok := s.guide.answers[id]
	if err := s.jump(ctx, s.guide.step); err != nil {
		return err
	}
	if ok {
		s.guide.answers[id] = given
	}
	s.guide.phase = s.openPhase()
	return nil
}

// acted reports whether the learner has done anything in step i, or before it beside
// the lesson's path.
func (s *Session) acted(i int) bool {
	for _, m := range s.moves {
		if m.Step == i+1 || m.Step == 0 {
			return true
		}
	}
	return len(s.edits) > 0
}

// takeBackEdits has every role run the lesson's own program in the next lab.
func (s *Session) takeBackEdits() {
	clear(s.edits)
	s.undo = nil
}

// onward goes to the step behind the present one. Behind a goal that the learner
// reached on a way of their own, the next step stands on the lesson's, in a fresh lab.
func (s *Session) onward(ctx context.Context) error {
	next := s.guide.step + 1
	st := s.present()
	if st.Goal && next < len(s.lesson.Steps) && !s.guide.solved && s.acted(s.guide.step) {
		return s.jump(ctx, next)
	}
	s.last = outcome{focus: s.last.focus}
	s.enterStep(next)
	s.show()
	return nil
}

// callFact is what the last call of that name a role made in this step returned;
// "none" where it made none.
func (s *Session) callFact(role, name string) string {
	for i := len(s.log) - 1; i >= s.guide.began; i-- {
		l := &s.log[i]
		if l.Side == role && l.Kind == netcore.CallEvent && strings.HasPrefix(l.Text, name+"(") {
			return l.returned()
		}
	}
	return "none"
}

// returned is what a call came back with, as patterns see it.
func (l *LogLine) returned() string {
	switch {
	case l.Blocked:
		return "blocks"
	case l.Errno != 0:
		return l.Errno.Name()
	}
	return l.Result
}

// failures counts the calls of a role in this step that returned an error.
func (s *Session) failures(role string) string {
	n := 0
	for _, l := range s.log[min(s.guide.began, len(s.log)):] {
		if l.Side == role && l.Kind == netcore.CallEvent && l.Errno != 0 {
			n++
		}
	}
	return fmt.Sprint(n)
}
