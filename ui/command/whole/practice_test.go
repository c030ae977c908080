//go:build linux

package whole

import (
	"strings"
	"testing"

	"sockstep/ui/terminal/screentest"
)

// TestDrillOnTheScreen answers a question, leaves the next one while its lines run, and
// finds nothing left behind.
func TestDrillOnTheScreen(t *testing.T) {
	for _, who := range people(t) {
		t.Run(who.name, func(t *testing.T) {
			t.Parallel()
			r := who.open(t, screentest.Setup{Width: 80, Height: 24}, "drill", "descriptors", "--seed", "7")
			r.Shows("question 1, descriptors")
			r.Types("1\r")
			r.Until("the mark", func(picture, _ string) bool { return strings.Contains(picture, "of 1 right") })
			r.Shows("socket(AF_INET")
			r.Types("\r")
			r.Shows("question 2, descriptors")
			r.Types("1\r\x03")
			if status, _ := r.Ends(); status != 0 {
				t.Errorf("exit status %d", status)
			}
			r.Restored()
			r.leavesNothing()
		})
	}
}

// TestPlacementOnTheScreen skips all questions of a placement, which the runs of some
// answer: it does not count, and is left for the shell.
func TestPlacementOnTheScreen(t *testing.T) {
	r := open(t, screentest.Setup{Width: 120, Height: 36}, "placement")
	for range 12 {
		r.Until("a question", func(picture, _ string) bool { return strings.Contains(picture, "after choosing an answer") })
		r.Types("0")
		r.Until("its answer", func(picture, _ string) bool { return strings.Contains(picture, "Skipped. Right was") })
		r.Types("\r")
	}
	r.Shows("This placement does not count")
	r.Types("\r")
	if status, _ := r.Ends(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	r.leavesNothing()
}
