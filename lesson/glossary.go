package lesson

import (
	_ "embed" // the glossary
	"strings"
	"sync"
)

// Term is an entry of the glossary.
type Term struct {
	Names   []string // "descriptor", "file descriptor"
	Text    string
	Lessons []string // names of the lessons that show it
}

//go:embed glossary.md
var glossaryFile string

var glossary = sync.OnceValue(func() []Term {
	var all []Term
	for _, e := range entries(glossaryFile) {
		t := Term{Names: e.names}
		var text []string
		for _, line := range e.lines {
			if names, ok := strings.CutPrefix(line, "Lessons: "); ok {
				t.Lessons = strings.Split(names, ", ")
			} else if line != "" {
				text = append(text, line)
			}
		}
		t.Text = strings.Join(text, " ")
		all = append(all, t)
	}
	return all
})

// Glossary returns the terms of the field in the order in which they build on each
// other.
func Glossary() []Term { return append([]Term(nil), glossary()...) }

// Markdown is the whole term.
func (t *Term) Markdown() string {
	text := t.Text
	if len(t.Names) > 1 {
		text += "\n\nAlso: " + strings.Join(t.Names[1:], ", ") + "."
	}
	if len(t.Lessons) > 0 {
		text += "\n\nSeen in: " + strings.Join(t.Lessons, ", ") + "."
	}
	return text
}
