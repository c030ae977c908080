package netcore

import (
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
	mu      sync.Mutex
	events  []Event
	place   map[ID]int // index in events; -1 while the event is held
	last    ID
	held    []Event // sorted by At, then by order of arrival
	hold    time.Duration
	changed chan struct{}
	closed  bool
}

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
	return &Timeline{place: map[ID]int{}, changed: make(chan struct{})}
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
// Add returns 0 and adds nothing when the Timeline is closed or has an event of
// this ID already. The header is never held.
func (t *Timeline) Add(e Event) ID {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return 0
	}
	t.complete(&e)
	if _, taken := t.place[e.ID]; taken {
		return 0
	}
	t.last = max(t.last, e.ID)
	if t.hold > 0 && e.Type != HeaderEvent {
		t.keep(e)
		return e.ID
	}
	t.append(e)
	t.wake()
	return e.ID
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

func (t *Timeline) append(e Event) {
	t.place[e.ID] = len(t.events)
	t.events = append(t.events, e)
}

// keep sorts an event in among those held, behind others of the same time.
func (t *Timeline) keep(e Event) {
	t.place[e.ID] = -1
	i := len(t.held)
	for i > 0 && t.held[i-1].At > e.At {
		i--
	}
	t.held = slices.Insert(t.held, i, e)
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
	for n < len(t.held) && t.held[n].At <= ripe {
		n++
	}
	t.release(n)
	return len(t.held)
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
	return t.events[i]
}

// Get returns the event with this ID, unless there is none or it is still held.
func (t *Timeline) Get(id ID) (Event, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.place[id]
	if !ok || i < 0 {
		return Event{}, false
	}
	return t.events[i], true
}

// Since returns the events from the i-th on. The slice is the Timeline's own:
// read it, do not write to it.
func (t *Timeline) Since(i int) []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	i = min(max(i, 0), len(t.events))
	return slices.Clip(t.events[i:])
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
