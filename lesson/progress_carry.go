package lesson

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrNotKept says that there is no progress file to work on: Remarks say why.
var ErrNotKept = errors.New("progress is not kept here")

// Carried is progress on its way from one machine to another: what Export wrote
// and ReadCarried has found to be whole.
type Carried struct{ kept keptFile }

// ReadCarried reads a file that Export wrote. A file that was damaged, cut off or
// changed by hand is refused, and so is one of a newer version of the program.
func ReadCarried(path string) (Carried, error) {
	data, err := readLimited(path)
	if err != nil {
		return Carried{}, shortError(err)
	}
	kept, err := decodeProgress("it", data)
	if err == nil {
		err = kept.sound()
	}
	return Carried{kept}, err
}

// Lessons are the names of the lessons it is about, sorted.
func (c Carried) Lessons() []string { return slices.Sorted(maps.Keys(c.kept.Lessons)) }

// sound refuses what no run of this program writes, whatever the checksum says.
func (kept keptFile) sound() error {
	if !kept.Placement.sound() {
		return damaged("a placement counts less than nothing, or has an answer that is none")
	}
	for name, k := range kept.Lessons {
		j := k.Journal
		switch {
		case !plainName(name):
			return damaged("a lesson is named %q", clip(name))
		case j.Lesson != "" && j.Lesson != name:
			return damaged("the place in %s is that of %q", name, clip(j.Lesson))
		case j.Step < 0 || j.Phase < Reading || j.Phase > Free:
			return damaged("the place in %s is none: step %d, phase %d", name, j.Step, j.Phase)
		}
		for belief, n := range k.Beliefs {
			if n < 0 {
				return damaged("%s counts the belief %q %d times", name, clip(belief), n)
			}
		}
	}
	return nil
}

// Export is everything that is kept, as one JSON object with a checksum: per lesson
// the place, the steps that were run, the answers and the beliefs.
func (p *Progress) Export() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent {
		return nil, ErrNotKept
	}
	return encodeProgress(keptFile{Last: p.last, Lessons: p.lessons, Placement: p.placement})
}

// Known are the names of the lessons of which something is kept, sorted.
func (p *Progress) Known() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.lessons))
}

// Merge adds what was carried here to what is kept, and waits until that is
// written. Nothing that was ever run or answered is lost; the place in a lesson is
// that of the later visit.
func (p *Progress) Merge(c Carried) error {
	return p.rewrite(func(kept *keptFile) {
		for name, k := range c.kept.Lessons {
			kept.Lessons[name] = later(k, kept.Lessons[name])
		}
		if kept.Last == "" {
			kept.Last = c.kept.Last
		}
		kept.Placement = kept.Placement.more(c.kept.Placement)
	})
}

// later lays the one that changed later over the other.
func later(a, b Kept) Kept {
	if a.Updated.Before(b.Updated) {
		return b.over(a)
	}
	return a.over(b)
}

// Replace puts what was carried here in the place of what is kept, and waits until
// that is written.
func (p *Progress) Replace(c Carried) error {
	return p.rewrite(func(kept *keptFile) {
		kept.Lessons, kept.Last = maps.Clone(c.kept.Lessons), c.kept.Last
		kept.Placement = c.kept.Placement
	})
}

// Reset forgets everything that is kept of the lessons named, and waits until that
// is written. Where no lesson is left, the placements are forgotten too.
func (p *Progress) Reset(names ...string) error {
	return p.rewrite(func(kept *keptFile) {
		for _, name := range names {
			delete(kept.Lessons, name)
			if kept.Last == name {
				kept.Last = ""
			}
		}
		if len(kept.Lessons) == 0 {
			kept.Placement = Placement{}
		}
	})
}

// rewrite changes the file at once, as it is then, and what this program knows of
// it. What Keep has not written yet is written first; no Keep may run meanwhile.
func (p *Progress) rewrite(change func(*keptFile)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent {
		return ErrNotKept
	}
	kept, err := p.file.change(func(kept *keptFile) {
		for name := range p.changed {
			kept.Lessons[name] = p.lessons[name].over(kept.Lessons[name])
		}
		change(kept)
	})
	if err != nil {
		return fmt.Errorf("keep progress: %w", err)
	}
	clear(p.changed)
	p.moved = false
	p.lessons, p.last = map[string]Kept{}, kept.Last
	p.adopt(kept)
	return nil
}
