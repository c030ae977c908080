package lesson

import (
	"fmt"
	"strings"
	"testing"

	"sockstep/netcore"
)

// TestSilenceCountsEachSYNOnce has SYNs dropped on a wire, where the record has each
// twice: as it came, and as it was dropped.
func TestSilenceCountsEachSYNOnce(t *testing.T) {
	t.Parallel()
	s := NewSession(builtinCourse(t).Lesson("ways"), OpenLab(netcore.Options{Tier: netcore.TierUser}))
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skipf("no private network: %v", err)
	}
	for v := s.View(); v.Phase != Ran || v.Lesson.Steps[v.Step].ID != "silent"; v = s.View() {
		playStep(t, s)
	}
	call := lastRefused(t, s)
	sent := 0
	for _, e := range s.Timeline().Since(0) {
		if e.Packet != nil && e.Packet.Of == 0 {
			sent++
		}
	}
	if want := fmt.Sprintf("any of the %d SYN", sent); sent < 2 || !strings.Contains(call.Cause, want) {
		t.Errorf("%s is explained by %q, which does not say %q", netcore.Short(&call), call.Cause, want)
	}
}
