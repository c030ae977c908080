package exercise

import (
	"embed"
	"io/fs"
	"slices"
	"sync"

	"sockstep/lesson/exercise/check"
)

// Exercise is one program to write.
type Exercise struct {
	// Name is its folder's, ID its number, "X07".
	Name, ID, Title string
	Minutes         int
	// Lessons are the names of those it builds on.
	Lessons []string
	// Languages are those it has a starter in, as check.LanguageOf names them.
	Languages []string
	// Task says what to write.
	Task string
	// Goals are what is checked, in that order.
	Goals []Goal
	// Hints come one at a time; the last one says what to write.
	Hints []string

	files fs.FS // of its folder
}

// Goal is what must hold, with the stable name of the criterion that checks it.
type Goal struct{ Name, Sentence string }

// Goal finds the sentence of a criterion.
func (e *Exercise) Goal(name string) string {
	for _, g := range e.Goals {
		if g.Name == name {
			return g.Sentence
		}
	}
	return ""
}

//go:embed */task.md */starter */solution
var embedded embed.FS

// All are the exercises there are, by their numbers. They are compiled in, and a test
// reads them all.
var All = sync.OnceValues(func() ([]*Exercise, error) { return Load(embedded) })

// Find finds an exercise by its name or its number, nil for none.
func Find(all []*Exercise, name string) *Exercise {
	i := slices.IndexFunc(all, func(e *Exercise) bool { return e.Name == name || e.ID == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// checks are how the exercises are checked, by name.
var checks = map[string]check.Exercise{}

// register files how an exercise is checked; its file's init function calls it.
func register(name string, criteria ...check.Criterion) { checks[name] = criteria }

func init() {
	check.Register(func(name string) (check.Exercise, bool) {
		e, ok := checks[name]
		return e, ok
	})
}

// Criteria is how an exercise is checked.
func (e *Exercise) Criteria() check.Exercise { return checks[e.Name] }
