//go:build !linux

package check

import (
	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// place has nothing to look at: only Linux has a tracer.
func (p *Program) place(netcore.Socket) (Place, bool) { return Place{}, false }

// Flags has nothing to look at.
func (p *Program) Flags(Place) (nonblocking, closeOnExec, ok bool) { return false, false, false }

func borrow(Place, func(fd int) error) error { return tracer.ErrUnsupported }

func getOption(int, int, int) (int, error) { return 0, tracer.ErrUnsupported }

func setOption(int, int, int, int) error { return tracer.ErrUnsupported }

func isGone(error) bool { return false }
