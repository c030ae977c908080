package netcore

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestNowIsTheKernelsClock(t *testing.T) {
	var ts unix.Timespec
	before := Now()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		t.Fatal(err)
	}
	after := Now()
	const slack = int64(50 * time.Microsecond)
	if ts.Nano() < before-slack || ts.Nano() > after+slack {
		t.Errorf("CLOCK_MONOTONIC is %d, not between %d and %d", ts.Nano(), before, after)
	}
}

// TestRealtimeOffsetUnderLoad reads the offset while others want the processors: no
// reading may be off by as much as lies between two packets of a burst.
func TestRealtimeOffsetUnderLoad(t *testing.T) {
	var stop atomic.Bool
	defer stop.Store(true)
	for range 2 * runtime.GOMAXPROCS(0) {
		go func() {
			for !stop.Load() {
				runtime.Gosched()
			}
		}()
	}
	offsets := make([]int64, 500000)
	for i := range offsets {
		offsets[i] = RealtimeOffset()
	}
	// The clock of the day may be slewed meanwhile, so each is held against the next.
	off := 0
	for i := 1; i < len(offsets); i++ {
		if d := offsets[i] - offsets[i-1]; d < -10000 || d > 10000 {
			off++
		}
	}
	if off > 1 { // the clock may have been set, once
		t.Errorf("%d of %d readings differ from the one before by more than 10 µs", off, len(offsets))
	}
}
