//go:build !linux

package check

import (
	"net"

	"sockstep/netcore/tracer"
)

// dialAsNobody is for Linux alone, as the tracer is.
func dialAsNobody(string) (net.Conn, error) { return nil, tracer.ErrUnsupported }
