package lesson

import (
	"context"
	"time"

	"sockstep/netcore"
)

// makeWhenFree makes a step's move. Where the side is still inside a call of an
// earlier step and this one has patience, it waits for that call to return: a
// connect that the kernel repeats comes back when it will. What happens meanwhile
// belongs to the step.
func (s *Session) makeWhenFree(ctx context.Context, sd *side, m Move) error {
	limit := s.lesson.Steps[m.Step-1].Patience
	if sd.state != SideBlocked || limit == 0 {
		return s.make(ctx, m)
	}
	s.last = s.begun(m.Role)
	if err := s.awaitReturn(ctx, sd, limit); err != nil {
		return err
	}
	before := s.last
	err := s.make(ctx, m)
	s.last = s.last.behind(before)
	return err
}

// awaitReturn takes in what happens until a side's call has returned or the limit
// has passed.
func (s *Session) awaitReturn(ctx context.Context, sd *side, limit time.Duration) error {
	s.guide.waits = netcore.Now() + int64(limit)
	defer func() { s.guide.waits = 0 }()
	s.show()
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for sd.state == SideBlocked {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-end.C:
			return nil
		case <-tick.C:
		}
		if err := s.look(ctx); err != nil {
			return err
		}
	}
	return nil
}
