package lesson

import (
	"embed"
	"io/fs"
	"runtime"
	"slices"
)

// builtin are the lessons the program brings along.
//
//go:embed course
var builtin embed.FS

// Builtin reads the lessons the program brings along.
func Builtin() (*Course, error) {
	files, err := BuiltinFiles()
	if err != nil {
		return nil, err
	}
	return Load(files)
}

// BuiltinFiles is the folder of the lessons the program brings along, as Load
// takes it.
func BuiltinFiles() (fs.FS, error) {
	files, err := fs.Sub(builtin, "course")
	if err != nil {
		return nil, err
	}
	return ownFiles{files}, nil
}

// ownFiles are the files the program brings along: only programs among these are ever
// run outside the evaluator.
type ownFiles struct{ fs.FS }

// Lesson returns the lesson of that name, or nil.
func (c *Course) Lesson(name string) *Lesson {
	for _, l := range c.Lessons {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Role returns the role of that name, or nil.
func (l *Lesson) Role(name string) *Role {
	for i := range l.Cast {
		if l.Cast[i].Name == name {
			return &l.Cast[i]
		}
	}
	return nil
}

// StepIndex returns the index of the step with that id, or -1.
func (l *Lesson) StepIndex(id string) int {
	for i := range l.Steps {
		if l.Steps[i].ID == id {
			return i
		}
	}
	return -1
}

// Here is the pattern that holds on this system.
func (e *Expectation) Here() Pattern { return e.on(runtime.GOOS) }

func (e *Expectation) on(system string) Pattern {
	if p, ok := e.OS[system]; ok {
		return p
	}
	return e.Is
}

// Watches are the programs the lesson's steps have run and watched, each once.
func (l *Lesson) Watches() (all []*Watch) {
	for i := range l.Steps {
		w := l.Steps[i].Watch
		if w != nil && !slices.ContainsFunc(all, func(o *Watch) bool { return o.File == w.File }) {
			all = append(all, w)
		}
	}
	return all
}

// Units are the files the lesson's steps show to the compiler, each once.
func (l *Lesson) Units() (all []*Compile) {
	for i := range l.Steps {
		c := l.Steps[i].Compile
		if c != nil && !slices.ContainsFunc(all, func(o *Compile) bool { return o.File == c.File }) {
			all = append(all, c)
		}
	}
	return all
}
