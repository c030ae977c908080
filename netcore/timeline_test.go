package netcore

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore/clocktest"
)

func note(at int64, text string) Event {
	return Event{Type: NoteEvent, At: at, Note: &Note{Text: text}}
}

// notes returns the texts of the notes in a Timeline, in its order.
func notes(t *Timeline) []string {
	var texts []string
	for _, e := range t.Since(1) {
		texts = append(texts, e.Note.Text)
	}
	return texts
}

func TestTimelineBegins(t *testing.T) {
	line := NewTimeline(Header{Program: "test"})
	e := line.At(0)
	if line.Len() != 1 || e.ID != 1 || e.Type != HeaderEvent {
		t.Fatalf("a new Timeline begins with %+v, want its header with id 1", e)
	}
	if e.Header.Version != StreamVersion || e.Header.OS == "" || e.Header.Arch == "" || e.Header.RealtimeOffset == 0 {
		t.Errorf("the header is not filled in: %+v", e.Header)
	}
}

func TestTimelineReservedID(t *testing.T) {
	line := NewTimeline(Header{})
	call := line.NewID()
	blocked := line.Add(Event{Type: BlockedEvent, At: 5, Cause: call, Blocked: &Blocked{Call: call}})
	ret := int64(0)
	got := line.Add(Event{Type: CallEvent, Call: &Call{ID: call, Ret: &ret, Enter: 1, Exit: 9}})
	if call != 2 || blocked != 3 || got != call {
		t.Errorf("ids: call %d, blocked %d, call added as %d; want 2, 3, 2", call, blocked, got)
	}
	e, ok := line.Get(call)
	if !ok || e.Call == nil || e.At != 9 {
		t.Errorf("Get(%d) = %+v, %v, want the call at the time of its return", call, e, ok)
	}
	if _, ok := line.Get(99); ok {
		t.Error("Get finds an event nobody added")
	}
	if id := line.Add(Event{ID: blocked, Type: NoteEvent, Note: &Note{}}); id != 0 || line.Len() != 3 {
		t.Errorf("a second event with id %d was added as %d", blocked, id)
	}
}

func TestTimelineCallGetsID(t *testing.T) {
	line := NewTimeline(Header{})
	call := &Call{}
	if id := line.Add(Event{Type: CallEvent, Call: call}); call.ID != id || id == 0 {
		t.Errorf("the call has id %d, its event %d", call.ID, id)
	}
	if e := line.At(1); e.At == 0 {
		t.Error("an event without a time was not given one")
	}
}

func TestTimelineHold(t *testing.T) {
	const ms = int64(time.Millisecond)
	line := NewTimeline(Header{})
	line.Hold(5 * time.Millisecond)
	first := line.Add(note(10*ms, "call"))
	line.Add(note(12*ms, "answer"))
	line.Add(note(11*ms, "late packet"))
	line.Add(note(11*ms, "later packet"))
	if line.Len() != 1 {
		t.Fatalf("%d events before the delay passed, want the header alone", line.Len())
	}
	if _, ok := line.Get(first); ok {
		t.Error("Get returns an event that is held")
	}
	for _, tt := range []struct {
		now  int64
		held int
		want []string
	}{
		{14 * ms, 4, nil},
		{15 * ms, 3, []string{"call"}},
		{16 * ms, 1, []string{"call", "late packet", "later packet"}},
		{17 * ms, 0, []string{"call", "late packet", "later packet", "answer"}},
	} {
		if held := line.Settle(tt.now); held != tt.held {
			t.Errorf("Settle(%d ms) = %d held, want %d", tt.now/ms, held, tt.held)
		}
		if diff := cmp.Diff(tt.want, notes(line)); diff != "" {
			t.Errorf("after Settle(%d ms) (-want +got):\n%s", tt.now/ms, diff)
		}
	}
	if e, ok := line.Get(first); !ok || e.Note.Text != "call" {
		t.Errorf("Get(%d) = %+v, %v after the release", first, e, ok)
	}
}

func TestTimelineHoldEnds(t *testing.T) {
	for name, end := range map[string]func(*Timeline){
		"Hold(0)": func(l *Timeline) { l.Hold(0) },
		"Close":   func(l *Timeline) { l.Close() },
	} {
		line := NewTimeline(Header{})
		line.Hold(time.Hour)
		line.Add(note(2, "two"))
		line.Add(note(1, "one"))
		end(line)
		if diff := cmp.Diff([]string{"one", "two"}, notes(line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTimelineNoHold(t *testing.T) {
	line := NewTimeline(Header{})
	line.Add(note(2, "two"))
	line.Add(note(1, "one"))
	if diff := cmp.Diff([]string{"two", "one"}, notes(line)); diff != "" {
		t.Errorf("without Hold events enter as they come (-want +got):\n%s", diff)
	}
}

func TestTimelineChanged(t *testing.T) {
	line := NewTimeline(Header{})
	changed := line.Changed()
	select {
	case <-changed:
		t.Fatal("Changed before an addition")
	default:
	}
	line.Add(note(1, "one"))
	select {
	case <-changed:
	case <-time.After(clocktest.Patience):
		t.Fatal("no word of an addition")
	}
	changed = line.Changed()
	line.Close()
	<-changed
	<-line.Changed()
	if !line.Closed() || line.Add(note(2, "two")) != 0 || line.Len() != 2 {
		t.Error("a closed Timeline took an event")
	}
	line.Close()
}

func TestTimelineSince(t *testing.T) {
	line := NewTimeline(Header{})
	line.Add(note(1, "one"))
	events := line.Since(1)
	_ = append(events, note(9, "foreign"))
	line.Add(note(2, "two"))
	if diff := cmp.Diff([]string{"one", "two"}, notes(line)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(events) != 1 || len(line.Since(50)) != 0 || len(line.Since(-1)) != 3 {
		t.Errorf("Since: %d, %d, %d events; want 1, 0, 3", len(events), len(line.Since(50)), len(line.Since(-1)))
	}
}

func TestTimelineConcurrent(t *testing.T) {
	const writers, each = 4, 250
	line := NewTimeline(Header{})
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				line.Add(note(0, "x"))
				line.Len()
				line.Since(0)
			}
		})
	}
	wg.Wait()
	seen := map[ID]bool{}
	for _, e := range line.Since(0) {
		seen[e.ID] = true
	}
	if len(seen) != writers*each+1 {
		t.Errorf("%d different ids, want %d", len(seen), writers*each+1)
	}
}

func TestNow(t *testing.T) {
	a := Now()
	b := Now()
	if a <= 0 || b < a {
		t.Errorf("Now: %d, then %d", a, b)
	}
	real := time.Unix(0, Now()+RealtimeOffset())
	if d := time.Since(real).Abs(); d > time.Second {
		t.Errorf("Now plus RealtimeOffset is %v away from the time of day", d)
	}
}
