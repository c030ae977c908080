package lesson

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// Session walks a cast of processes through a lesson. Its methods may be called
// from any goroutine; those that take a context block until what they caused has
// settled (returned or seen blocked), one at a time. View never blocks.
type Session struct {
	lesson *Lesson // nil in free play
	cast   []Role
	open   Opener
	world  World

	view   atomic.Pointer[View]
	tl     atomic.Pointer[netcore.Timeline]
	news   sync.Mutex // guards changed and records
	change chan struct{}
	record []*View

	closing context.Context // ends when Close is called
	close   context.CancelFunc

	turn     chan struct{} // holds a token while a move is under way; guards all below
	stage    Stage
	began    bool            // Start was called
	life     context.Context // ends with the present lab
	kill     context.CancelFunc
	sides    []*side
	snapshot netcore.Snapshot
	serial   uint64
	log      []LogLine // shared with views: only appended to
	moves    []Move
	edits    map[string]*cprog.Program // by role, programs the learner changed
	unread   map[string]string         // by role, kept programs that cannot be run any more
	undo     []undoEdit
	port     portSwap
	claims   []func() // of ports, while the present lab is open
	guide    guide
	last     outcome
}

// guide is where the learner stands on the lesson's path.
type guide struct {
	phase   Phase
	step    int
	done    int
	typed   bool // the present step's value has been given
	acted   int  // what the learner did on the wire beside the path, at this step
	began   int  // lines of the log when the present step began
	from    int  // events of the Timeline then
	solved  bool // the present step's goal was reached by the lesson's own route
	waits   int64
	answers map[string]Answer
	offPath string
}

// outcome is what the last move brought.
type outcome struct {
	calls    []netcore.ID
	since    int   // length of the log before it
	from     int   // events in the Timeline before it
	lines    []int // that have run, in order
	changed  []Change
	result   string
	focus    string
	message  string
	differed []string
	unseen   []string
	compiled *Compiled
	watched  *Watched
}

var (
	// ErrAsking says that the step's question has to be answered or skipped.
	ErrAsking = errors.New("this step asks a question first")
	// ErrTyping says that the step wants a value first.
	ErrTyping = errors.New("this step wants a value first")
	// ErrNothing says that there is nothing to undo.
	ErrNothing = errors.New("there is nothing to undo")
	// ErrClosed says that the session has been closed or was never started, or
	// that its lab could not be opened; Rerun and Jump try again then.
	ErrClosed = errors.New("the session is not open")
)

// NewSession prepares a session over a lesson. Nothing runs before Start.
func NewSession(l *Lesson, open Opener) *Session {
	s := newSession(l.Cast, open)
	s.lesson, s.world = l, l.World()
	s.enterStep(0)
	s.show()
	return s
}

// NewPlay prepares a session without a path: every side is the learner's. With
// wire the learner is the network too.
func NewPlay(cast []Role, wire bool, open Opener) *Session {
	s := newSession(cast, open)
	s.world = World{Wire: wire, Hold: wire, Server: cast[0].Name}
	s.guide.phase = Free
	s.show()
	return s
}

func newSession(cast []Role, open Opener) *Session {
	s := &Session{cast: cast, open: open, change: make(chan struct{}), edits: map[string]*cprog.Program{}}
	s.turn = make(chan struct{}, 1)
	s.closing, s.close = context.WithCancel(context.Background())
	s.guide.answers = map[string]Answer{}
	s.tl.Store(netcore.NewTimeline(netcore.Header{}))
	s.sides = s.freshSides()
	return s
}

// Start opens the lab and starts the cast. No line has run then.
func (s *Session) Start(ctx context.Context) error {
	return s.alone(ctx, func(ctx context.Context) error {
		s.began = true
		return s.raise(ctx)
	})
}

// Close ends the lab with everything in it, and the move that is under way. It
// waits for both. A closed session stays closed.
func (s *Session) Close() error {
	s.close()
	s.turn <- struct{}{}
	defer s.pass()
	return s.strike()
}

// View is the newest view. Before Start it shows the lesson with no sides run.
func (s *Session) View() *View { return s.view.Load() }

// Timeline is everything that happened in the present lab.
func (s *Session) Timeline() *netcore.Timeline { return s.tl.Load() }

// Changed returns a channel that is closed when a view newer than v is there.
func (s *Session) Changed(v *View) <-chan struct{} {
	s.news.Lock()
	defer s.news.Unlock()
	if now := s.view.Load(); v == nil || now.Serial != v.Serial {
		done := make(chan struct{})
		close(done)
		return done
	}
	return s.change
}

// Records is the number of views recorded: one at the start and one per move.
func (s *Session) Records() int {
	s.news.Lock()
	defer s.news.Unlock()
	return len(s.record)
}

// Record returns a recorded view for looking back, nil when there is none.
// Record(Records()-1) is the stage after the last move.
func (s *Session) Record(at int) *View {
	s.news.Lock()
	defer s.news.Unlock()
	if at < 0 || at >= len(s.record) {
		return nil
	}
	return s.record[at]
}

// Next does what Enter does: it runs the step, or goes on to the next one. A
// step with an open question returns ErrAsking, one that wants a value ErrTyping,
// one whose goal has not been reached an UnmetError.
func (s *Session) Next(ctx context.Context) error {
	return s.exclusive(ctx, func(ctx context.Context) error {
		switch s.guide.phase {
		case Asking:
			return ErrAsking
		case Typing:
			return ErrTyping
		case Reading:
			return s.runStep(ctx)
		case Trying:
			return s.try(ctx)
		case Ran:
			return s.onward(ctx)
		case Free:
			return s.move(ctx, Move{Kind: MoveStep, Role: s.focus()})
		}
		return nil
	})
}

