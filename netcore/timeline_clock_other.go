//go:build !unix

package netcore

import "time"

// pairClocks counts from the start of the program where there is no clock that
// processes share.
func pairClocks() (time.Time, int64) { return time.Now(), 0 }
