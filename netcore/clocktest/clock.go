// Package clocktest times what tests hold to a limit. What the program does within a
// second on a quiet machine takes longer where others have the processors, which says
// nothing about the program: such time is not counted. It is no part of the program.
package clocktest

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Patience bounds every wait of a test. It only passes where something is broken.
const Patience = time.Minute

// Watch is a stopwatch that stands still while anybody on this machine waits for a
// processor or a disk, as far as the kernel tells.
type Watch struct {
	begun  time.Time
	waited time.Duration
}

// Start starts a Watch.
func Start() Watch { return Watch{time.Now(), waited()} }

// Took is the time since Start in which nobody waited.
func (w Watch) Took() time.Duration {
	return max(time.Since(w.begun)-w.Lost(), 0)
}

// Lost is the time since Start in which somebody waited.
func (w Watch) Lost() time.Duration { return waited() - w.waited }

// Past reports whether the limit has passed, or all patience.
func (w Watch) Past(limit time.Duration) bool {
	return limit < Patience && w.Took() > limit || time.Since(w.begun) > Patience
}

// Within looks again and again whether a condition holds, until the limit has passed
// on a Watch. It looks once more then.
func Within(limit time.Duration, cond func() bool) bool {
	w := Start()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		if w.Past(limit) {
			return cond()
		}
		<-tick.C
	}
	return true
}

// waited is how long, since the machine was started, somebody waited for a processor
// or a disk, from the files of pressure stall information (Linux 4.20). Without them
// it is 0, and every limit is one of real time.
func waited() (all time.Duration) {
	for _, what := range []string{"cpu", "io"} {
		text, err := os.ReadFile("/proc/pressure/" + what)
		if err == nil {
			all += stalled(string(text))
		}
	}
	return all
}

// stalled reads the total of the line "some avg10=0.00 avg60=0.00 avg300=0.00
// total=12345", which is in microseconds; 0 where there is none.
func stalled(text string) time.Duration {
	line, _, _ := strings.Cut(text, "\n")
	_, total, found := strings.Cut(line, "total=")
	n, err := strconv.ParseInt(total, 10, 64)
	if !found || err != nil || !strings.HasPrefix(line, "some ") {
		return 0
	}
	return time.Duration(n) * time.Microsecond
}
