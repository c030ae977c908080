package netcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// TierVariable is the environment variable that forces a tier: "user",
// "network", "capture" or "host".
const TierVariable = "SOCKSTEP_TIER"

// Options says how to open a Lab.
type Options struct {
	// Tier is the tier to open, or 0 for the best that works. TierVariable goes
	// before it.
	Tier Tier
	// Timeline takes the events. Without one the Lab makes its own.
	Timeline *Timeline
	// Program ("sockstep 0.1.0") and Lesson go into the header of a Timeline the
	// Lab makes.
	Program, Lesson string
	// Wire joins two networks with a wire instead of giving all programs one; see
	// WireAct. Hold has packets stop in its middle from the start. It takes a
	// private network: elsewhere Open fails with ErrNoWire.
	Wire, Hold bool
	// Server is the name of the process on the left end of the wire, "server" when
	// empty; all others are on the right.
	Server string
	// Companion has the lab start this program once more, in the role that is its
	// first element and with the others as arguments (see RegisterHelper), in the
	// lab's network but with the user's own files, rights and environment. Its
	// descriptor 3 is the other end of what Lab.Companion returns. It does not go
	// with Wire.
	Companion []string
}

// ErrNoWire is what Open answers where there can be no wire.
var ErrNoWire = errors.New("the wire needs a private network")

// ErrClosed is what a closed or lost Lab answers.
var ErrClosed = errors.New("the lab is closed")

// Lab is where programs run: a private network and file system as far as the
// machine allows, and the processes in it. Its methods are safe for concurrent
// use. Close it; a program that dies without leaves nothing behind either.
type Lab struct {
	timeline *Timeline
	tap      *tap
	ground   ground
	fallen   []Finding

	looking sync.Mutex // one look at a time
	last    Snapshot   // the look before

	ripened chan struct{} // closed when nothing is held any more

	mu        sync.Mutex
	processes []*Process // the latest of each name, in order of first start
	known     *acquaintance
	starting  map[string]bool
	closing   bool
}

// ground is the part of a Lab that differs from system to system.
type ground interface {
	tier() Tier
	// folder is where Unix sockets may be, "" when the workers have a file
	// system of their own.
	folder() string
	// missing says what the ground lacks, in whole sentences.
	missing() []string
	// pid is the lab process's, 0 where there is none.
	pid() int
	spawn(ctx context.Context, name string) (*body, error)
	// signal sends the signal to the thread that makes the worker's calls.
	signal(ctx context.Context, b *body, sig int) error
	// cancel interrupts the call a worker waits in, if there is one.
	cancel(ctx context.Context, b *body) error
	kill(ctx context.Context, b *body) error
	snapshot(ctx context.Context, ps []*Process, known *acquaintance) (Snapshot, error)
	// name returns getsockname of a worker's descriptor.
	name(ctx context.Context, b *body, fd int) ([]byte, error)
	// capture reports whether packets of the lab can be read.
	capture(ctx context.Context) error
	// set makes a stage setting and reads it back.
	set(ctx context.Context, s StageSetting, b *body) (value, was string, err error)
	// act acts on the wire; serial is the packet's, 0 for the one held longest.
	act(ctx context.Context, a WireAct, serial uint64) error
	guard(ctx context.Context, s Saved) error
	unguard(ctx context.Context) error
	// companion is the channel to the companion, nil without one.
	companion() *os.File
	// lost is closed when the lab process is gone.
	lost() <-chan struct{}
	close() error
}

// Open starts a lab in the best tier this machine allows, or in the one asked
// for. It takes a few milliseconds.
func Open(ctx context.Context, o Options) (*Lab, error) {
	tiers, err := wantedTiers(o)
	if err != nil {
		return nil, err
	}
	l := &Lab{timeline: o.Timeline, tap: newTap(), known: newAcquaintance(), starting: map[string]bool{}, ripened: make(chan struct{})}
	var causes []error
	for _, t := range tiers {
		g, err := openGround(ctx, t, o, l.tap.take)
		if err == nil {
			l.ground = g
			l.record(o, t)
			l.tap.open(l.timeline, networkName(t), !t.Private())
			l.timeline.Hold(latest)
			go l.ripen()
			l.announce()
			return l, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("open lab: %w", context.Cause(ctx))
		}
		l.fallen = append(l.fallen, tierFinding(t, err))
		causes = append(causes, fmt.Errorf("tier %s: %w", t, err))
	}
	if o.Wire {
		causes = slices.Insert(causes, 0, ErrNoWire)
	}
	return nil, fmt.Errorf("open lab: %w", errors.Join(causes...))
}

