package lesson

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"sockstep/netcore"
)

// Order is a puzzle: the calls of a role, to be put in their order among others that
// do not belong.
type Order struct {
	Role string
	// Calls are the calls in an order that reaches the step's goal, Strangers those
	// that do not belong; each is C as it could be typed.
	Calls, Strangers []string
}

// Cards are all the calls of a puzzle, shuffled: for one puzzle always in the same
// way, so that a class has the same.
func (o *Order) Cards() []string {
	all := slices.Concat(o.Calls, o.Strangers)
	seed := fnv.New64a()
	seed.Write([]byte(strings.Join(all, "\n")))
	deal := rand.New(rand.NewPCG(seed.Sum64(), 0))
	deal.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// route is the puzzle's own way to its goal.
func (o *Order) route() (all []Leg) {
	for _, call := range o.Calls {
		all = append(all, Leg{Role: o.Role, Text: call})
	}
	return all
}

// Order has the role of an open puzzle really make the calls with these indices
// among its Cards, one after the other, until it waits in one or has died of it. A
// second try begins in a fresh lab. An UnmetError says what of the goal is not there.
func (s *Session) Order(ctx context.Context, picks []int) error {
	return s.exclusive(ctx, func(ctx context.Context) error { return s.order(ctx, picks) })
}

func (s *Session) order(ctx context.Context, picks []int) error {
	st := s.present()
	if !s.trying() || st.Order == nil {
		return errors.New("no puzzle is open")
	}
	moves, err := st.Order.picked(picks, s.guide.step+1)
	if err != nil {
		return err
	}
	if s.acted(s.guide.step) {
		if err := s.anew(ctx); err != nil {
			return err
		}
	}
	if err := s.makeInOrder(ctx, st, moves); err != nil {
		return err
	}
	answers := s.calledBack(st.Order.Role)
	s.last.message = answers
	err = s.try(ctx)
	if s.guide.phase == Ran {
		s.last.message = "In order. " + answers
		s.show()
	}
	return err
}

// picked are the moves that make the calls picked.
func (o *Order) picked(picks []int, step int) (moves []Move, err error) {
	cards := o.Cards()
	for _, i := range picks {
		if i < 0 || i >= len(cards) {
			return nil, fmt.Errorf("the calls go from 1 to %d", len(cards))
		}
		moves = append(moves, Move{Kind: MoveType, Role: o.Role, Text: cards[i], Step: step})
	}
	if len(moves) == 0 {
		return nil, errors.New("choose at least one call")
	}
	return moves, nil
}

// makeInOrder makes moves until their side cannot go on. What they brought is one
// outcome.
func (s *Session) makeInOrder(ctx context.Context, st *Step, moves []Move) error {
	for i, m := range moves {
		sd, err := s.side(st.Order.Role)
		if err != nil {
			return err
		}
		if i > 0 && (sd.state == SideBlocked || sd.over() || sd.state == SideFault) {
			return nil
		}
		before := s.last
		err = s.make(ctx, m)
		if i > 0 {
			s.last = s.last.behind(before)
		}
		if err != nil {
			return err
		}
		s.keep()
	}
	return nil
}

// calledBack says what each call of a role in this step came back with.
func (s *Session) calledBack(role string) string {
	var all []string
	for _, l := range s.log[min(s.guide.began, len(s.log)):] {
		if l.Side != role || l.Kind == netcore.NoteEvent {
			continue
		}
		if l.Kind != netcore.CallEvent {
			all = append(all, l.Text)
			continue
		}
		name, _, _ := strings.Cut(l.Text, "(")
		all = append(all, name+"() "+l.answer())
	}
	return "The kernel answered: " + strings.Join(all, ", ") + "."
}

// answer is returned as a sentence has it.
func (l *LogLine) answer() string {
	switch {
	case l.Blocked:
		return "waits"
	case l.Errno != 0:
		return "= -1 " + l.Errno.Name()
	case l.Lost():
		return "never returned"
	}
	return "= " + l.Result
}
