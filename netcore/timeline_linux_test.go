package netcore

import (
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