// latest is how much later than a call its packets may come in: so long events
// are held, unless a look at the lab shows that nothing is missing.
const latest = 20 * time.Millisecond

// ripen looks at the lab for events that nobody looked after, so that they are
// released in order, until the lab is gone. Then nothing is held any more.
func (l *Lab) ripen() {
	defer close(l.ripened)
	defer l.timeline.Hold(0)
	for {
		select {
		case <-l.ground.lost():
			return
		case <-l.timeline.kept:
		}
		for l.timeline.Holding() {
			select {
			case <-l.ground.lost():
				return
			case <-time.After(latest):
				l.ripe(Now() - int64(latest))
			}
		}
	}
}

// ripePatience is how long a look may take before events are released without:
// the lab process may have been stopped.
const ripePatience = time.Second

// ripe sees to it that what happened up to then is released.
func (l *Lab) ripe(then int64) {
	if !l.timeline.HoldsFrom(then) {
		return
	}
	if err := l.look(); err != nil {
		l.timeline.Settle(then + int64(latest))
	}
}

// look brings what has happened into the Timeline, with ripePatience.
func (l *Lab) look() error {
	ctx, cancel := context.WithTimeout(context.Background(), ripePatience)
	defer cancel()
	_, err := l.Snapshot(ctx)
	return err
}

// record opens the Timeline, where the caller brought none.
func (l *Lab) record(o Options, t Tier) {
	if l.timeline == nil {
		l.timeline = NewTimeline(Header{Program: o.Program, Lesson: o.Lesson, Kernel: kernelRelease(), Tier: t})
	}
}

// announce records what the lab had to do without.
func (l *Lab) announce() {
	for _, f := range l.fallen {
		l.note("", f.Lack)
	}
	for _, m := range l.ground.missing() {
		l.note("", m)
	}
}

func (l *Lab) note(process, text string) ID {
	return l.timeline.Add(Event{Type: NoteEvent, Note: &Note{Process: process, Text: text}})
}

// wantedTiers returns the tiers to try, best first; for a wire, those that can
// have one.
func wantedTiers(o Options) ([]Tier, error) {
	tiers, err := possibleTiers(o.Tier)
	if err != nil || !o.Wire {
		return tiers, err
	}
	private := slices.DeleteFunc(slices.Clone(tiers), func(t Tier) bool { return !t.Private() })
	if len(private) == 0 {
		return nil, fmt.Errorf("open lab: %w, which tier %s is without", ErrNoWire, tiers[0])
	}
	return private, nil
}

func possibleTiers(t Tier) ([]Tier, error) {
	if name := os.Getenv(TierVariable); name != "" {
		forced, err := ParseTier(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", TierVariable, err)
		}
		t = forced
	}
	if t != TierUnknown {
		return []Tier{t}, nil
	}
	if runtime.GOOS != "linux" {
		return []Tier{TierHost}, nil
	}
	return []Tier{TierUser, TierNetwork, TierCapture, TierHost}, nil
}

// Tier returns the tier the lab is in.
func (l *Lab) Tier() Tier { return l.ground.tier() }

// Timeline returns the record the lab's events go to.
func (l *Lab) Timeline() *Timeline { return l.timeline }

// PID returns the lab process's, whose namespaces are the lab's; 0 where the
// system has none.
func (l *Lab) PID() int { return l.ground.pid() }

// Folder returns the only folder for Unix sockets of a lab without a file system
// of its own; "" means that the programs have their own.
func (l *Lab) Folder() string { return l.ground.folder() }

// Missing says what this lab does without, in whole sentences.
func (l *Lab) Missing() []string {
	var texts []string
	for _, f := range l.fallen {
		texts = append(texts, f.Lack)
	}
	return append(texts, l.ground.missing()...)
}

// Companion returns the stream socket to the companion process, nil where none was
// asked for. It is the caller's to close. The companion ends with the lab; that it
// has ended shows as the end of the stream.
func (l *Lab) Companion() *os.File { return l.ground.companion() }

// Fallen returns the better tiers that were tried, each with its cause and fix.
func (l *Lab) Fallen() []Finding { return slices.Clone(l.fallen) }

// Lost is closed when the lab process is gone: after Close, or because it was
// killed; then every process has ended too.
func (l *Lab) Lost() <-chan struct{} { return l.ground.lost() }

