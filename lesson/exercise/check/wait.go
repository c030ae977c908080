package check

import "time"

// How long things may take. A correct program meets none of these limits, on a busy
// machine either.
const (
	// criterionLimit bounds one criterion.
	criterionLimit = 90 * time.Second
	// examLimit bounds a whole check.
	examLimit = 6 * time.Minute
	// patience bounds the wait for one thing to come while the program is busy.
	patience = 25 * time.Second
	// stillFor is how long a program stands still before nothing is expected of it
	// any more, quietFor where it should stand still.
	stillFor = 600 * time.Millisecond
	quietFor = 250 * time.Millisecond
	// startFor is how long a program may sleep before it listens.
	startFor = time.Second
	// mostFruitless is how many calls in a row may move nothing, for as long as a program
	// may stand still, and mostCPU how long it may compute without a call, before it is
	// taken to go round for ever.
	mostFruitless = 1500
	mostCPU       = 3 * time.Second
	// lookEvery is the time between two looks at its threads.
	lookEvery = 20 * time.Millisecond
)

// outcome is how a wait ended.
type outcome int

const (
	came  outcome = iota // what was waited for
	still                // the program stands still without
	ended                // the program has ended without
	spins                // the program goes round without
	late                 // patience is over
)

// until waits for something that comes by a call of the program, a byte or a
// connection, or for one of the ends. Without a program only patience ends it.
func (t *T) until(p *Program, still time.Duration, there func() bool) outcome {
	begun := time.Now()
	s := stillness{program: p, window: still, begun: begun}
	deadline := begun.Add(patience)
	for {
		if there() {
			return came
		}
		t.inTime()
		how := s.look(t)
		if how == came && time.Now().Before(deadline) {
			t.pause()
			continue
		}
		if how == ended {
			t.arrives(there)
		}
		if there() {
			return came
		}
		if how == came {
			how = late
		}
		return how
	}
}

// arrives waits for what a program that has ended left on its way: bytes it sent last
// may not have been read yet.
func (t *T) arrives(there func() bool) {
	const leastLooks = 6
	begun := time.Now()
	for looks := 0; looks < leastLooks || time.Since(begun) < quietFor; looks++ {
		if there() || t.ctx.Err() != nil {
			return
		}
		t.pause()
	}
}

func (t *T) pause() {
	clock := time.NewTimer(lookEvery)
	defer clock.Stop()
	select {
	case <-t.woken:
	case <-clock.C:
	case <-t.ctx.Done():
	}
}

// stillness finds out that a program stands still.
type stillness struct {
	program *Program
	window  time.Duration
	begun   time.Time
	moved   uint64
	since   time.Time
	last    time.Time
	looks   int
	running int
	cpu     time.Duration
}

// look returns came while the program may still do something.
func (s *stillness) look(t *T) outcome {
	if s.program != nil && s.program.over() {
		return ended
	}
	if s.spinning() {
		return spins
	}
	now, moved := time.Now(), t.moved.Load()
	if moved != s.moved || s.since.IsZero() {
		s.moved, s.since, s.looks, s.running = moved, now, 0, 0
		s.cpu = 0
		return came
	}
	if s.program == nil || now.Sub(s.last) < lookEvery/2 {
		return came
	}
	s.last = now
	s.looks++
	if !s.program.Asleep() {
		s.running++
	}
	const leastLooks = 6
	if now.Sub(s.since) < s.window || s.looks < leastLooks {
		return came
	}
	// A runtime's own clock may wake a thread now and then.
	if s.running*5 > s.looks {
		s.since, s.looks, s.running = now, 0, 0
		return came
	}
	return still
}

// spinning reports whether the program goes round: with calls that move nothing, or
// without any.
func (s *stillness) spinning() bool {
	if s.program == nil {
		return false
	}
	if n, last := s.program.fruitless(); n > mostFruitless && time.Since(last) > s.window && time.Since(s.begun) > s.window {
		return true
	}
	if s.looks == 0 || s.running < s.looks {
		return false
	}
	cpu := s.program.CPU()
	if s.cpu == 0 {
		s.cpu = cpu
	}
	return cpu-s.cpu > mostCPU
}
