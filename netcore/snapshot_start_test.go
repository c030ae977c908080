//go:build linux

package netcore

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// TestLookWhileAProcessStarts looks all the time while processes are started: what a
// process has open is its own from the first look on.
func TestLookWhileAProcessStarts(t *testing.T) {
	l := openLab(t, Options{})
	over, done := make(chan struct{}), make(chan struct{})
	defer func() { close(over); <-done }()
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			default:
				_, _ = l.Snapshot(context.Background())
			}
		}
	}()
	for i := range 8 {
		name := fmt.Sprintf("process%d", i)
		start(t, l, name)
		s := snapshot(t, l)
		k := slices.IndexFunc(s.Processes, func(p ProcessTable) bool { return p.Name == name })
		for _, d := range s.Processes[k].FDs {
			if d.FD > 2 {
				t.Errorf("%s has descriptor %d, %s, and has opened none", name, d.FD, d.Target)
			}
		}
	}
}
