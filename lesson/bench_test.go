package lesson

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"sockstep/netcore"
)

// BenchmarkOpenLab opens a lab with two processes and closes it.
func BenchmarkOpenLab(b *testing.B) {
	l := benchLesson(b)
	for b.Loop() {
		s := NewSession(l, OpenLab(netcore.Options{}))
		if err := s.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}

// BenchmarkStep runs one line with a system call on the real kernel, from the
// move to the view that shows it.
func BenchmarkStep(b *testing.B) {
	s := NewSession(benchLesson(b), OpenLab(netcore.Options{}))
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if err := s.Do(b.Context(), Move{Kind: MoveType, Role: "server", Text: "getpeername(3, NULL, NULL)"}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchLesson(b *testing.B) *Lesson {
	b.Helper()
	course, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	return course.Lessons[0]
}

// BenchmarkBuiltin reads the whole built-in course: some tens of milliseconds. The
// screen does that behind its first frame, which BenchmarkOutline stands before.
func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOneLesson reads a course of the first lesson alone: a few milliseconds.
func BenchmarkOneLesson(b *testing.B) {
	files := oneLesson(b)
	for b.Loop() {
		if _, err := Load(files); err != nil {
			b.Fatal(err)
		}
	}
}

// oneLesson is the built-in course cut down to its first lesson.
func oneLesson(b *testing.B) fs.FS {
	b.Helper()
	course, err := BuiltinFiles()
	if err != nil {
		b.Fatal(err)
	}
	first := benchLesson(b).Name
	files := fstest.MapFS{courseFile: {Data: []byte("lessons: [" + first + "]\n")}}
	err = fs.WalkDir(course, first, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(course, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files
}

// BenchmarkOutline reads of the whole built-in course what its list shows: a few
// milliseconds too. What it takes longer than BenchmarkOneLesson is what the size of
// the course costs at a start, 5 ms at the most.
func BenchmarkOutline(b *testing.B) {
	files, err := BuiltinFiles()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Outline(files); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOutlineWith reads what the screen needs to open one lesson: the outline, and
// that lesson. It is to be held against BenchmarkOneLesson.
func BenchmarkOutlineWith(b *testing.B) {
	files, err := BuiltinFiles()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := OutlineWith(files, "tcp"); err != nil {
			b.Fatal(err)
		}
	}
}
