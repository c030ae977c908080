package lesson

import (
	"context"

	"sockstep/netcore"
)

// explain finds why a call was refused, in a look at the kernel right after it, and
// keeps it with the call. A lab that cannot be looked at explains nothing.
func (s *Session) explain(ctx context.Context, c *netcore.Call) {
	if !c.Failed() {
		return
	}
	now, err := s.stage.Snapshot(ctx)
	if err != nil {
		return
	}
	if e, ok := Explain(c, now, s.snapshot, s.Timeline()); ok {
		c.Cause = e.String()
		s.Timeline().Explain(c.ID, c.Cause)
	}
}
