package lesson

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Outline reads of a course what its list shows: of each lesson the title, the minutes,
// the goal, the parts and the first words, and of its steps the names. No program and
// no block of a step is read, so that a program can show the list at once, however long
// the course is, and Load it meanwhile. It runs nothing. The error is a LoadError.
func Outline(fsys fs.FS) (*Course, error) {
	return readCourse(fsys, outline)
}

// Read reports whether the lesson is there with its programs and steps, and not only in
// outline.
func (l *Lesson) Read() bool { return len(l.Cast) > 0 }

// OutlineWith reads the outline of a course with one lesson of it whole. A name that no
// lesson has is no error: then it is the outline.
func OutlineWith(fsys fs.FS, name string) (*Course, error) {
	c, err := Outline(fsys)
	if err != nil {
		return nil, err
	}
	for i, l := range c.Lessons {
		if l.Name == name {
			if c.Lessons[i], err = LoadLesson(fsys, name); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// outline reads one lesson as Outline does.
func outline(fsys fs.FS, name string) (*Lesson, error) {
	n := &notes{file: path.Join(name, "lesson.md")}
	text, line, err := readText(fsys, n.file, maxLessonBytes)
	if err != nil {
		n.addf(line, "%v", err)
		return nil, n.failed()
	}
	r := &reader{notes: n, lesson: &Lesson{Name: name}, ids: map[string]bool{}}
	r.outline(splitLines(text))
	if err := n.failed(); err != nil {
		return nil, err
	}
	return r.lesson, nil
}

func (r *reader) outline(lines []string) {
	r.withoutRemarks(lines)
	end := frontEnd(lines)
	if end < 0 {
		r.addf(1, "no front matter")
		return
	}
	r.about(lines[1:end])
	chunks := r.chunks(lines[end+1:], end+2)
	r.lesson.Intro = text(chunks[0].lines)
	for i := range chunks {
		if c := &chunks[i]; c.level == 2 && c.title != "Takeaway" {
			s := Step{Line: c.line}
			s.Title, s.ID = r.heading(c)
			r.lesson.Steps = append(r.lesson.Steps, s)
		}
	}
}

// about reads the keys of the front matter that say what the lesson is about.
func (r *reader) about(lines []string) {
	var own []string
	mine := false
	for _, line := range lines {
		if key, _, ok := strings.Cut(line, ":"); ok && plainName(key) {
			mine = slices.Contains(aboutKeys, key)
		}
		if mine {
			own = append(own, line)
		}
	}
	block, err := readBlock(own, 2)
	if err != nil {
		r.addBlock(err)
		return
	}
	r.lesson.about(r.fields(block, aboutKeys...))
}
