package lesson

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exported is the progress at path as a file that was exported.
func exported(t *testing.T, path string) string {
	t.Helper()
	p := OpenProgress(path, "")
	defer closed(t, p)
	data, err := p.Export()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "carried.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// keptAt is progress with some lessons in it.
func keptAt(t *testing.T, step int, names ...string) string {
	t.Helper()
	path := progressIn(t)
	p := OpenProgress(path, "")
	for _, name := range names {
		p.Keep(twoSteps(name), journalAt(name, step))
	}
	closed(t, p)
	return path
}

func TestCarriedProgressMerges(t *testing.T) {
	here, there := keptAt(t, 1, "tcp", "queue"), keptAt(t, 0, "tcp", "ends")
	c, err := ReadCarried(exported(t, there))
	if err != nil {
		t.Fatal(err)
	}
	p := OpenProgress(here, "")
	if err := p.Merge(c); err != nil {
		t.Fatal(err)
	}
	closed(t, p)
	q := OpenProgress(here, "")
	defer closed(t, q)
	if diff := cmp.Diff([]string{"ends", "queue", "tcp"}, q.Known()); diff != "" {
		t.Errorf("lessons (-want +got):\n%s", diff)
	}
	kept, _ := q.Lesson("tcp")
	if len(kept.Ran) != 2 || kept.Journal.Step != 0 || kept.Beliefs["M07"] != 1 {
		t.Errorf("tcp: ran %v, at step %d, beliefs %v; want both steps, the place of the later visit, one belief", kept.Ran, kept.Journal.Step, kept.Beliefs)
	}
}

func TestCarriedProgressReplacesAndIsReset(t *testing.T) {
	here := keptAt(t, 1, "tcp", "queue")
	c, err := ReadCarried(exported(t, keptAt(t, 0, "ends", "tcp")))
	if err != nil {
		t.Fatal(err)
	}
	p := OpenProgress(here, "")
	if err := p.Replace(c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ends", "tcp"}, p.Known()); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if err := p.Reset("tcp"); err != nil {
		t.Fatal(err)
	}
	closed(t, p)
	q := OpenProgress(here, "")
	defer closed(t, q)
	if _, ok := q.Lesson("tcp"); ok || q.Last() != "" {
		t.Errorf("tcp is still there: %v, last %q", ok, q.Last())
	}
}

func TestCarriedProgressIsRefusedUnsound(t *testing.T) {
	for name, change := range map[string]func(map[string]Kept){
		"a name that is a path": func(m map[string]Kept) { m["../tcp"] = Kept{} },
		"an escape in a name":   func(m map[string]Kept) { m["\x1b[2J"] = Kept{} },
		"another lesson's":      func(m map[string]Kept) { m["tcp"] = Kept{Journal: Journal{Lesson: "ends"}} },
		"a step before all":     func(m map[string]Kept) { m["tcp"] = Kept{Journal: Journal{Step: -1}} },
		"a phase there is not":  func(m map[string]Kept) { m["tcp"] = Kept{Journal: Journal{Phase: 99}} },
		"a count below nothing": func(m map[string]Kept) { m["tcp"] = Kept{Beliefs: map[string]int{"M07": -1}} },
	} {
		t.Run(name, func(t *testing.T) {
			lessons := map[string]Kept{}
			change(lessons)
			data, err := encodeProgress(keptFile{Lessons: lessons})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "carried.json")
			os.WriteFile(file, data, 0o600)
			var bad *damagedError
			if _, err := ReadCarried(file); !errors.As(err, &bad) {
				t.Errorf("ReadCarried: %v, want it damaged", err)
			}
		})
	}
}

func TestProgressOfANewerVersionIsNotExported(t *testing.T) {
	path := progressIn(t)
	os.MkdirAll(filepath.Dir(path), 0o700)
	newer := []byte(`{"program":"sockstep","version":2}`)
	os.WriteFile(path, newer, 0o600)
	p := OpenProgress(path, "")
	defer closed(t, p)
	if _, err := p.Export(); !errors.Is(err, ErrNotKept) {
		t.Errorf("Export: %v", err)
	}
	if err := p.Reset("tcp"); !errors.Is(err, ErrNotKept) {
		t.Errorf("Reset: %v", err)
	}
	same(t, path, newer)
}
