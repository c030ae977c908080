package tracing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sockstep/lesson"
	"sockstep/lesson/finding"
	"sockstep/netcore"
	"sockstep/netcore/trace"
	"sockstep/netcore/tracer"
)

var (
	// ErrNoStand says that no thread of a program stands at a call.
	ErrNoStand = errors.New("nothing of this program stands at a call")
	// ErrRecording says that a recording cannot be driven.
	ErrRecording = errors.New("this is a recording: nothing runs")
	// ErrNoConsole says that what a program reads is not typed here.
	ErrNoConsole = errors.New("this program has no terminal here to type into")
	// ErrClosed says that the session has been closed, or has not been started.
	ErrClosed = errors.New("the trace is closed")
)

// Options says what to trace.
type Options struct {
	// Programs are run, in this order; each needs a Name of its own, without a slash.
	Programs []tracer.Program
	// PID is a process to attach to instead, 0 for none.
	PID int
	// Host leaves the programs in the machine's own network.
	Host bool
	// TTY is the path of a terminal that is the programs' own; with "" each gets one
	// that is shown here.
	TTY string
	// Stops says where threads stop at first.
	Stops tracer.Stops
	// Name is the program's name in the record's header, "sockstep 0.1.0".
	Name string
	// Opened is told the lab as soon as there is one; it may be nil.
	Opened func(*netcore.Lab)
}

// Session is programs being traced, or a recording of that. Its methods are safe for
// concurrent use; those with a context block until what they caused has settled.
type Session struct {
	o       Options
	trace   *trace.Trace // nil in a recording and before Start
	closing context.Context
	shut    context.CancelFunc
	tty     *os.File

	turn sync.Mutex // one move or look at a time

	mu      sync.Mutex // guards what follows
	rec     *record
	stops   tracer.Stops
	runs    []*trace.Running // by place in the cast
	inside  map[netcore.ID]*netcore.Call
	threads map[int]*thread
	poked   chan struct{} // closed at the next event
	from    int           // events before the last move
	was     netcore.Snapshot
	look    netcore.Snapshot

	view   *lesson.View
	serial uint64
	change chan struct{}
}

// thread is what was told of a thread since it was let go on last.
type thread struct {
	process  string
	returned time.Time // of its last call
	asleep   bool
	over     bool
}

// New prepares a trace; Start begins it.
func New(o Options) *Session {
	s := newSession(o)
	s.rec = newRecord(netcore.NewTimeline(netcore.Header{Program: o.Name}), o.sources(), finding.Options{Port: o.port()})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(netcore.Snapshot{})
	return s
}

// Replay opens a recording: its last moment is the view, every other one a record.
func Replay(t *netcore.Timeline) *Session {
	s := newSession(Options{})
	cwd, _ := os.Getwd()
	s.rec = newRecord(t, newSources(cwd), finding.Options{})
	s.rec.follow()
	s.rec.find(s.rec.watch.End(), max(s.rec.now.events-1, 0))
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.rec.at(len(s.rec.moments) - 1)
	if v == nil {
		w := s.rec.now.clone()
		v = s.rec.view(&w, 0, w.snapshot())
	}
	s.show(v)
	return s
}

func newSession(o Options) *Session {
	s := &Session{o: o, stops: o.Stops, inside: map[netcore.ID]*netcore.Call{}, threads: map[int]*thread{},
		poked: make(chan struct{}), change: make(chan struct{})}
	s.closing, s.shut = context.WithCancel(context.Background())
	return s
}

