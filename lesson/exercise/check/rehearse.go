package check

import (
	"os"
	"time"

	"sockstep/netcore/tracer"
)

// rehearse finds out with this very program whether programs can be traced here, in a
// process namespace of their own, and in a control group that bounds their memory.
func (e *exam) rehearse() error {
	e.group, _ = tracer.NewMemoryGroup(mostMemory) // without, what they use is watched
	err := e.trial()
	if err != nil && e.group != nil {
		e.ungroup()
		err = e.trial()
	}
	if err != nil && e.contain {
		e.contain = false
		err = e.trial()
	}
	return err
}

// cgroup is the folder of the group programs start in, "" for none.
func (e *exam) cgroup() string {
	if e.group == nil {
		return ""
	}
	return e.group.Folder()
}

// memoryKills is how many processes the kernel has ended for lack of memory.
func (e *exam) memoryKills() int {
	if e.group == nil {
		return 0
	}
	return e.group.Kills()
}

// ungroup removes the group, when what was in it is gone: processes leave theirs a
// little after their end is told.
func (e *exam) ungroup() {
	if e.group == nil {
		return
	}
	for deadline := time.Now().Add(removePatience); e.group.Remove() != nil && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	e.group = nil
}

// removePatience is how long processes may take to leave their group. One that is left
// behind is empty, and removed by a later check.
const removePatience = time.Second

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
	if _, _, err := t.Start(tracer.Program{Name: "trial", Path: path, Args: []string{path}, Env: []string{}, Cgroup: e.cgroup()}); err != nil {
		return err
	}
	select {
	case <-ended:
	case <-t.Ended():
	}
	return nil
}
