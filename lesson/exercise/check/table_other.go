//go:build !linux

package check

import "sockstep/netcore/tracer"

// fill has no process to change: only Linux has a tracer.
func fill(int) (undo func(), err error) { return nil, tracer.ErrUnsupported }