// sources are the folders in which the files of the programs are looked for.
func (o *Options) sources() *sources {
	var folders []string
	add := func(folder string) {
		if folder != "" && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	cwd, _ := os.Getwd()
	for i := range o.Programs {
		p := &o.Programs[i]
		add(filepath.Dir(p.Path))
		dir := p.Dir
		if dir == "" {
			dir = cwd
		}
		for _, a := range p.Args {
			if strings.Contains(a, "/") {
				if !filepath.IsAbs(a) {
					a = filepath.Join(dir, a)
				}
				add(filepath.Dir(a))
			}
		}
		add(dir)
	}
	add(cwd)
	return newSources(folders...)
}

// port is what PORT is in the programs' environment, 0 for nothing.
func (o *Options) port() (port int) {
	for i := range o.Programs {
		env := o.Programs[i].Env
		if env == nil {
			env = os.Environ()
		}
		for _, e := range env {
			if v, ok := strings.CutPrefix(e, "PORT="); ok {
				_, _ = fmt.Sscanf(v, "%d", &port)
			}
		}
	}
	return port
}

// Console is the size of the terminals the programs get.
var Console = trace.Size{Columns: 80, Rows: 24}

// Start opens the lab and starts the programs. It blocks until each stands at a call,
// waits in one, has ended, or has run for a moment.
func (s *Session) Start(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.trace != nil || s.closing.Err() != nil {
		return ErrClosed
	}
	t, err := trace.Open(ctx, trace.Options{Host: s.o.Host || s.o.PID != 0, Timeline: s.rec.timeline, Name: s.o.Name, Told: s.told})
	if err != nil {
		return err
	}
	if err := s.begin(ctx, t); err != nil {
		return errors.Join(err, t.Close())
	}
	s.mu.Lock()
	s.trace = t
	s.mu.Unlock()
	go s.follow()
	s.settleAll(ctx)
	return s.lookAround(ctx)
}

func (s *Session) begin(ctx context.Context, t *trace.Trace) error {
	if s.o.Opened != nil {
		s.o.Opened(t.Lab())
	}
	if err := t.Tracer().SetStops(ctx, s.stops); err != nil {
		return err
	}
	if s.o.TTY != "" {
		tty, err := trace.OpenTerminal(s.o.TTY)
		if err != nil {
			return fmt.Errorf("the programs' terminal: %w", err)
		}
		s.tty = tty
	}
	if s.o.PID != 0 {
		r, err := t.Attach(ctx, s.o.name(), s.o.PID)
		if err != nil {
			return err
		}
		s.runs = []*trace.Running{r}
		return nil
	}
	for i := range s.o.Programs {
		r, err := s.run(ctx, t, i)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.runs = append(s.runs, r)
		s.mu.Unlock()
	}
	return nil
}

// name is what a process is called that is attached to.
func (o *Options) name() string {
	if len(o.Programs) > 0 && o.Programs[0].Name != "" {
		return o.Programs[0].Name
	}
	return "program"
}

// run starts the i-th program.
func (s *Session) run(ctx context.Context, t *trace.Trace, i int) (*trace.Running, error) {
	p := s.o.Programs[i]
	if s.tty != nil {
		p.Files = []*os.File{s.tty, s.tty, s.tty}
		return t.Start(ctx, p, nil)
	}
	size := Console
	return t.Start(ctx, p, &size)
}

// told keeps what the tracer tells. It is called on the tracer's goroutine.
func (s *Session) told(e tracer.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Kind {
	case tracer.EnterEvent:
		h := s.thread(e.Call.TID, e.Call.Process)
		h.asleep = true
		s.inside[e.Call.ID] = e.Call
	case tracer.StopEvent:
		s.thread(e.TID, e.Call.Process).asleep = false
	case tracer.CallEvent:
		h := s.thread(e.Call.TID, e.Call.Process)
		h.asleep, h.returned = false, time.Now()
		delete(s.inside, e.Call.ID)
	case tracer.ProcessEvent:
		if e.Process.Change == "end" {
			for tid, h := range s.threads {
				if h.process == e.Process.Name {
					h.over = true
					delete(s.threads, tid)
				}
			}
		}
	}
	close(s.poked)
	s.poked = make(chan struct{})
}

func (s *Session) thread(tid int, process string) *thread {
	h := s.threads[tid]
	if h == nil {
		h = &thread{process: process}
		s.threads[tid] = h
	}
	return h
}

const (
	// pace is how long there is at least between two looks at what goes on by itself.
	pace = 40 * time.Millisecond
	// runsOn is how long after the return of its call a thread is taken to run on.
	runsOn = 250 * time.Millisecond
	// patience is how long a move waits for a thread at the longest.
	patience = 2 * time.Second
)

// follow looks at what happens by itself, no more often than a look may cost.
func (s *Session) follow() {
	for {
		select {
		case <-s.closing.Done():
			return
		case <-s.trace.Changed():
		}
		begun := time.Now()
		s.turn.Lock()
		if s.closing.Err() == nil {
			_ = s.lookAround(s.closing)
		}
		s.turn.Unlock()
		select {
		case <-s.closing.Done():
			return
		case <-time.After(max(pace, 4*time.Since(begun))):
		}
	}
}

// Refresh takes a new sample.
func (s *Session) Refresh(ctx context.Context) error {
	if !s.turn.TryLock() {
		return nil // a move is under way and will look by itself
	}
	defer s.turn.Unlock()
	if s.trace == nil || s.closing.Err() != nil {
		return nil
	}
	return s.lookAround(ctx)
}

// lookAround takes a sample and publishes what it shows. The turn is the caller's.
func (s *Session) lookAround(ctx context.Context) error {
	n, err := s.trace.Lab().Snapshot(ctx)
	if err != nil {
		return err
	}
	n.Sockets = slices.DeleteFunc(slices.Clone(n.Sockets), func(k netcore.Socket) bool { return lesson.Stranger(&k) })
	s.explain(n)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(n)
	s.look = n
	return nil
}

// publish shows the present; the lock is the caller's.
func (s *Session) publish(n netcore.Snapshot) {
	s.rec.follow()
	w := &s.rec.now
	v := s.rec.view(w, s.from, n)
	v.Changed = lesson.Diff(s.was, n)
	v.At = len(s.rec.moments) - 1
	if s.trace != nil {
		tier := s.trace.Lab().Tier()
		v.Tier, v.Where = tier, lesson.WhereText(tier)
		if !tier.Private() {
			v.Where = "this machine's network"
		}
	}
	v.Traced.Live, v.Traced.Stops = true, StopsText(s.stops)
	s.cast(v)
	s.show(v)
}

// cast completes the sides by what the tracer tells of them now.
func (s *Session) cast(v *lesson.View) {
	var stands []trace.Stand
	if s.trace != nil {
		stands = s.trace.Stands()
	}
	for i := range v.Sides {
		side := &v.Sides[i]
		s.consoleOf(side)
		for _, st := range stands {
			if netcore.ProgramOf(st.Call.Process) == side.Name {
				spec, _ := netcore.Describe(st.Call.Name)
				side.Traced.Stands = append(side.Traced.Stands, lesson.Stand{
					Process: st.Call.Process, TID: st.TID, Call: st.Call, Returned: st.Returned, Waits: spec.Waits})
			}
		}
		if b := side.Blocked; b != nil {
			side.Call = s.inside[b.Call]
		}
		if len(side.Traced.Stands) > 0 {
			if side.Blocked != nil {
				side.Traced.Waiting = append(side.Traced.Waiting, *side.Blocked)
			}
			side.State, side.Blocked, side.Call = lesson.SideStands, nil, nil
		}
		side.Traced.File, side.Line = nil, 0
		s.rec.place(side)
	}
	for i, r := range s.runs {
		if i >= len(v.Sides) || v.Sides[i].Name == r.Name {
			continue
		}
		// The record has the programs in the order in which they were started.
		j := slices.IndexFunc(v.Sides, func(o lesson.Side) bool { return o.Name == r.Name })
		if j > i {
			v.Sides[i], v.Sides[j] = v.Sides[j], v.Sides[i]
		}
	}
}

// consoleOf says where a side's terminal is.
func (s *Session) consoleOf(side *lesson.Side) {
	side.Traced.Elsewhere = s.o.TTY
	for _, r := range s.runs {
		if r.Name == side.Name {
			side.Traced.Console = r.Console != nil
		}
	}
	if s.o.PID != 0 {
		side.Traced.Elsewhere = "its own"
	}
}

// show makes a view the newest; the lock is the caller's.
func (s *Session) show(v *lesson.View) {
	s.serial++
	v.Serial = s.serial
	s.view = v
	close(s.change)
	s.change = make(chan struct{})
}

// View is the newest view.
func (s *Session) View() *lesson.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// Changed is closed when there is a newer view than v.
func (s *Session) Changed(v *lesson.View) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v == nil || v.Serial != s.serial {
		c := make(chan struct{})
		close(c)
		return c
	}
	return s.change
}

