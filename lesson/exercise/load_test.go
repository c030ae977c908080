package exercise

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const sample = `---
id: X99
title: A sample
minutes: 5
lessons: [tcp]
languages: [c]
---

Write it.

## Goal

- one: It does one thing,
  and does it well.
- two: It does another.

## Hints

### First

Think.

### Second

Think more.

### What to write

It.
`

func loadText(text string) ([]*Exercise, error) {
	return Load(fstest.MapFS{"sample/task.md": {Data: []byte(text)}, "sample/starter/c/sample.c": {Data: []byte("int main;")}})
}

func TestLoad(t *testing.T) {
	all, err := loadText(sample)
	if err != nil {
		t.Fatal(err)
	}
	e := all[0]
	if e.Goal("one") != "It does one thing, and does it well." || len(e.Hints) != 3 || e.Task != "Write it." {
		t.Errorf("%+v", e)
	}
	if text := e.Text(); !strings.Contains(text, "It does another. (two)") {
		t.Errorf("the page lacks a goal:\n%s", text)
	}
}

func TestLoadProblems(t *testing.T) {
	cases := []struct{ name, old, new, want string }{
		{"no front matter", "---\nid", "id", "sample/task.md:1: no front matter"},
		{"a missing key", "minutes: 5\n", "", "the key minutes is missing"},
		{"an unknown key", "minutes: 5", "minutes: 5\nhours: 2", `sample/task.md:5: unknown key "hours"`},
		{"a bad number", "X99", "X9", `:2: the id is "X9"`},
		{"bad minutes", "minutes: 5", "minutes: long", `minutes is "long"`},
		{"no list", "[tcp]", "tcp", "write a list"},
		{"a language there is not", "[c]", "[cobol]", `no language "cobol"`},
		{"a starter that is missing", "[c]", "[c, go]", "no starter in go"},
		{"a goal without a name", "- two: It", "- It", ":15: a goal is written - name: sentence"},
		{"a goal twice", "- two:", "- one:", "the goal one is there twice"},
		{"few hints", "### Second\n\nThink more.\n", "", "2 hints: write at least 3"},
		{"a heading with no place", "## Hints", "## Help", "this heading has no place here"},
		{"no task", "Write it.", "", "no task"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(sample, c.old, c.new, 1)
			if _, err := loadText(text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(sample)
	for _, name := range []string{"echo", "listener"} {
		if text, err := os.ReadFile(name + "/task.md"); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := loadText(text)
		if err == nil && (all[0].Title == "" || len(all[0].Hints) < leastHints || len(all[0].Goals) == 0) {
			t.Errorf("accepted: %+v", all[0])
		}
	})
}

func FuzzMemory(f *testing.F) {
	f.Add("exercise: echo\nlanguage: c\nhints: 2\nfiles:\n  echo.c: abc\n")
	f.Add("exercise: nothing\n")
	f.Add(":\n  :")
	all, err := All()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parse(all, text)
		if err == nil && (w.Exercise == nil || w.Hints > len(w.Exercise.Hints) || w.Language.Name == "") {
			t.Errorf("accepted: %+v", w)
		}
	})
}
