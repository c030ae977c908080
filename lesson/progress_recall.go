package lesson

import (
	"cmp"
	"slices"
)

// recallAfter is how many other lessons are opened until a belief is asked about
// again: long enough to have left the head, short enough to matter.
const recallAfter = 2

// Recall is a belief that a wrong answer in a lesson showed, on its way to being
// asked about again. A value is never changed, since clones share it.
type Recall struct {
	// Opened are the other lessons opened since, each once.
	Opened []string `json:"opened,omitempty"`
	// Done is set when it has been asked about.
	Done bool `json:"done,omitempty"`
}

func (r Recall) due() bool { return !r.Done && len(r.Opened) >= recallAfter }

// after is r when another lesson has been opened.
func (r Recall) after(name string) Recall {
	if !r.Done && !slices.Contains(r.Opened, name) {
		r.Opened = append(slices.Clone(r.Opened), name)
	}
	return r
}

// believed notes a wrong answer's belief, to be asked about again.
func (k *Kept) believed(belief string) {
	k.Beliefs = fill(k.Beliefs, nil)
	k.Beliefs[belief]++
	k.Recalls = fill(k.Recalls, nil)
	k.Recalls[belief] = Recall{}
}

// recallsOver lays mine over another program's: what only it has is kept.
func recallsOver(mine, other map[string]Recall) map[string]Recall {
	if len(mine)+len(other) == 0 {
		return nil
	}
	return fill(mine, other)
}

// Opened notes that a lesson is opened, and returns the beliefs that are due to be
// asked about now: those shown in another lesson, with this one the second that was
// opened since. The one shown most often comes first. They stay due until Recalled.
func (p *Progress) Opened(name string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	times := map[string]int{}
	for other := range p.lessons {
		if other != name {
			p.recall(other, func(belief string, r Recall) Recall {
				r = r.after(name)
				if r.due() {
					times[belief] += max(1, p.lessons[other].Beliefs[belief])
				}
				return r
			})
		}
	}
	return mostFirst(times)
}

func mostFirst(times map[string]int) []string {
	var all []string
	for belief := range times {
		all = append(all, belief)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(times[b]-times[a], cmp.Compare(a, b)) })
	return all
}

// Recalled notes that a belief was asked about when the lesson of that name was
// opened, and how the answer was. After a wrong one it is asked about once more, as
// if it had been given in that lesson; one who skips is left in peace.
func (p *Progress) Recalled(name, belief string, m Mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for other := range p.lessons {
		p.recall(other, func(b string, r Recall) Recall {
			r.Done = r.Done || b == belief
			return r
		})
	}
	if m == Wrong {
		k := p.lessons[name].clone()
		k.believed(belief)
		p.put(name, k)
	}
}

// recall replaces each recall of a lesson by what next makes of it.
func (p *Progress) recall(name string, next func(string, Recall) Recall) {
	k, changed := p.lessons[name].clone(), false
	for belief, r := range k.Recalls {
		now := next(belief, r)
		changed = changed || now.Done != r.Done || len(now.Opened) != len(r.Opened)
		k.Recalls[belief] = now
	}
	if changed {
		p.put(name, k)
	}
}

// put has a lesson written as k.
func (p *Progress) put(name string, k Kept) {
	p.lessons[name] = k
	p.changed[name] = true
	p.ring()
}
