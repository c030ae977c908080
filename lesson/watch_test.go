package lesson

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sockstep/netcore"
	"sockstep/netcore/watching"
)

var updateWatched = flag.Bool("update-watched", false, "run the programs that lessons watch, and write down what they did")

// TestWatchedRecordings reads the recordings beside the programs that lessons watch.
// With -update-watched it runs the programs here and writes the recordings.
func TestWatchedRecordings(t *testing.T) {
	files, err := filepath.Glob("course/*/*.watched")
	if err != nil {
		t.Fatal(err)
	}
	if *updateWatched {
		rewriteWatched(t)
		return
	}
	course := builtinCourse(t)
	used := map[string]bool{}
	for _, l := range course.Lessons {
		for _, w := range l.Watches() {
			used[filepath.Join("course", l.Name, w.RecordedIn())] = true
			if w.Recorded.Exit == "" || !strings.Contains(w.Recorded.Machine, ", ") {
				t.Errorf("%s, %s: recorded on %q, ended with %q", l.Name, w.RecordedIn(), w.Recorded.Machine, w.Recorded.Exit)
			}
		}
	}
	for _, f := range files {
		if !used[f] {
			t.Errorf("%s is used by no lesson", f)
		}
	}
	if len(used) == 0 {
		t.Error("no lesson watches a program")
	}
}

// rewriteWatched writes the recordings anew, of programs with the arguments that the
// steps give them. The course may lack some, and cannot be loaded then.
func rewriteWatched(t *testing.T) {
	for _, name := range watchedFiles(t) {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := watching.Run(t.Context(), watching.Unit{File: filepath.Base(name), Source: string(source)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, err := r.Record()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".watched", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// watchedFiles are the files that a lesson.md names behind watch:.
func watchedFiles(t *testing.T) (all []string) {
	lessons, err := filepath.Glob("course/*/lesson.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		text, err := os.ReadFile(l)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			_, rest, ok := strings.Cut(line, "watch: {file: ")
			if !ok {
				continue
			}
			file, _, _ := strings.Cut(rest, "}")
			file, _, _ = strings.Cut(file, ",")
			if name := filepath.Join(filepath.Dir(l), file); !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// TestAWatchedRecordingIsLabelled plays watch steps where nothing can be built: the
// steps go as the lesson says, and the recording says that it is one.
func TestAWatchedRecordingIsLabelled(t *testing.T) {
	l := builtinCourse(t).Lesson("names")
	t.Setenv("PATH", t.TempDir())
	s := NewSession(l, OpenLab(netcore.Options{}))
	t.Cleanup(func() { s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skip(err)
	}
	n := 0
	for s.View().Phase != Finished {
		playStep(t, s)
		v := s.View()
		if v.Phase != Ran || v.Lesson.Steps[v.Step].Watch == nil {
			continue
		}
		if n++; v.Watched == nil || v.Watched.Recorded == "" || !strings.HasSuffix(v.Result, "(recorded)") {
			t.Errorf("step %d: %+v, result %q, want a recording that says so", v.Step+1, v.Watched, v.Result)
		}
	}
	if n == 0 {
		t.Error("names watches nothing")
	}
}

// watchLesson is a lesson in a folder that has one program watched.
func watchLesson(step, file, source, recording string) fstest.MapFS {
	text := "---\ntitle: T\nminutes: 5\ngoal: G\nparts: [p]\ncast:\n  - {name: server, file: server.c}\n---\n\n## S {#s}\n\n```step\npart: 1\n" + step + "\n```\n\nText.\n"
	fsys := fstest.MapFS{"one/lesson.md": {Data: []byte(text)}, "one/server.c": {Data: []byte("int main(void) { return 0; }\n")}}
	if file != "" {
		fsys["one/"+file] = &fstest.MapFile{Data: []byte(source)}
		fsys["one/"+file+".watched"] = &fstest.MapFile{Data: []byte(recording)}
	}
	return fsys
}

const smallRecording = `Linux 6.1, cc 12
{"type":"header","id":1,"version":1,"tier":"user"}
{"type":"output","id":2,"time_ns":5,"process":"a","fd":1,"bytes":"aGVsbG8K"}
`

// TestAForeignProgramIsNotRun wants a program of a course in a folder shown by its
// recording, with the reason, and never run.
func TestAForeignProgramIsNotRun(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "it-ran")
	source := "#include <stdio.h>\nint main(void) { return fopen(\"" + mark + "\", \"w\") == NULL; }\n"
	l, err := LoadLesson(watchLesson("watch: {file: a.c}\nexpect:\n  - output 1: hello", "a.c", source, smallRecording), "one")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSession(l, OpenLab(netcore.Options{}))
	t.Cleanup(func() { s.Close() })
	if err := s.Start(ctx(t)); err != nil {
		t.Skip(err)
	}
	playStep(t, s)
	if v := s.View(); v.Watched == nil || v.Watched.Recorded != errForeign.Error() {
		t.Errorf("watched: %+v, want a recording because the course is foreign", v.Watched)
	}
	if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the program ran: %v", err)
	}
}

// TestWhatCannotBeWatched wants a lesson refused, with the line, whose program is no
// file of its folder, or has no recording.
func TestWhatCannotBeWatched(t *testing.T) {
	for _, c := range []struct{ step, file, recording, says string }{
		{"watch: {file: a.c}", "a.c", smallRecording, ""},
		{"watch: {file: a.py, args: [x]}", "a.py", smallRecording, ""},
		{"watch: {file: ../a.c}", "", "", "small letters"},
		{"watch: {file: a.sh}", "a.sh", smallRecording, "one of .c"},
		{"watch: {file: b.c}", "", "", "b.c"},
		{"watch: {args: [x]}", "", "", "file"},
		{"watch: {file: a.c}", "a.c", "{\"type\":\"header\"}\n", "a recording has"},
		{"watch: {file: a.c}", "a.c", "Linux\nnothing\n", "line 1"},
		{"watch: {file: a.c}\nrun: \"server: x\"", "a.c", smallRecording, "runs nothing else"},
		{"watch: {file: a.c}\nexpect:\n  - argument connect x: 1", "a.c", smallRecording, "no number"},
	} {
		_, err := LoadLesson(watchLesson(c.step, c.file, "int main(void) { return 0; }\n", c.recording), "one")
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.step, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "one/lesson.md:1")):
			t.Errorf("%q: %v, want %q", c.step, err, c.says)
		}
	}
}

// TestAWatchedProgramKeepsItsPort wants nothing rewritten that is said of a program in
// a network of its own, where another port stands in for the lesson's.
func TestAWatchedProgramKeepsItsPort(t *testing.T) {
	s := &Session{port: portSwap{from: 7777, to: 12345}}
	for about, want := range map[Observable]Pattern{"argument bind 2": "127.0.0.1:7777", "local server 3": "127.0.0.1:12345"} {
		if got := s.expected(Expectation{About: about, Is: "127.0.0.1:7777"}); got != want {
			t.Errorf("%s: expected %s, want %s", about, got, want)
		}
		q := s.port.question(Question{About: about, Options: []Option{{Is: "127.0.0.1:7777"}}})
		if got := q.Options[0].Is; got != want {
			t.Errorf("%s: the answer is %s, want %s", about, got, want)
		}
	}
}