// Answer commits a prediction, -1 to skip it. The step has not run yet.
func (s *Session) Answer(choice int) error {
	return s.exclusiveNow(func() error { return s.answer(choice) })
}

// Input gives the value a step asks for; the empty text keeps the present one.
func (s *Session) Input(ctx context.Context, text string) error {
	return s.exclusive(ctx, func(ctx context.Context) error { return s.input(ctx, text) })
}

// exclusiveNow is exclusive for what does not block.
func (s *Session) exclusiveNow(do func() error) error {
	return s.exclusive(context.Background(), func(context.Context) error { return do() })
}

// Asked is a question as it is marked here: with the port that stands in for one
// that was taken.
func (s *Session) Asked(q Question) Question {
	s.turn <- struct{}{}
	defer s.pass()
	return s.port.question(q)
}

// Do makes a move beside or on the path.
func (s *Session) Do(ctx context.Context, m Move) error {
	return s.exclusive(ctx, func(ctx context.Context) error { return s.move(ctx, m) })
}

// Jump throws the lab away and really runs everything before step (an index)
// in a fresh one, without questions.
func (s *Session) Jump(ctx context.Context, step int) error {
	return s.afresh(ctx, func(ctx context.Context) error { return s.jump(ctx, step) })
}

// Rerun repeats the first n moves in a fresh lab; 0 is a restart.
func (s *Session) Rerun(ctx context.Context, n int) error {
	return s.afresh(ctx, func(ctx context.Context) error { return s.rerun(ctx, n) })
}

// Undo takes the last edit back, running again where it must. ErrNothing when
// there is none.
func (s *Session) Undo(ctx context.Context) error {
	return s.exclusive(ctx, s.undoEdit)
}

// Refresh takes a new sample of descriptors and sockets and publishes a view if
// anything changed.
func (s *Session) Refresh(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer s.pass()
	default:
		return nil // a move is under way and will look by itself
	}
	if s.stage == nil {
		return nil
	}
	return s.refresh(ctx)
}

// alone waits for its turn and runs one move. The move's context ends with ctx
// and when the session is closed.
func (s *Session) alone(ctx context.Context, move func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(s.closing, func() { cancel(ErrClosed) })()
	if s.closing.Err() != nil {
		return ErrClosed
	}
	select {
	case s.turn <- struct{}{}:
		defer s.pass()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if s.closing.Err() != nil {
		return ErrClosed
	}
	return move(ctx)
}

// pass lets the next move have its turn.
func (s *Session) pass() { <-s.turn }

// exclusive runs one move; the lab has to be open.
func (s *Session) exclusive(ctx context.Context, move func(context.Context) error) error {
	return s.alone(ctx, func(ctx context.Context) error {
		if s.stage == nil {
			return ErrClosed
		}
		return move(ctx)
	})
}

// afresh runs a move that opens a lab itself.
func (s *Session) afresh(ctx context.Context, move func(context.Context) error) error {
	return s.alone(ctx, func(ctx context.Context) error {
		if !s.began {
			return ErrClosed
		}
		return move(ctx)
	})
}

// show publishes the present state as the newest view.
func (s *Session) show() *View {
	s.serial++
	v := &View{
		Serial: s.serial, Lesson: s.lesson, Tier: s.tier(), Where: where(s.tier()),
		Phase: s.guide.phase, Step: s.guide.step, Done: s.guide.done,
		Answers: maps.Clone(s.guide.answers), OffPath: s.guide.offPath,
		Snapshot: s.snapshot, Log: slices.Clip(s.log), Changed: s.last.changed,
		StepCalls: s.last.calls, Result: s.last.result, Focus: s.focus(),
		Message: s.last.message, Differed: s.last.differed, Unseen: s.last.unseen, Open: s.unmet(), Compiled: s.last.compiled, Watched: s.last.watched, At: len(s.moves),
		Timeline: s.Timeline(), From: s.last.from, Events: s.Timeline().Len(), Waits: s.guide.waits,
	}
	for _, sd := range s.sides {
		v.Sides = append(v.Sides, sd.view())
	}
	s.news.Lock()
	s.view.Store(v)
	close(s.change)
	s.change = make(chan struct{})
	s.news.Unlock()
	return v
}

// keep publishes the present state and makes it the record of the last move.
func (s *Session) keep() {
	v := s.show()
	s.news.Lock()
	defer s.news.Unlock()
	s.record = append(s.record[:min(len(s.moves), len(s.record))], v)
}

func (s *Session) tier() netcore.Tier {
	if s.stage == nil {
		return netcore.TierUnknown
	}
	return s.stage.Tier()
}

func where(t netcore.Tier) string {
	switch {
	case t.Private():
		return "private network"
	case t == netcore.TierUnknown:
		return "no lab yet"
	}
	return "this machine's loopback"
}

// focus is the side the guided step runs or whose calls it has put in order, or the
// last one moved.
func (s *Session) focus() string {
	switch st := s.present(); {
	case st == nil || s.guide.phase == Ran:
	case st.Run != nil:
		return st.Run.Role
	case st.Order != nil:
		return st.Order.Role
	}
	if s.last.focus != "" {
		return s.last.focus
	}
	if len(s.cast) > 0 {
		return s.cast[0].Name
	}
	return ""
}

func (s *Session) side(name string) (*side, error) {
	for _, sd := range s.sides {
		if sd.role.Name == name {
			return sd, nil
		}
	}
	return nil, fmt.Errorf("there is no side called %q here", name)
}
