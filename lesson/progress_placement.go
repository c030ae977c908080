package lesson

import "slices"

// Placement is what is kept of the placements a learner has done.
type Placement struct {
	Times int `json:"times"` // how many were done to their end
	// First and Last are how many answers were right in the first one and in the
	// last.
	First int `json:"first"`
	Last  int `json:"last"`
	// Start names the lesson that the last one advised, empty for none.
	Start string `json:"start,omitempty"`
	// Asked are the questions of the first one and how they were answered. Files of
	// older versions do not have it; the next placement makes up for that.
	Asked []Placed `json:"asked,omitempty"`
}

// Placed is one question of a placement and how it was answered.
type Placed struct {
	Lesson string `json:"lesson"`
	Belief string `json:"belief,omitempty"` // empty: the question was a drill's
	Mark   Mark   `json:"mark,omitempty"`   // Unmarked where it was skipped
}

// After is what is kept when one more was done.
func (b Placement) After(right int, start string, asked []Placed) Placement {
	now := Placement{Times: b.Times + 1, First: b.First, Last: right, Start: start, Asked: b.Asked}
	if b.Times == 0 {
		now.First = right
	}
	if len(b.Asked) == 0 {
		now.Asked = slices.Clone(asked)
	}
	return now
}

func (b Placement) sound() bool {
	return b.Times >= 0 && b.First >= 0 && b.Last >= 0 && !slices.ContainsFunc(b.Asked, func(p Placed) bool {
		return !plainName(p.Lesson) || p.Mark < Unmarked || p.Mark > Wrong
	})
}

// more is the one that more were done of.
func (b Placement) more(other Placement) Placement {
	if other.Times > b.Times {
		return other
	}
	return b
}

// Placement is what is kept of the placements, nothing before the first.
func (p *Progress) Placement() Placement {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.placement
}

// Placed notes that a placement was done and how its questions were answered, waits
// until that is written and returns what is kept then. ErrNotKept says that only this run knows of it.
func (p *Progress) Placed(right int, start string, asked []Placed) (Placement, error) {
	err := p.rewrite(func(kept *keptFile) { kept.Placement = kept.Placement.After(right, start, asked) })
	if err != nil {
		p.mu.Lock()
		p.placement = p.placement.After(right, start, asked)
		p.mu.Unlock()
	}
	return p.Placement(), err
}