// Start starts a process under a name of the cast. A name whose process has
// ended can be started again; it gets a new process.
func (l *Lab) Start(ctx context.Context, name string) (*Process, error) {
	if name == "" || strings.ContainsRune(name, 0) {
		return nil, fmt.Errorf("start %q: not a name", name)
	}
	if err := l.reserve(name); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer l.unreserve(name)
	b, err := l.ground.spawn(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := newProcess(l, name, b)
	l.enlist(p)
	p.announce(0)
	go p.listen()
	return p, nil
}

// reserve keeps a name for one start at a time.
func (l *Lab) reserve(name string) error {
	if p := l.Process(name); p != nil && p.Alive() {
		return fmt.Errorf("it is running as process %d", p.PID())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return ErrClosed
	}
	if l.starting[name] {
		return errors.New("it is being started")
	}
	l.starting[name] = true
	return nil
}

func (l *Lab) unreserve(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.starting, name)
}

// enlist puts p in the place of an earlier process of its name.
func (l *Lab) enlist(p *Process) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.processes, func(q *Process) bool { return q.name == p.name })
	if i >= 0 {
		l.processes[i] = p
		return
	}
	l.processes = append(l.processes, p)
}

// Process returns the latest process of a name, or nil.
func (l *Lab) Process(name string) *Process {
	for _, p := range l.Processes() {
		if p.name == name {
			return p
		}
	}
	return nil
}

// Processes returns the latest process of each name, those that ended too.
func (l *Lab) Processes() []*Process {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.processes)
}

// Snapshot reads what the kernel shows of the lab now, from outside the
// processes. It does not disturb them, and takes well under a millisecond in a
// private network. What has changed since the last Snapshot is recorded, and the
// Timeline is complete up to then.
func (l *Lab) Snapshot(ctx context.Context) (Snapshot, error) {
	l.looking.Lock()
	defer l.looking.Unlock()
	for again := looksAgain; ; again-- {
		begun := Now()
		s, err := l.ground.snapshot(ctx, l.Processes(), l.known)
		if err != nil {
			return Snapshot{}, fmt.Errorf("snapshot: %w", err)
		}
		if again == 0 || !l.tap.unsure(begun, &s) {
			l.settle(&s)
			return s, nil
		}
	}
}

// looksAgain is how often a look is taken again because packets of sockets it does not
// show came in while it was taken: a call was made meanwhile.
const looksAgain = 2

// settle brings the packets and the changes up to a look into the Timeline.
func (l *Lab) settle(s *Snapshot) {
	l.answers()
	inside := l.inside()
	l.tap.settle(s, inside)
	sample := Changes(l.last, *s)
	l.tap.explain(&sample, s, inside, l.last.At)
	if !sample.empty() {
		l.timeline.Add(Event{Type: SampleEvent, At: s.At, Cause: sample.cause(), Sample: &sample})
	}
	l.last = *s
	l.timeline.Release(s.At)
}

// answerPatience is how long the answer of a worker whose call has returned may be
// under way.
const answerPatience = time.Second

// answers waits for the results of calls that have returned but are not recorded: one
// that returned before a look belongs before what the look shows.
func (l *Lab) answers() {
	for _, p := range l.Processes() {
		c := p.Pending()
		if c == nil || !p.body.page.over(uint64(c.id)) {
			continue
		}
		select {
		case <-c.done:
		case <-l.ground.lost():
		case <-time.After(answerPatience):
		}
	}
}

// inside returns the calls that were entered and have not returned.
func (l *Lab) inside() (calls []span) {
	for _, p := range l.Processes() {
		if p.guest != nil {
			calls = append(calls, p.guest.spans()...)
		}
		if c := p.Pending(); c != nil && c.begun() {
			call := c.Call()
			calls = append(calls, span{id: call.ID, process: call.Process, name: call.Name, enter: call.Enter})
		}
	}
	return calls
}

// Arrived is a channel that receives when packets have come in since it was
// received from last. The next Snapshot brings them into the Timeline.
func (l *Lab) Arrived() <-chan struct{} { return l.tap.arrived }

// Waiting reports whether packets have come in that no Snapshot has taken yet.
func (l *Lab) Waiting() bool { return l.tap.waits() }

// Close ends every process and the lab itself, and waits until they are gone. What
// happened before is in the Timeline then. It may be called more than once.
func (l *Lab) Close() error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.lastLook()
	err := l.ground.close()
	for _, p := range l.Processes() {
		if p.guest != nil {
			p.guest.End(-1, "", 0)
		}
		<-p.Ended()
	}
	<-l.ripened
	return err
}

// lastLook brings into the Timeline what no look has taken in yet.
func (l *Lab) lastLook() {
	if !l.timeline.Holding() && !l.tap.waits() {
		return
	}
	_ = l.look() // without it the packets are missing; the rest is released
}