// Records is how many moments can be looked back at.
func (s *Session) Records() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.rec.moments)
}

// Record is the view of a moment, nil where there is none: what the record says, with
// no look at anything that lives.
func (s *Session) Record(at int) *lesson.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.rec.at(at)
	if v == nil {
		return nil
	}
	if s.view != nil && s.view.Traced.Live {
		v.Tier, v.Where = s.view.Tier, s.view.Where
		for i := range v.Sides {
			s.consoleOf(&v.Sides[i])
		}
	}
	return v
}

// Timeline is the record.
func (s *Session) Timeline() *netcore.Timeline { return s.rec.timeline }

// Close ends the programs, or lets them go that were attached to, and the lab.
func (s *Session) Close() error {
	s.shut()
	s.turn.Lock()
	defer s.turn.Unlock()
	var err error
	if s.trace != nil {
		err = s.trace.Close()
	}
	if s.tty != nil {
		err = errors.Join(err, s.tty.Close())
		s.tty = nil
	}
	return err
}

// mostExplained is up to how many events the reasons of refused calls are looked for:
// behind that a look through the record takes longer than it may.
const mostExplained = 20000

// explain finds why the last call of each program was refused.
func (s *Session) explain(n netcore.Snapshot) {
	s.mu.Lock()
	s.rec.follow()
	was, t := s.look, s.rec.timeline
	var calls []*netcore.Call
	if s.rec.now.events < mostExplained {
		for i := range s.rec.now.programs {
			if e, ok := t.Get(s.rec.now.programs[i].last); ok && e.Call != nil && e.Call.Failed() && e.Call.Cause == "" {
				calls = append(calls, e.Call)
			}
		}
	}
	s.mu.Unlock()
	for _, c := range calls {
		if e, ok := lesson.Explain(c, n, was, t); ok {
			t.Explain(c.ID, e.String())
		}
	}
}
