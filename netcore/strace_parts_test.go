package netcore

import (
	"fmt"
	"strings"
	"testing"
)

// TestStraceParts joins the parts of every call of the table to what strace prints.
func TestStraceParts(t *testing.T) {
	for _, c := range straceCases(t) {
		if len(c.input) == 0 {
			continue
		}
		call := callOf(t, c)
		entered, rest, result := StraceParts(call)
		if got, want := fmt.Sprintf("%-39s = %s", entered+rest, result), Strace(call); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestStraceEntered compares what is printed of a call that has not returned with
// what strace 6.1 does.
func TestStraceEntered(t *testing.T) {
	zero := Arg{}
	for name, want := range map[string]string{
		"accept": "accept(3, ", "recv": "recvfrom(3, ", "close": "close(3", "send": "sendto(3, NULL, 0, 0, NULL, 0", "epoll_wait": "epoll_wait(3, ",
	} {
		spec, ok := Describe(name)
		if !ok {
			t.Fatal(name)
		}
		call := &Call{Name: name, Syscall: strings.TrimSuffix(spec.Syscall, "_time64"), Args: []Arg{{Value: 3}, zero, zero, zero, zero, zero}}
		if call.Syscall == "" {
			call.Syscall = name
		}
		if entered, _, _ := StraceParts(call); entered != want && !(name == "epoll_wait" && strings.HasPrefix(entered, "epoll_")) {
			t.Errorf("%s: %q, want %q", name, entered, want)
		}
	}
}

func TestTimelineForgets(t *testing.T) {
	line := NewTimeline(Header{})
	var ids []ID
	for i := range 5000 {
		ids = append(ids, line.Add(Event{Type: NoteEvent, Note: &Note{Text: fmt.Sprintf("%0100d", i)}}))
	}
	line.Forget(4000)
	if _, ok := line.Get(ids[0]); ok {
		t.Error("a forgotten event is found")
	}
	if e, ok := line.Get(ids[4500]); !ok || e.Note.Text != fmt.Sprintf("%0100d", 4500) {
		t.Errorf("a kept event is %+v", e)
	}
	line.Forget(line.Len() + 7)
	last := line.Add(Event{Type: NoteEvent, Note: &Note{Text: "after"}})
	if e, ok := line.Get(last); !ok || e.Note.Text != "after" || line.Len() != 5002 {
		t.Errorf("an event after it is %+v, of %d", e, line.Len())
	}
	kept := 0
	for _, page := range line.store.pages {
		kept += len(page)
	}
	if kept > 2*pageBytes {
		t.Errorf("%d bytes are kept", kept)
	}
}

func TestReaderSaysWhatIsCutOff(t *testing.T) {
	var b strings.Builder
	w := NewWriter(&b)
	for _, e := range []Event{{ID: 1, Type: HeaderEvent, Header: &Header{Version: 1}}, {ID: 2, Type: NoteEvent, Note: &Note{Text: "a note"}}} {
		if err := w.WriteEvent(e); err != nil {
			t.Fatal(err)
		}
	}
	whole := b.String()
	for n := range len(whole) {
		line, _, err := ReadTimeline(strings.NewReader(whole[:n]))
		first := strings.IndexByte(whole, '\n')
		switch {
		case n < first && err == nil, n == len(whole)-1 && (err != nil || line.Len() != 2):
			t.Errorf("%d bytes: %d events, %v", n, line.Len(), err)
		case n > first+1 && n < len(whole)-1 && (err == nil || !strings.Contains(err.Error(), "line 2: the last line is cut off") || line.Len() != 1):
			t.Errorf("%d bytes: %d events, %v", n, line.Len(), err)
		}
	}
}
