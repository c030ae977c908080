//go:build unix

package netcore

import (
	"time"

	"golang.org/x/sys/unix"
)

// pairClocks reads the machine's clock between two readings of Go's, three times,
// and keeps the pair that was taken in the shortest time.
func pairClocks() (start time.Time, base int64) {
	best := time.Duration(1<<63 - 1)
	for range 3 {
		before := time.Now()
		var ts unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
			return before, 0
		}
		if gap := time.Since(before); gap < best {
			best, start, base = gap, before.Add(gap/2), ts.Nano()
		}
	}
	return start, base
}
