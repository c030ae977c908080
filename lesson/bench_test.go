package lesson

import (
	"testing"

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
