//go:build !linux

package trace

import (
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

func startWaiting() (pid int, end func(), err error) { return 0, nil, tracer.ErrUnsupported }

func scopeText() string { return "" }

func attachFix() string { return "" }

func traceFix() string { return "" }

func memoryLimit() []netcore.Finding { return nil }
