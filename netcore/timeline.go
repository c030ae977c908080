package netcore

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

// StreamVersion is the version of the stream's format this program writes, and
// the newest one it reads.
const StreamVersion = 1

// Timeline is the record of everything that happened in a lab: an append-only
// list of events. It is safe for concurrent use. What an added event points to
// belongs to the Timeline from then on and is not changed by anybody.
//
// Sources report with different delays: a packet reaches the capture some
// milliseconds after the call that sent it returned. With Hold, events wait for
// such latecomers and enter the list in order of time.
type Timeline struct {
	mu     sync.Mutex
	events []entry
	store  archive // what the events are about
	place  []int32 // by ID: index in events, or one of the marks below
	last   ID
	held   []heldEvent // sorted by At, then by order of arrival
	hold   time.Duration
	// released is the time up to which events have been released: what comes
	// later and is older is late, and appended at once.
	released int64
	changed  chan struct{}
	kept     chan struct{} // receives when an event has been held
	closed   bool
	gone     int // how many events, from the first, were forgotten
}

// entry is an event as it is kept. Its cause, and what it is about, stand in the
// archive.
type entry struct {
	at   int64
	id   uint32
	slot slot
}

// heldEvent is an event that waits: what it is about is one of the structures an Event
// points to, and says of which type it is.
type heldEvent struct {
	at        int64
	id, cause ID
	what      any
}

// maxID is the largest ID a Timeline takes, so that a recording with a false
// number reserves no memory for those before it.
const maxID = 1 << 24

// Marks in place for an event that is not in the list.
const (
	unknown = -1 // nobody added it
	isHeld  = -2
)

// NewTimeline starts a record with its header event, which gets the first ID.
// What the header leaves empty of version, system, architecture and clock offset
// is filled in.
func NewTimeline(h Header) *Timeline {
	if h.Version == 0 {
		h.Version = StreamVersion
	}
	if h.OS == "" {
		h.OS, h.Arch = runtime.GOOS, runtime.GOARCH
	}
	if h.RealtimeOffset == 0 {
		h.RealtimeOffset = RealtimeOffset()
	}
	t := emptyTimeline()
	t.Add(Event{Type: HeaderEvent, Header: &h})
	return t
}

func emptyTimeline() *Timeline {
	return &Timeline{changed: make(chan struct{}), kept: make(chan struct{}, 1)}
}

// NewID reserves an ID for an event that is added later, so that others can name
// it before: a call is announced when it blocks and added when it returns.
func (t *Timeline) NewID() ID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next()
}

func (t *Timeline) next() ID {
	t.last++
	return t.last
}

// Add appends an event and returns its ID. A missing ID is assigned (that of the
// call, when it reserved one), a missing time is now, for a call its return.
// Add returns 0 and adds nothing when the Timeline is closed, has an event of
// this ID already, or has run out of IDs. The header is never held.
func (t *Timeline) Add(e Event) ID {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || e.ID > maxID {
		return 0
	}
	t.complete(&e)
	if t.where(e.ID) != unknown {
		return 0
	}
	t.last = max(t.last, e.ID)
	kept := heldEvent{e.At, e.ID, e.Cause, e.what()}
	if t.hold > 0 && e.Type != HeaderEvent && e.At > t.released {
		t.keep(kept)
		return e.ID
	}
	t.append(kept)
	t.wake()
	return e.ID
}

// where is the place of an ID.
func (t *Timeline) where(id ID) int32 {
	if id >= ID(len(t.place)) {
		return unknown
	}
	return t.place[id]
}

// file notes the place of an ID.
func (t *Timeline) file(id ID, at int32) {
	for ID(len(t.place)) <= id {
		t.place = append(t.place, unknown)
	}
	t.place[id] = at
}

// complete fills in the ID and the time an event came without.
func (t *Timeline) complete(e *Event) {
	if e.ID == 0 && e.Call != nil {
		e.ID = e.Call.ID
	}
	if e.ID == 0 {
		e.ID = t.next()
	}
	if e.Call != nil && e.Call.ID == 0 {
		e.Call.ID = e.ID
	}
	if e.At == 0 && e.Call != nil {
		e.At = e.Call.Exit
	}
	if e.At == 0 {
		e.At = Now()
	}
}

func (t *Timeline) append(e heldEvent) {
	t.file(e.id, int32(len(t.events)))
	t.events = append(t.events, entry{e.at, uint32(e.id), t.store.put(e.cause, e.what)})
}

