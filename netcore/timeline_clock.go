package netcore

import "time"

// clockStart pairs Go's own monotonic reading with one reading of the machine's
// monotonic clock, so that Now needs no system call that a tracer would see.
var clockStart, clockBase = pairClocks()

// Now returns the machine's monotonic clock (CLOCK_MONOTONIC) in nanoseconds. All
// times of a Timeline are on this clock, which all processes share.
func Now() int64 { return clockBase + int64(time.Since(clockStart)) }

// RealtimeOffset returns CLOCK_REALTIME minus CLOCK_MONOTONIC in nanoseconds, as
// it is now. The kernel stamps captured packets on the former.
func RealtimeOffset() int64 {
	now := time.Now()
	return now.UnixNano() - (clockBase + int64(now.Sub(clockStart)))
}
