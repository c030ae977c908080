package lesson

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// raise opens a fresh lab and starts the cast in it; whatever was there before
// is struck first. Where that fails there is no lab, and the moves made so far
// are kept to be run again.
func (s *Session) raise(ctx context.Context) error {
	_ = s.strike() // a lab that was lost has nothing left to close
	if err := s.build(ctx); err != nil {
		_ = s.strike()
		s.sides, s.snapshot = s.freshSides(), netcore.Snapshot{}
		s.last = outcome{message: err.Error()}
		s.show()
		return err
	}
	s.moves, s.log = nil, nil
	s.guide.began, s.guide.from = 0, 0
	if s.lesson != nil {
		s.enterStep(0) // where a fresh lab stands, whatever ran in the one before
	}
	s.keep()
	return nil
}

// build opens a lab and starts the cast in it.
func (s *Session) build(ctx context.Context) error {
	stage, err := s.open(ctx, s.world)
	if errors.Is(err, netcore.ErrNoWire) {
		return ErrPrivate
	}
	if err != nil {
		return fmt.Errorf("open a lab: %w", err)
	}
	s.stage, s.last, s.snapshot = stage, outcome{}, netcore.Snapshot{}
	s.life, s.kill = context.WithCancel(context.Background())
	s.tl.Store(stage.Timeline())
	s.choosePort()
	s.sides = s.freshSides()
	for _, sd := range s.sides {
		if err := s.enlist(ctx, sd); err != nil {
			return fmt.Errorf("start %s: %w", sd.role.Name, err)
		}
	}
	if err := s.furnish(ctx); err != nil {
		return err
	}
	err = s.sample(ctx)
	s.last = s.begun("") // what a lab begins with has not changed
	go s.watchArrivals(s.life, stage)
	return err
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
		s.meanwhile(life, func() bool { return sd.proc == p && !sd.over() })
	}
}

// watchReturn notices that a blocked call came back while nobody moved.
func (s *Session) watchReturn(life context.Context, sd *side, p Pending) {
	select {
	case <-life.Done():
	case <-p.Done():
		s.meanwhile(life, func() bool { return sd.pending == p })
	}
}

// meanwhilePatience bounds what is done about something that happened by
// itself, so that a stopped lab does not take the next move's turn for ever.
const meanwhilePatience = 5 * time.Second

// meanwhile takes in what happened by itself, if it is still news when its turn
// comes and the lab is the same.
func (s *Session) meanwhile(life context.Context, news func() bool) {
	select {
	case <-life.Done():
		return
	case s.turn <- struct{}{}:
		defer s.pass()
	}
	if life.Err() != nil || !news() {
		return
	}
	ctx, cancel := context.WithTimeout(life, meanwhilePatience)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	s.afterwards(ctx)
}

// afterwards takes in what happened by itself and publishes it.
func (s *Session) afterwards(ctx context.Context) {
	s.absorb(ctx)
	if err := s.sample(ctx); err != nil {
		s.last.message = err.Error()
	}
	s.reach()
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
