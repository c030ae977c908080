package tracing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/trace"
	"sockstep/netcore/tracer"
)

// StopsText says in words where threads stop; it is empty where they run freely.
func StopsText(s tracer.Stops) string {
	if s.Every {
		return "each call"
	}
	var at []string
	for i, name := range s.Calls {
		if i == mostNamed {
			at = append(at, "more like it")
			break
		}
		at = append(at, name+"()")
	}
	if s.Errors {
		at = append(at, "an error")
	}
	if s.HasDescriptor {
		at = append(at, fmt.Sprintf("calls on descriptor %d", s.Descriptor))
	}
	return strings.Join(at, ", ")
}

// mostNamed is how many calls a text names one by one.
const mostNamed = 2

// move makes one move: what it changes is counted from here.
func (s *Session) move(ctx context.Context, make func(context.Context) error) error {
	if s.trace == nil {
		if v := s.View(); v != nil && !v.Traced.Live {
			return ErrRecording
		}
		return ErrClosed
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.closing.Err() != nil {
		return ErrClosed
	}
	s.mu.Lock()
	s.from, s.was = s.rec.timeline.Len(), s.look
	s.mu.Unlock()
	err := make(ctx)
	if looked := s.lookAround(ctx); err == nil {
		err = looked
	}
	return err
}

// Step lets the first thread of a program that stands make its call, and waits until
// it stands again, waits in the call, has ended, or runs on for a moment.
func (s *Session) Step(ctx context.Context, side string) error {
	return s.move(ctx, func(ctx context.Context) error {
		for _, st := range s.trace.Stands() {
			if netcore.ProgramOf(st.Call.Process) == side {
				return s.resume(ctx, st)
			}
		}
		return ErrNoStand
	})
}

func (s *Session) resume(ctx context.Context, st trace.Stand) error {
	s.mu.Lock()
	h := s.thread(st.TID, st.Call.Process)
	h.asleep, h.returned = false, time.Time{}
	s.mu.Unlock()
	if err := s.trace.Resume(ctx, st.TID); err != nil {
		return err
	}
	return s.await(ctx, func() (bool, time.Duration) { return s.settled(st.TID, h, st.Returned) })
}

// settled reports whether a thread has come to rest, or after how long it would count
// as running on.
func (s *Session) settled(tid int, h *thread, behind bool) (bool, time.Duration) {
	for _, st := range s.trace.Stands() {
		if st.TID == tid {
			return true, 0
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.asleep || h.over {
		return true, 0
	}
	if h.returned.IsZero() && !behind {
		return false, patience
	}
	return false, runsOn
}

// await waits for a condition that events bring about, no longer than it says.
func (s *Session) await(ctx context.Context, done func() (bool, time.Duration)) error {
	begun := time.Now()
	for {
		s.mu.Lock()
		poked := s.poked
		s.mu.Unlock()
		ok, limit := done()
		left := limit - time.Since(begun)
		if ok || left <= 0 {
			return nil
		}
		end := time.NewTimer(left)
		select {
		case <-poked:
		case <-end.C:
			return nil
		case <-ctx.Done():
			end.Stop()
			return context.Cause(ctx)
		}
		end.Stop()
	}
}

// settleAll waits until every program stands, waits or has ended, or has run for a
// moment.
func (s *Session) settleAll(ctx context.Context) {
	_ = s.await(ctx, func() (bool, time.Duration) {
		stands := s.trace.Stands()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, r := range s.runs {
			if !s.rests(r, stands) {
				return false, patience
			}
		}
		return true, 0
	})
}

// rests reports whether something of a program stands or sleeps, or it has ended.
func (s *Session) rests(r *trace.Running, stands []trace.Stand) bool {
	select {
	case <-r.Ended():
		return true
	default:
	}
	for _, st := range stands {
		if netcore.ProgramOf(st.Call.Process) == r.Name {
			return true
		}
	}
	for _, h := range s.threads {
		if netcore.ProgramOf(h.process) == r.Name && h.asleep {
			return true
		}
	}
	return false
}

// Run lets every thread run, and stops none from now on.
func (s *Session) Run(ctx context.Context) error { return s.StopAt(ctx, tracer.Stops{}) }

// StopAt says where threads stop from now on. Those that stand go on, unless they are
// to stop at each call.
func (s *Session) StopAt(ctx context.Context, stops tracer.Stops) error {
	return s.move(ctx, func(ctx context.Context) error {
		if err := s.trace.Tracer().SetStops(ctx, stops); err != nil {
			return err
		}
		s.mu.Lock()
		s.stops = stops
		s.mu.Unlock()
		if stops.Every {
			return nil
		}
		if err := s.trace.Resume(ctx, 0); err != nil {
			return err
		}
		return s.pause(ctx)
	})
}

// pause waits a moment for what goes on by itself.
func (s *Session) pause(ctx context.Context) error {
	select {
	case <-time.After(runsOn / 2):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// running is the program of a side.
func (s *Session) running(side string) (int, *trace.Running) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.runs {
		if r.Name == side {
			return i, r
		}
	}
	return -1, nil
}

// Input types a text into a program's terminal; a line is handed to it with its line
// feed, "\x04" alone is the end of the input.
func (s *Session) Input(ctx context.Context, side, text string) error {
	_, r := s.running(side)
	if r == nil || r.Console == nil {
		return ErrNoConsole
	}
	return s.move(ctx, func(ctx context.Context) error {
		_ = r.Console.SetWriteDeadline(time.Now().Add(patience))
		if _, err := r.Console.WriteString(text); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return errors.New("its terminal takes no more until the program reads")
			}
			return fmt.Errorf("type into the program's terminal: %w", err)
		}
		return s.pause(ctx)
	})
}

// Signal sends a signal to a program. A thread that stands gets it when it goes on.
func (s *Session) Signal(ctx context.Context, side string, sig syscall.Signal) error {
	_, r := s.running(side)
	if r == nil {
		return ErrRecording
	}
	return s.move(ctx, func(ctx context.Context) error {
		if err := s.trace.Kill(ctx, r, sig); err != nil {
			return err
		}
		return s.ending(ctx, r, runsOn)
	})
}

// ending waits for the end of a program, no longer than a limit.
func (s *Session) ending(ctx context.Context, r *trace.Running, limit time.Duration) error {
	select {
	case <-r.Ended():
	case <-time.After(limit):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// Restart ends a program, if it lives, and runs it again.
func (s *Session) Restart(ctx context.Context, side string) error {
	i, r := s.running(side)
	if r == nil || s.o.PID != 0 {
		return errors.New("only a program that was started here can be started again")
	}
	return s.move(ctx, func(ctx context.Context) error {
		if err := s.trace.Kill(ctx, r, syscall.SIGKILL); err != nil {
			return err
		}
		if err := s.ending(ctx, r, patience); err != nil {
			return err
		}
		again, err := s.run(ctx, s.trace, i)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.runs[i] = again
		s.mu.Unlock()
		s.settleAll(ctx)
		return nil
	})
}
