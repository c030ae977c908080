package lesson

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOutline wants the outline of the built-in course to say of every lesson what the
// whole course does.
func TestOutline(t *testing.T) {
	files, err := BuiltinFiles()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Outline(files)
	if err != nil {
		t.Fatal(err)
	}
	want := &Course{Language: builtinCourse(t).Language}
	for _, l := range builtinCourse(t).Lessons {
		own := Lesson{Name: l.Name, Title: l.Title, Minutes: l.Minutes, Goal: l.Goal, Parts: l.Parts, Intro: l.Intro}
		for _, s := range l.Steps {
			own.Steps = append(own.Steps, Step{ID: s.ID, Title: s.Title, Line: s.Line})
		}
		want.Lessons = append(want.Lessons, &own)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-whole +outline\n%s", diff)
	}
}

func TestOutlineOfABrokenCourse(t *testing.T) {
	if c, err := Outline(folder("no front matter")); err == nil {
		t.Errorf("read %+v", c)
	}
}

// TestOutlineWith wants one lesson whole, as Load reads it, and the others in outline.
func TestOutlineWith(t *testing.T) {
	files, err := BuiltinFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bytes", "no-such-lesson"} {
		c, err := OutlineWith(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range c.Lessons {
			if l.Read() != (l.Name == name) || len(l.Steps) != len(builtinCourse(t).Lessons[i].Steps) {
				t.Errorf("with %s: %s is whole: %v, with %d steps", name, l.Name, l.Read(), len(l.Steps))
			}
		}
	}
}
