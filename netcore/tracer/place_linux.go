//go:build linux && (amd64 || arm64)

package tracer

// place notes where in the program's source a call stands.
func (t *Tracer) place(h *thread, c *inside, info *syscallInfo) {}

// inherit gives a child what is known of its parent's files.
func (t *Tracer) inherit(child, parent *process) {}

// remapped forgets what is known of a process's files: it has become another
// program.
func (t *Tracer) remapped(q *process) {}
