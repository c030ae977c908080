package lesson

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlacementIsKept does two placements, with a lesson kept in between, and reads
// them from the file again.
func TestPlacementIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.json")
	p := OpenProgress(path, "")
	asked := []Placed{{Lesson: "tcp", Belief: "M01", Mark: Wrong}, {Lesson: "socket"}}
	if _, err := p.Placed(5, "bind", asked); err != nil {
		t.Fatal(err)
	}
	p.Keep(&Lesson{Name: "tcp"}, Journal{Lesson: "tcp"})
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	p = OpenProgress(path, "")
	got, err := p.Placed(9, "", []Placed{{Lesson: "tcp", Belief: "M01", Mark: Right}})
	want := Placement{Times: 2, First: 5, Last: 9, Asked: asked}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v, -want +got\n%s", err, d)
	}
	if err := p.Reset("tcp"); err != nil || p.Placement().Times != 0 || p.Placement().Asked != nil {
		t.Errorf("after a reset: %+v, %v", p.Placement(), err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPlacementWithoutAFile(t *testing.T) {
	p := OpenProgress("", "no file")
	defer p.Close(t.Context())
	got, err := p.Placed(5, "bind", nil)
	want := Placement{Times: 1, First: 5, Last: 5, Start: "bind"}
	if d := cmp.Diff(want, got); !errors.Is(err, ErrNotKept) || d != "" {
		t.Errorf("%v, -want +got\n%s", err, d)
	}
}

// TestPlacementOfAnOlderVersion reads what a version wrote that kept no questions: it
// counts, and the next placement's questions are the first that are kept.
func TestPlacementOfAnOlderVersion(t *testing.T) {
	old, err := decodeKept([]byte(`{"lessons":{},"placement":{"times":1,"first":5,"last":5,"start":"bind"}}`))
	if err != nil || old.sound() != nil {
		t.Fatal(err, old.sound())
	}
	asked := []Placed{{Lesson: "tcp", Mark: Right}}
	want := Placement{Times: 2, First: 5, Last: 7, Asked: asked}
	if d := cmp.Diff(want, old.Placement.After(7, "", asked)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestUnsoundPlacement(t *testing.T) {
	for _, p := range []Placement{{Times: -1}, {Asked: []Placed{{Lesson: "../x"}}}, {Asked: []Placed{{Lesson: "tcp", Mark: 3}}}} {
		if p.sound() {
			t.Errorf("%+v is taken to be sound", p)
		}
	}
}
