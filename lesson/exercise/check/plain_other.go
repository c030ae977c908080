//go:build !linux

package check

import "sockstep/netcore/tracer"

// Plain fails: only Linux has a tracer.
func Plain() (Examiner, error) { return nil, tracer.ErrUnsupported }