// keep sorts an event in among those held, behind others of the same time.
func (t *Timeline) keep(e heldEvent) {
	t.file(e.id, isHeld)
	i := len(t.held)
	for i > 0 && t.held[i-1].at > e.at {
		i--
	}
	t.held = slices.Insert(t.held, i, e)
	select {
	case t.kept <- struct{}{}:
	default:
	}
}

func (t *Timeline) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// Hold makes events that are added from now on wait until d has passed since
// their time, so that what is reported later but happened before sorts in; see
// Settle. With 0, the initial state, events are appended at once, and those that
// were held are released.
func (t *Timeline) Hold(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hold = d
	if d <= 0 {
		t.release(len(t.held))
	}
}

// Settle releases the held events that are old enough at the time now (see Now)
// in order of their time, and returns how many events are still held. It is for
// whoever called Hold to call it.
func (t *Timeline) Settle(now int64) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	ripe := now - int64(t.hold)
	n := 0
	t.released = max(t.released, ripe)
	for n < len(t.held) && t.held[n].at <= ripe {
		n++
	}
	t.release(n)
	return len(t.held)
}

// Holding reports whether events are held.
func (t *Timeline) Holding() bool { return t.HoldsFrom(math.MaxInt64) }

// HoldsFrom reports whether events of this time or from before are held.
func (t *Timeline) HoldsFrom(at int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.held) > 0 && t.held[0].at <= at
}

// Release releases the held events up to a time: whoever calls it knows that
// nothing that happened before is still to come.
func (t *Timeline) Release(upTo int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.released = max(t.released, upTo)
	n := 0
	for n < len(t.held) && t.held[n].at <= upTo {
		n++
	}
	t.release(n)
}

// release appends the first n held events.
func (t *Timeline) release(n int) {
	if n == 0 || t.closed {
		return
	}
	for _, e := range t.held[:n] {
		t.append(e)
	}
	t.held = slices.Delete(t.held, 0, n)
	t.wake()
}

// Len returns the number of events, without those held.
func (t *Timeline) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.events)
}

// At returns the i-th event; i counts from 0 to Len()-1.
func (t *Timeline) At(i int) Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.event(i)
}

// event takes an event out of the archive.
func (t *Timeline) event(i int) Event {
	k := &t.events[i]
	cause, what := t.store.get(k.slot)
	kept := heldEvent{k.at, ID(k.id), cause, what}
	return kept.event()
}

// Get returns the event with this ID, unless there is none or it is still held.
func (t *Timeline) Get(id ID) (Event, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.where(id)
	if i < int32(t.gone) {
		return Event{}, false
	}
	return t.event(int(i)), true
}

// Forget gives back the memory of the first n events: nobody asks for them any more.
// Get does not find them, At and Since must not be asked for them. What is left of
// each are some 20 bytes.
func (t *Timeline) Forget(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n = min(n, len(t.events)); n <= t.gone {
		return
	}
	last := t.events[n-1].slot.page
	for page := t.events[t.gone].slot.page; page < last; page++ {
		t.store.pages[page] = nil
	}
	t.gone = n
}

// Since returns the events from the i-th on.
func (t *Timeline) Since(i int) []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	i = min(max(i, 0), len(t.events))
	out := make([]Event, len(t.events)-i)
	for k := range out {
		out[k] = t.event(i + k)
	}
	return out
}

// Place returns the index of an event in the list, -1 unless At would return it.
func (t *Timeline) Place(id ID) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(max(t.where(id), unknown))
}

// Changed returns a channel that is closed at the next addition, or when the
// Timeline is closed. Take it before looking at Len, so that nothing is missed.
func (t *Timeline) Changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed
}

// Close releases what is held and ends the record; Add adds nothing afterwards.
// The channel of Changed stays closed.
func (t *Timeline) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.release(len(t.held))
	t.closed = true
	close(t.changed)
}

// Closed reports whether Close was called.
func (t *Timeline) Closed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// look returns what an event is about, also of one that is held; nil when there
// is none.
func (t *Timeline) look(id ID) any {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.where(id)
	if i >= int32(t.gone) {
		e := t.event(int(i))
		return e.what()
	}
	k := slices.IndexFunc(t.held, func(e heldEvent) bool { return e.id == id })
	if k < 0 {
		return nil
	}
	return t.held[k].what
}
