package netcore

import "time"

// clockStart pairs Go's own monotonic reading with one reading of the machine's
// monotonic clock, so that Now needs no system call that a tracer would see.
var clockStart, clockBase = pairClocks()

// Now returns the machine's monotonic clock (CLOCK_MONOTONIC) in nanoseconds. All
// times of a Timeline are on this clock, which all processes share.
func Now() int64 { return clockBase + int64(time.Since(clockStart)) }

// offsetGap is how long reading both clocks takes when nothing comes between, with
// room to spare.
const offsetGap = 2 * time.Microsecond

// RealtimeOffset returns CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds, as
// it is now. The kernel stamps captured packets on the former. The two clocks are
// read one after the other, and a thread that loses its processor between them
// would be wrong by milliseconds: of some tries the shortest counts.
func RealtimeOffset() (offset int64) {
	best := time.Duration(1<<63 - 1)
	for tries := 0; tries < 8 && best > offsetGap; tries++ {
		before := time.Now()
		now := time.Now()
		if gap := time.Since(before); gap < best {
			best, offset = gap, now.UnixNano()-(clockBase+int64(now.Sub(clockStart)))
		}
	}
	return offset
}
