//go:build linux && (amd64 || arm64)

package tracer

import (
	"syscall"

	"sockstep/netcore/tracer/source"
)

// Read makes a space a source.Memory.
func (s space) Read(address uint64, n int) []byte { return s.read(address, n) }

var _ source.Memory = space(0)

// place notes where in the program's source a call stands. The registers are read
// only where some file of the process can tell lines.
func (t *Tracer) place(h *thread, c *inside) {
	q := h.process
	if q.finder == nil {
		q.finder = t.sources.Process(q.pid)
	}
	var r syscall.PtraceRegs
	if !q.finder.Lines() || readRegisters(h.tid, &r) != 0 {
		return
	}
	p := q.finder.Find(sourceRegisters(&r), space(h.tid))
	c.Line, c.Source = p.String(), p.Text()
}

// remapped forgets what is known of a process's files: it has become another
// program.
func (t *Tracer) remapped(q *process) {
	if q.finder != nil {
		q.finder.Remap()
	}
}
