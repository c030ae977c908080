//go:build !linux

package check

// Threads has nothing to look at: only Linux has a tracer.
func (p *Program) Threads() int { return 0 }

// Blocking has nothing to look at.
func (p *Program) Blocking() int { return 0 }
