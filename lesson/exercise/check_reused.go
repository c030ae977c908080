package exercise

import (
	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

// reused is a connect() on a socket for which connect() has failed before, nil for none.
// One that asks again what came of an attempt that goes on is none.
func reused(p *check.Program) *netcore.Call {
	failed := map[int]bool{}
	for _, c := range p.Calls() {
		switch fd := check.Descriptor(c); {
		case check.Is(check.Socket, check.Close)(c):
			delete(failed, fd)
		case !check.Is(check.Connect)(c):
			if said, ok := check.Option32(c); ok && said != 0 && check.Gets("SOL_SOCKET", "SO_ERROR")(c) {
				failed[fd] = true
			}
		case failed[fd]:
			return c
		case c.Failed() && !check.FailsWith("EINPROGRESS", "EALREADY", "EINTR")(c):
			failed[fd] = true
		}
	}
	return nil
}
