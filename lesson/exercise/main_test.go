package exercise

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sockstep/lesson"
	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

// exercises are all there are.
func exercises(t *testing.T) []*Exercise {
	t.Helper()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// built writes files into a folder and builds the program in them.
func built(t *testing.T, name, language string, files map[string][]byte) (command []string, dir string) {
	t.Helper()
	l, _ := check.LanguageOf(language)
	if err := l.Here(); err != nil {
		t.Skip(err)
	}
	dir = t.TempDir()
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command, said, err := l.Build(t.Context(), dir, name)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if strings.Contains(said, "warning:") {
		t.Errorf("it does not compile cleanly:\n%s", said)
	}
	return command, dir
}

// checked checks a program, or skips where nothing can be traced.
func checked(t *testing.T, e *Exercise, command []string, dir string) *Outcome {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 7*time.Minute)
	defer stop()
	begun := time.Now()
	o, err := e.Check(ctx, Options{Lab: netcore.Options{Program: "test"}, Command: command, Dir: dir}, nil)
	if err != nil {
		if strings.Contains(err.Error(), "ptrace is not permitted") || strings.Contains(err.Error(), "can be traced on Linux") {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Logf("%v\n%s", time.Since(begun).Round(time.Millisecond), told(o.Results))
	return o
}

// told writes results out for a person.
func told(results []check.Result) string {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%-8s %-14s %v %s\n", r.Verdict, r.Name, r.Took.Round(time.Millisecond), r.Saw)
		for _, s := range []string{r.Call, r.Line, r.Belief + " " + r.Truth, r.Try, r.Output} {
			if r.Verdict == check.Fails && strings.TrimSpace(s) != "" {
				fmt.Fprintf(&b, "         %s\n", strings.ReplaceAll(s, "\n", "\n         | "))
			}
		}
	}
	return b.String()
}

// folders are the names of an exercise's folders of a kind: of its wrong programs,
// which are not compiled in.
func folders(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// sampled reports whether a test goes on with the n-th program of an exercise, from 0.
// All are checked by root without the race detector. The detector is there for this
// program, whose part is the same in all of them, and an ordinary user for what is
// refused him: with either the first one is enough.
func sampled(n int) bool { return n == 0 || !raced && os.Geteuid() == 0 }

// program reads the files of a folder, with what an exercise adds to build them.
func program(t *testing.T, e *Exercise, path, language string) map[string][]byte {
	t.Helper()
	files, err := Folder(os.DirFS(path), ".")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range e.made(language) {
		if files[name] == nil {
			files[name] = []byte(text)
		}
	}
	return files
}

// languageIn is the language of the program in a folder: that of the file with the
// exercise's name, and C where its files have others.
func languageIn(t *testing.T, e *Exercise, path string) string {
	t.Helper()
	files, err := Folder(os.DirFS(path), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range check.Languages {
		if files[e.Name+l.Suffix] != nil {
			return l.Name
		}
	}
	return "c"
}

// hintsFit sees to it that the code in hints fits a terminal of 80 columns, where it
// stands four columns in.
func hintsFit(t *testing.T, e *Exercise) {
	t.Helper()
	const room = 75
	for i, hint := range e.Hints {
		code := false
		for line := range strings.Lines(hint) {
			line = strings.TrimRight(line, "\n")
			if strings.HasPrefix(line, "```") {
				code = !code
			} else if code && len(line) > room {
				t.Errorf("hint %d: %d columns of code, want at most %d: %s", i+1, len(line), room, line)
			}
		}
	}
}

// TestExercises looks at what every exercise must have.
func TestExercises(t *testing.T) {
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exercises(t) {
		t.Run(e.Name, func(t *testing.T) {
			for _, name := range e.Lessons {
				if course.Lesson(name) == nil {
					t.Errorf("it builds on the lesson %s, which there is not", name)
				}
			}
			for _, l := range []string{"c", "go", "python"} {
				if !slices.Contains(e.Languages, l) {
					t.Errorf("no starter in %s", l)
				}
			}
			if _, err := e.Solution(); err != nil {
				t.Error(err)
			}
			if n := len(folders(t, filepath.Join(e.Name, "wrong"))); n < 2 {
				t.Errorf("%d wrong programs, want at least 2", n)
			}
			goals(t, e)
			hintsFit(t, e)
		})
	}
	for name := range checks {
		if Find(exercises(t), name) == nil {
			t.Errorf("%s is checked and has no task.md", name)
		}
	}
}

// goals compares the stated goals with the criteria.
func goals(t *testing.T, e *Exercise) {
	t.Helper()
	var names []string
	for _, c := range e.Criteria() {
		if e.Goal(c.Name) == "" {
			t.Errorf("task.md states no goal %s, which is checked", c.Name)
		}
		for _, n := range c.Needs {
			if !slices.Contains(names, n) {
				t.Errorf("%s needs %s, which does not come before it", c.Name, n)
			}
		}
		if _, ok := lesson.BeliefOf(c.Belief); c.Belief != "" && !ok {
			t.Errorf("%s: no belief %s", c.Name, c.Belief)
		}
		if c.Try == "" {
			t.Errorf("%s says not what to try", c.Name)
		}
		names = append(names, c.Name)
	}
	for i, g := range e.Goals {
		if i >= len(names) || names[i] != g.Name {
			t.Errorf("goal %d is %s, and the criteria are %v: keep them in one order", i+1, g.Name, names)
			return
		}
	}
}

// TestStarters compiles every starter.
func TestStarters(t *testing.T) {
	for _, e := range exercises(t) {
		for i, l := range e.Languages {
			if !sampled(i) {
				continue
			}
			t.Run(e.Name+"/"+l, func(t *testing.T) {
				t.Parallel()
				files, err := e.Starter(l)
				if err != nil {
					t.Fatal(err)
				}
				built(t, e.Name, l, files)
			})
		}
	}
}

// TestSolutions checks every solution, in C and in the other languages there are.
func TestSolutions(t *testing.T) {
	for _, e := range exercises(t) {
		for i, l := range folders(t, filepath.Join(e.Name, "solution")) {
			if !sampled(i) {
				continue
			}
			t.Run(e.Name+"/"+l, func(t *testing.T) {
				t.Parallel()
				command, dir := built(t, e.Name, l, program(t, e, filepath.Join(e.Name, "solution", l), l))
				o := checked(t, e, command, dir)
				if !o.Holds() || len(o.Results) != len(e.Criteria()) {
					t.Errorf("the solution does not pass:\n%s", told(o.Results))
				}
			})
		}
	}
}

// TestRightPrograms checks programs that do it another way than the solution.
func TestRightPrograms(t *testing.T) {
	for _, e := range exercises(t) {
		for i, name := range folders(t, filepath.Join(e.Name, "right")) {
			if !sampled(i) {
				continue
			}
			t.Run(e.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(e.Name, "right", name)
				l := languageIn(t, e, path)
				command, dir := built(t, e.Name, l, program(t, e, path, l))
				if o := checked(t, e, command, dir); !o.Holds() {
					t.Errorf("it does not pass:\n%s", told(o.Results))
				}
			})
		}
	}
}

// TestWrongPrograms checks every program that is wrong on purpose: it fails what it
// declares in its first lines, and nothing else, and for the reason it declares.
func TestWrongPrograms(t *testing.T) {
	for _, e := range exercises(t) {
		for i, name := range folders(t, filepath.Join(e.Name, "wrong")) {
			if !sampled(i) {
				continue
			}
			t.Run(e.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(e.Name, "wrong", name)
				l := languageIn(t, e, path)
				files := program(t, e, path, l)
				want := declared(t, e, files)
				command, dir := built(t, e.Name, l, files)
				o := checked(t, e, command, dir)
				got := map[string]string{}
				for _, r := range o.Results {
					if r.Verdict == check.Fails {
						got[r.Name] = r.Belief
					}
				}
				if !maps.Equal(got, want) {
					t.Errorf("it fails %v, want %v:\n%s", got, want, told(o.Results))
				}
				t.Logf("\n%s", told(slices.DeleteFunc(o.Results, func(r check.Result) bool { return r.Verdict != check.Fails })))
			})
		}
	}
}

// declared reads what a wrong program says of itself: "fails: NAME NAME" and
// "belief: M21 M24", - for none, in that order.
func declared(t *testing.T, e *Exercise, files map[string][]byte) map[string]string {
	t.Helper()
	var fails, beliefs []string
	for _, text := range files {
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(strings.TrimLeft(line, "/* "))
			if rest, ok := strings.CutPrefix(line, "fails:"); ok {
				fails = strings.Fields(rest)
			}
			if rest, ok := strings.CutPrefix(line, "belief:"); ok {
				beliefs = strings.Fields(rest)
			}
		}
	}
	if len(fails) == 0 || len(fails) != len(beliefs) {
		t.Fatalf("it declares fails %v and belief %v: write as many of each", fails, beliefs)
	}
	want := map[string]string{}
	for i, name := range fails {
		if e.Goal(name) == "" {
			t.Fatalf("it declares to fail %s, which is no goal of %s", name, e.Name)
		}
		want[name] = strings.TrimPrefix(beliefs[i], "-")
	}
	return want
}
