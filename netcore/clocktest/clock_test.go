package clocktest

import (
	"testing"
	"time"
)

func TestStalled(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"some avg10=87.88 avg60=53.71 avg300=28.30 total=161242343\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n": 161242343 * time.Microsecond,
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n":                                                            0,
		"some avg10=1 total=many\n": 0,
		"":                          0,
	} {
		if got := stalled(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	looks := 0
	if !Within(time.Nanosecond, func() bool { looks++; return looks > 1 }) {
		t.Error("it did not look once more at the end")
	}
	if Within(time.Millisecond, func() bool { return false }) {
		t.Error("what never holds held")
	}
}

// TestWatch wants a Watch to tell no more time than has passed.
func TestWatch(t *testing.T) {
	begun := time.Now()
	w := Start()
	took := w.Took()
	if real := time.Since(begun); took < 0 || took > real {
		t.Errorf("%v have passed, and it tells %v", real, took)
	}
	if w.Past(time.Hour) {
		t.Error("an hour is past")
	}
	w.begun = w.begun.Add(-2 * Patience)
	if !w.Past(time.Hour) {
		t.Error("it waits for ever")
	}
}
