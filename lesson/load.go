package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"sockstep/lesson/cprog"
)

// What a course may hold. A file beyond a limit is refused, never cut.
const (
	maxLessonBytes  = 256 << 10
	maxProgramBytes = 64 << 10
	maxLineBytes    = 2000
	maxLessons      = 200
	maxSteps        = 200
	maxOptions      = 9
	maxHints        = 9
	maxParts        = 20
	maxCast         = 8
	maxNameBytes    = 40
)

// courseFile lists the lessons in their order.
const courseFile = "course.yaml"

// Load reads a course: a file course.yaml that lists the lessons' folders, and
// a folder with a lesson.md for each, all of them at once, so fsys must allow
// that. It runs nothing. The error is a LoadError with what is wrong in all of
// them.
func Load(fsys fs.FS) (*Course, error) {
	return readCourse(fsys, LoadLesson)
}

// readCourse reads the lessons of a course, all of them at once, each with read.
func readCourse(fsys fs.FS, read func(fs.FS, string) (*Lesson, error)) (*Course, error) {
	n := &notes{file: courseFile}
	names, language := lessonNames(fsys, n)
	lessons, errs := make([]*Lesson, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { lessons[i], errs[i] = read(fsys, name) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil && !n.full() {
			n.adopt(err)
		}
	}
	if err := n.failed(); err != nil {
		return nil, err
	}
	return &Course{Lessons: lessons, Language: language}, nil
}

// original is the language of a course that does not name its own.
const original = "en"

// lessonNames reads course.yaml: the lessons, and the language they are written in.
func lessonNames(fsys fs.FS, n *notes) (names []string, language string) {
	text, line, err := readText(fsys, courseFile, maxLessonBytes)
	if err != nil {
		n.addf(line, "%v", err)
		return nil, ""
	}
	block, err := readBlock(splitLines(text), 1)
	if err != nil {
		n.addBlock(err)
		return nil, ""
	}
	f := n.fields(block, "lessons", "language")
	language = original
	if f.n.get("language") != nil {
		language = f.text("language")
	}
	if !plainName(language) {
		n.addf(f.line("language"), "the language %q: write its code, as in en or pt-br", clip(language))
	}
	names = f.texts("lessons", maxLessons)
	seen := make(map[string]bool)
	for _, name := range names {
		if seen[name] {
			n.addf(block.line, "the lesson %q stands in the list twice", clip(name))
		}
		seen[name] = true
	}
	if len(names) == 0 {
		n.addf(block.line, "no lessons: write lessons: [name, name]")
	}
	return names, language
}

// LoadLesson reads one lesson from its folder in fsys. It runs nothing. The
// error is a LoadError.
func LoadLesson(fsys fs.FS, name string) (*Lesson, error) {
	n := &notes{file: path.Join(name, "lesson.md")}
	if !plainName(name) {
		n.file = courseFile
		n.addf(0, "the lesson's name %q: write small letters, digits and -", clip(name))
		return nil, n.failed()
	}
	text, line, err := readText(fsys, n.file, maxLessonBytes)
	if err != nil {
		n.addf(line, "%v", err)
		return nil, n.failed()
	}
	r := &reader{notes: n, fsys: fsys, lesson: &Lesson{Name: name}}
	r.read(splitLines(text))
	if err := n.failed(); err != nil {
		return nil, err
	}
	return r.lesson, nil
}

// readText reads a regular file of clean text. With an error comes the line it
// is about, 0 for the whole file.
func readText(fsys fs.FS, name string, limit int) (string, int, error) {
	info, err := fs.Lstat(fsys, name)
	if err != nil {
		return "", 0, shortError(err)
	}
	if !info.Mode().IsRegular() {
		return "", 0, errors.New("not a regular file: put the file itself here")
	}
	file, err := fsys.Open(name)
	if err != nil {
		return "", 0, shortError(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return "", 0, shortError(err)
	}
	if len(data) > limit {
		line := 1 + bytes.Count(data, []byte("\n"))
		return "", line, fmt.Errorf("larger than %d KiB up to here: write a shorter one", limit>>10)
	}
	line, err := checkText(data)
	return string(data), line, err
}

// shortError leaves out the path, which stands before the message anyway.
func shortError(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// checkText refuses what could reach a terminal as anything but text. It
// returns the line with the reason.
func checkText(data []byte) (int, error) {
	line, start := 1, 0
	for i := 0; i < len(data); {
		if c := data[i]; c >= ' ' && c < utf8.RuneSelf-1 {
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == '\n':
			if i-start > maxLineBytes {
				return line, fmt.Errorf("line of %d bytes: at most %d", i-start, maxLineBytes)
			}
			line, start = line+1, i+1
		case r == utf8.RuneError && size == 1:
			return line, errors.New("not UTF-8: save the file as UTF-8")
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n', r == '\t':
		case !unicode.IsPrint(r):
			return line, fmt.Errorf("the character %U is not for printing: take it out", r)
		}
		i += size
	}
	if len(data)-start > maxLineBytes {
		return line, fmt.Errorf("line of %d bytes: at most %d", len(data)-start, maxLineBytes)
	}
	return line, nil
}

func splitLines(text string) []string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// plainName reports whether a name is small letters, digits and -, starting
// with a letter: no path, nothing hidden.
func plainName(name string) bool {
	if name == "" || len(name) > maxNameBytes || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// program reads one role's program and what its labels are.
func (r *reader) program(role *Role, line int) {
	base, isC := strings.CutSuffix(role.File, ".c")
	if !isC || !plainName(base) {
		r.addf(line, "the file %q: write the name of a .c file beside lesson.md, as in server.c", clip(role.File))
		return
	}
	for _, other := range r.lesson.Cast {
		if other.File == role.File {
			role.Source, role.Program = other.Source, other.Program
			r.label(role)
			return
		}
	}
	n := &notes{file: path.Join(r.lesson.Name, role.File)}
	text, at, err := readText(r.fsys, n.file, maxProgramBytes)
	if err != nil {
		n.addf(at, "%v", err)
		r.adopt(&n.err)
		return
	}
	role.Source = text
	role.Program, err = cprog.Parse(role.File, []byte(text))
	n.addC(err)
	r.label(role)
	r.adopt(&n.err)
}

// addC notes what is wrong with a program, each error at its line.
func (n *notes) addC(err error) {
	var all cprog.Errors
	if err != nil && !errors.As(err, &all) {
		n.addf(0, "%v", err)
	}
	for _, e := range all {
		instead := ""
		if e.Instead != "" {
			instead = ": " + e.Instead
		}
		n.addf(e.Line, "column %d: %s%s", e.Column, e.Message, instead)
	}
}

// label collects the labels of a role's program, if it could be read.
func (r *reader) label(role *Role) {
	if role.Program == nil {
		return
	}
	labels := make(map[string]bool)
	for _, s := range role.Program.Statements() {
		labels[s.Label] = true
	}
	r.labels[role.Name] = labels
}
