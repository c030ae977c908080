//go:build !linux

package tracer

// MemoryGroup bounds memory, on Linux only.
type MemoryGroup struct{}

// NewMemoryGroup makes none here.
func NewMemoryGroup(int64) (*MemoryGroup, error) { return nil, ErrUnsupported }

// Folder is where the group is.
func (g *MemoryGroup) Folder() string { return "" }

// Kills is how many processes the kernel has killed in it.
func (g *MemoryGroup) Kills() int { return 0 }

// Remove removes the group.
func (g *MemoryGroup) Remove() error { return nil }
