package check

import (
	"os"

	"sockstep/netcore/tracer"
)

// rehearse finds out with this very program whether programs can be traced here, and
// in a process namespace of their own.
func (e *exam) rehearse() error {
	err := e.trial()
	if err != nil && e.contain {
		e.contain = false
		err = e.trial()
	}
	return err
}

func (e *exam) trial() error {
	ended := make(chan struct{}, 64)
	t, err := tracer.New(tracer.Options{Contain: e.contain, Tell: func(v tracer.Event) {
		if v.Process != nil && v.Process.Change == "end" {
			ended <- struct{}{}
		}
	}})
	if err != nil {
		return err
	}
	defer t.Close()
	path := "/bin/true"
	if _, err := os.Stat(path); err != nil {
		return nil // nothing to try it with
	}
	if _, _, err := t.Start(tracer.Program{Name: "trial", Path: path, Args: []string{path}, Env: []string{}}); err != nil {
		return err
	}
	select {
	case <-ended:
	case <-t.Ended():
	}
	return nil
}
