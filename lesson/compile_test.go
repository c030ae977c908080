package lesson

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
	"sockstep/netcore/compiler"
)

// TestRecordings holds what the lessons have recorded of a compiler against this
// machine's, where it is the same one.
func TestRecordings(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range course.Lessons {
		for i := range l.Steps {
			c := l.Steps[i].Compile
			if c == nil {
				continue
			}
			n++
			said, err := compiler.Compile(t.Context(), c.Unit)
			if errors.Is(err, compiler.ErrNone) || errors.Is(err, compiler.ErrNoCXX) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if said.Compiler != c.Recorded.Compiler {
				t.Skipf("recorded with %s, here is %s", c.Recorded.Compiler, said.Compiler)
			}
			if d := cmp.Diff(c.Recorded, said); d != "" {
				t.Errorf("%s, %s (-recorded +here):\n%s", l.Name, c.File, d)
			}
		}
	}
	if n == 0 {
		t.Error("no lesson has anything compiled")
	}
}

// TestRecordingIsLabelled plays the compile steps where there is no compiler.
func TestRecordingIsLabelled(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	for _, name := range []string{"headers", "cpp"} {
		s := NewSession(course.Lesson(name), OpenLab(netcore.Options{}))
		t.Cleanup(func() { s.Close() })
		if err := s.Start(ctx(t)); err != nil {
			t.Skip(err)
		}
		n := 0
		for s.View().Phase != Finished {
			playStep(t, s)
			v := s.View()
			if v.Phase != Ran || v.Lesson.Steps[v.Step].Compile == nil {
				continue
			}
			if n++; v.Compiled == nil || v.Compiled.Recorded == "" {
				t.Errorf("step %d: %+v, want a recording that says so", v.Step+1, v.Compiled)
			}
		}
		if n == 0 {
			t.Errorf("%s compiles nothing", name)
		}
	}
}

// TestCompilingIsAMove wants what a compiler said kept: to look back at, and to be
// there when the lesson is run again or opened again where it was left.
func TestCompilingIsAMove(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir()) // recordings take no time
	s := NewSession(course.Lesson("cpp"), OpenLab(netcore.Options{}))
	t.Cleanup(func() { s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skip(err)
	}
	for s.View().Done < 2 {
		playStep(t, s)
	}
	file := func(v *View) string {
		if v.Compiled == nil || v.Phase != Ran {
			return "nothing"
		}
		return v.Lesson.Steps[v.Step].Compile.File
	}
	for i, want := range []string{"nothing", "net.cpp", "stream.cpp"} {
		if got := file(s.Record(i)); got != want {
			t.Errorf("record %d has %s compiled, want %s", i, got, want)
		}
	}
	again := NewSession(s.lesson, OpenLab(netcore.Options{}))
	t.Cleanup(func() { again.Close() })
	if err := again.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if err := again.Resume(ctx(t), s.Journal()); err != nil {
		t.Fatal(err)
	}
	if v := again.View(); file(v) != "stream.cpp" || v.Step != 1 {
		t.Errorf("opened again: step %d, %s compiled", v.Step+1, file(v))
	}
	if err := again.Rerun(ctx(t), 1); err != nil {
		t.Fatal(err)
	}
	if v, first := again.View(), again.Record(0); file(v) != "net.cpp" || first.Step != 0 {
		t.Errorf("run again: %s compiled, the fresh lab stands at step %d", file(v), first.Step+1)
	}
}

// TestWhatCannotBeCompiled wants a lesson refused, with the line, that would have the
// compiler read what it pleases, or that has no recording.
func TestWhatCannotBeCompiled(t *testing.T) {
	files := map[string]string{"server.c": "int main(void) { return 0; }\n", "a.cpp": "int main() {}\n", "a.cpp.said": "c++ 1\nc++ a.cpp\n"}
	for _, c := range []struct{ step, file, source, says string }{
		{"compile: {file: a.cpp}", "", "", ""},
		{"compile: {file: ../a.cpp}", "", "", "small letters"},
		{"compile: {file: b.cpp}", "", "", "b.cpp"},
		{"compile: {file: a.cpp, standard: c++17 -include x}", "", "", "standard"},
		{"compile: {standard: c++17}", "", "", "file"},
		{"compile: {file: b.cpp}", "b.cpp", "int main() {}\n", "no recording of b.cpp"},
		{"compile: {file: a.cpp}", "a.cpp", "#include \"/etc/passwd\"\n", "line 1"},
		{"compile: {file: a.cpp}\nrun: \"server: x\"", "", "", "runs nothing else"},
		{"compile: {file: a.cpp}", "a.cpp.said", "one line", "a recording has"},
	} {
		fsys := fstest.MapFS{"one/lesson.md": {Data: []byte("---\ntitle: T\nminutes: 5\ngoal: G\nparts: [p]\ncast:\n  - {name: server, file: server.c}\n---\n\n## S {#s}\n\n```step\npart: 1\n" + c.step + "\n```\n\nText.\n")}}
		for name, text := range files {
			fsys["one/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
		if c.file != "" {
			fsys["one/"+c.file] = &fstest.MapFile{Data: []byte(c.source)}
		}
		_, err := LoadLesson(fsys, "one")
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.step, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "one/lesson.md:1")):
			t.Errorf("%q: %v, want %q", c.step, err, c.says)
		}
	}
}

// TestUnitsAreFiles wants each listing of the course used.
func TestUnitsAreFiles(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob("course/*/*.c*")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, l := range course.Lessons {
		for _, r := range l.Cast {
			used[filepath.Join("course", l.Name, r.File)] = true
		}
		for _, w := range l.Watches() {
			used[filepath.Join("course", l.Name, w.File)] = true
			used[filepath.Join("course", l.Name, w.RecordedIn())] = true
		}
		for i := range l.Steps {
			if c := l.Steps[i].Compile; c != nil {
				used[filepath.Join("course", l.Name, c.File)] = true
				used[filepath.Join("course", l.Name, c.RecordedIn())] = true
			}
		}
	}
	for _, name := range found {
		if info, err := os.Stat(name); err == nil && !info.IsDir() && !used[name] {
			t.Errorf("%s is used by no lesson", name)
		}
	}
}
