package check

import "slices"

// Criterion is one thing that must hold of a program.
type Criterion struct {
	// Name is stable: graders know it. The sentence that states the goal stands in the
	// exercise's task under this name.
	Name string
	// Needs are criteria, listed before, without which this one says nothing.
	Needs []string
	// Belief is the misconception behind it as a rule, "M21"; Try is what to try when
	// it does not hold. T.Blame says it closer.
	Belief, Try string
	// Show picks the call that shows it. Without one it is the last call on the
	// connection in question, or the one the program waits in.
	Show Pick
	// Check returns when the criterion holds, and does not return otherwise.
	Check func(t *T)
}

// Exercise is how an exercise is checked: in this order.
type Exercise []Criterion

// wanted are the names to check when only some are asked for: those and what they
// need.
func (e Exercise) wanted(only []string) map[string]bool {
	want := map[string]bool{}
	for i := len(e) - 1; i >= 0; i-- {
		c := &e[i]
		if len(only) == 0 || slices.Contains(only, c.Name) {
			want[c.Name] = true
		}
		if want[c.Name] {
			for _, n := range c.Needs {
				want[n] = true
			}
		}
	}
	return want
}
