package lesson

import (
	"context"
	"fmt"

	"sockstep/lesson/cprog"
)

// raise opens a fresh lab and starts the cast in it; whatever was there before
// is struck first.
func (s *Session) raise(ctx context.Context) error {
	if err := s.strike(); err != nil {
		return err
	}
	stage, err := s.open(ctx, s.name())
	if err != nil {
		return fmt.Errorf("open a lab: %w", err)
	}
	s.stage, s.closed = stage, false
	s.life, s.kill = context.WithCancel(context.Background())
	s.tl.Store(stage.Timeline())
	s.moves, s.log, s.last = nil, nil, outcome{}
	s.choosePort()
	s.sides = s.freshSides()
	for _, sd := range s.sides {
		if err := s.enlist(ctx, sd); err != nil {
			return fmt.Errorf("start %s: %w", sd.role.Name, err)
		}
	}
	if err := s.sample(ctx, 0); err != nil {
		return err
	}
	s.keep()
	return nil
}

// strike closes the lab and everything in it.
func (s *Session) strike() error {
	if s.stage == nil {
		return nil
	}
	s.kill()
	err := s.stage.Close()
	s.stage = nil
	s.unclaim(0)
	return err
}

// enlist starts the process of a side and watches for its end.
func (s *Session) enlist(ctx context.Context, sd *side) error {
	p, err := s.stage.Start(ctx, sd.role.Name)
	if err != nil {
		return err
	}
	sd.proc, sd.state = p, SideIdle
	sd.machine = cprog.New(sd.program, cprog.Options{PID: p.PID()})
	go s.watchEnd(s.life, sd, p)
	return nil
}

// watchEnd notices that a process ended by itself or was killed from outside.
func (s *Session) watchEnd(life context.Context, sd *side, p Process) {
	select {
	case <-life.Done():
	case <-p.Ended():
		s.mu.Lock()
		defer s.mu.Unlock()
		if life.Err() == nil && sd.proc == p && !sd.over() {
			s.afterwards(life)
		}
	}
}

// watchReturn notices that a blocked call came back while nobody moved.
func (s *Session) watchReturn(life context.Context, sd *side, p Pending) {
	select {
	case <-life.Done():
	case <-p.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if life.Err() == nil && sd.pending == p {
			s.afterwards(life)
		}
	}
}

// afterwards takes in what happened by itself and publishes it.
func (s *Session) afterwards(ctx context.Context) {
	s.absorb(ctx)
	if err := s.sample(ctx, 0); err != nil {
		s.last.message = err.Error()
	}
	s.keep()
}

func (s *Session) freshSides() []*side {
	sides := make([]*side, len(s.cast))
	for i, r := range s.cast {
		sides[i] = s.sideOf(r)
	}
	return sides
}

func (s *Session) sideOf(r Role) *side {
	sd := newSide(r, s.programOf(r))
	sd.edited = s.edits[r.Name] != nil
	return sd
}

// programOf is the program a role runs: the learner's version if there is one.
func (s *Session) programOf(r Role) *cprog.Program {
	if p := s.edits[r.Name]; p != nil {
		return p
	}
	return s.port.apply(r.Program)
}

func (s *Session) name() string {
	if s.lesson == nil {
		return ""
	}
	return s.lesson.Name
}
