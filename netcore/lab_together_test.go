//go:build linux

package netcore

import (
	"fmt"
	"sync"
	"testing"
)

// TestLabsTogether opens labs and starts processes side by side: a descriptor
// closed twice in one would be somebody else's in another.
func TestLabsTogether(t *testing.T) {
	var all sync.WaitGroup
	failed := make(chan error, 100)
	for range 6 {
		all.Go(func() {
			for range 4 {
				if err := brief(t); err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
}

// brief opens a lab, makes a call in each of three processes started at once, and
// closes it.
func brief(t *testing.T) error {
	l, err := Open(deadline(t), Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	errs := make(chan error, 3)
	for _, name := range []string{"a", "b", "c"} {
		go func() {
			p, err := l.Start(deadline(t), name)
			if err == nil {
				var c Call
				if c, err = p.Do(deadline(t), Request{Name: "socket", Args: []Value{Number(2), Number(1), Number(0)}}); err == nil && *c.Ret != 3 {
					err = fmt.Errorf("socket() = %d, want 3", *c.Ret)
				}
			}
			errs <- err
		}()
	}
	for range 3 {
		if e := <-errs; e != nil {
			err = e
		}
	}
	return err
}
