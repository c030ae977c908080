package lesson

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

// Belief is a misconception, with a question that brings it up in another form than
// the lessons do. Every option is right or wrong by itself; nothing runs.
type Belief struct {
	ID       string   `yaml:"id"` // "M07"
	Question string   `yaml:"question"`
	Options  []string `yaml:"options"`
	Right    int      `yaml:"right"` // the number of the option that holds, from 1
	Why      string   `yaml:"why"`
}

//go:embed beliefs.yaml
var beliefFile []byte

// beliefs are read at the first use.
var beliefs = sync.OnceValue(func() []Belief {
	var all []Belief
	if err := yaml.UnmarshalWithOptions(beliefFile, &all, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("beliefs.yaml: %v", err)) // it is compiled in
	}
	for i := range all {
		all[i].turn(i)
	}
	return all
})

// turn moves the options on by some places, so that the place of the right one tells
// nothing.
func (b *Belief) turn(by int) {
	n := len(b.Options)
	if n == 0 {
		return
	}
	by %= n
	b.Options = slices.Concat(b.Options[n-by:], b.Options[:n-by])
	b.Right = (b.Right-1+by)%n + 1
}

// BeliefOf finds a belief by its misconception; false for one that no question asks
// for.
func BeliefOf(id string) (Belief, bool) {
	for _, b := range beliefs() {
		if b.ID == id {
			return b, true
		}
	}
	return Belief{}, false
}

// FirstBelief is the first of those due that there is a question for, nil for none.
func FirstBelief(due []string) *Belief {
	for _, id := range due {
		if b, ok := BeliefOf(id); ok {
			return &b
		}
	}
	return nil
}

// Mark says how an option, an index, is to be marked; Skipped is Unmarked.
func (b Belief) Mark(chosen int) Mark {
	switch {
	case chosen < 0 || chosen >= len(b.Options):
		return Unmarked
	case chosen == b.Right-1:
		return Right
	}
	return Wrong
}
