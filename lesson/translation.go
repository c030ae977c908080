package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Translation is a lesson with its words in another language. They stand in a
// file of their own beside lesson.md, lesson.de.md for German; programs, labels
// and expectations are the original's. What the file leaves out stays as the
// original has it.
type Translation struct {
	Language string
	File     string // "tcp/lesson.de.md"
	Lesson   *Lesson
	// Lines are the lines of the steps' headings in the file, by Step.ID; a step
	// that is not there is not translated.
	Lines map[string]int
	// Stale are words for what the original does not have (any more), Missing
	// what the original has and the file does not. Neither keeps one from learning.
	Stale, Missing []Problem
}

// LanguageError says that a course is not there in the language asked for.
type LanguageError struct {
	Language string
	Has      []string // the languages it is there in, the original first
}

func (e *LanguageError) Error() string {
	return fmt.Sprintf("the course is not there in %q; it is in %s", clip(e.Language), strings.Join(e.Has, ", "))
}

// LoadIn reads a course as Load does, in a language: the lessons that are there in
// it, the others in the original's. An empty language is the original's. The error
// is a LoadError, or a LanguageError when no lesson is there in the language.
func LoadIn(fsys fs.FS, language string) (*Course, error) {
	c, err := Load(fsys)
	if err != nil || language == "" || language == c.Language {
		return c, err
	}
	if has := Languages(fsys, c); !slices.Contains(has, language) {
		return nil, &LanguageError{language, has}
	}
	n := &notes{file: courseFile}
	for i, l := range c.Lessons {
		t, err := LoadTranslation(fsys, l, language)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			n.adopt(err)
		default:
			c.Lessons[i] = t.Lesson
		}
	}
	if err := n.failed(); err != nil {
		return nil, err
	}
	return c, nil
}

// Languages are the codes of the languages a lesson of the course is there in, the
// original's first.
func Languages(fsys fs.FS, c *Course) []string {
	var all []string
	for _, l := range c.Lessons {
		for _, language := range l.languages(fsys) {
			if language != c.Language && !slices.Contains(all, language) {
				all = append(all, language)
			}
		}
	}
	slices.Sort(all)
	return append([]string{c.Language}, all...)
}

// languages are those a lesson has a translation for.
func (l *Lesson) languages(fsys fs.FS) (all []string) {
	files, err := fs.ReadDir(fsys, l.Name)
	if err != nil {
		return nil
	}
	for _, f := range files {
		rest, ok := strings.CutPrefix(f.Name(), "lesson.")
		language, md := strings.CutSuffix(rest, ".md")
		if ok && md && plainName(language) {
			all = append(all, language)
		}
	}
	return all
}

// LoadTranslation reads the words of a lesson in a language. Without such a file
// the error is fs.ErrNotExist, otherwise a LoadError.
func LoadTranslation(fsys fs.FS, l *Lesson, language string) (*Translation, error) {
	file := path.Join(l.Name, "lesson."+language+".md")
	if !plainName(language) || !slices.Contains(l.languages(fsys), language) {
		return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
	}
	n := &notes{file: file}
	text, line, err := readText(fsys, file, maxLessonBytes)
	if err != nil {
		n.addf(line, "%v", err)
		return nil, n.failed()
	}
	t := newTranslator(n, l, language)
	t.read(splitLines(text))
	if err := n.failed(); err != nil {
		return nil, err
	}
	return t.Translation, nil
}

// words returns a copy of the lesson whose words can be changed.
func (l *Lesson) words() *Lesson {
	own := *l
	own.Parts, own.Steps = slices.Clone(l.Parts), slices.Clone(l.Steps)
	for i := range own.Steps {
		s := &own.Steps[i]
		s.Hints = slices.Clone(s.Hints)
		if s.Input != nil {
			in := *s.Input
			s.Input = &in
		}
		if s.Ask != nil {
			q := *s.Ask
			q.Options = slices.Clone(q.Options)
			s.Ask = &q
		}
	}
	return &own
}
