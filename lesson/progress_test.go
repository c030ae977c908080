package lesson

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"

	"sockstep/netcore/clocktest"
)

func twoSteps(name string) *Lesson {
	ask := &Question{Options: []Option{{Text: "3"}, {Text: "4", Belief: "M07"}}}
	return &Lesson{Name: name, Steps: []Step{{ID: "create", Ask: ask}, {ID: "bind"}}}
}

func journalAt(name string, step int) Journal {
	return Journal{
		Lesson: name, Step: step, Phase: Ran,
		Moves:   []Move{{Kind: MoveRun, Role: "server", Label: "create", Step: 1}},
		Answers: map[string]Answer{"create": {Step: "create", Chosen: 1, Mark: Wrong, Observed: "3"}},
	}
}

func closed(t *testing.T, p *Progress) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), clocktest.Patience)
	defer stop()
	if err := p.Close(ctx); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func progressIn(t *testing.T) string {
	return filepath.Join(t.TempDir(), "state", "sockstep", "progress.json")
}

func TestProgressComesBack(t *testing.T) {
	path := progressIn(t)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	p.Keep(twoSteps("tcp"), journalAt("tcp", 1))
	closed(t, p)
	if said := p.Remarks(); len(said) != 0 {
		t.Errorf("remarks: %q", said)
	}

	q := OpenProgress(path, "")
	defer closed(t, q)
	kept, ok := q.Lesson("tcp")
	if !ok || q.Last() != "tcp" {
		t.Fatalf("Lesson(tcp) = %v, Last = %q", ok, q.Last())
	}
	want := Kept{
		Journal: journalAt("tcp", 1), Ran: []string{"create", "bind"},
		Answers: journalAt("tcp", 1).Answers, Beliefs: map[string]int{"M07": 1},
		Recalls: map[string]Recall{"M07": {}},
		Updated: kept.Updated,
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestProgressForgetKeepsWhatWasDone(t *testing.T) {
	path := progressIn(t)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 1))
	p.Forget("tcp")
	closed(t, p)
	q := OpenProgress(path, "")
	defer closed(t, q)
	kept, _ := q.Lesson("tcp")
	if len(kept.Journal.Moves) != 0 || len(kept.Ran) != 2 || kept.Beliefs["M07"] != 1 {
		t.Errorf("kept %+v", kept)
	}
}

func TestProgressOfTwoProgramsMerges(t *testing.T) {
	path := progressIn(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			p := OpenProgress(path, "")
			for step := range 2 {
				p.Keep(twoSteps(fmt.Sprint("lesson", i)), journalAt(fmt.Sprint("lesson", i), step))
			}
			closed(t, p)
		})
	}
	group.Wait()
	q := OpenProgress(path, "")
	defer closed(t, q)
	for i := range 8 {
		if kept, _ := q.Lesson(fmt.Sprint("lesson", i)); kept.Journal.Step != 1 || len(kept.Ran) != 2 {
			t.Errorf("lesson%d: %+v", i, kept)
		}
	}
}

func TestProgressOfOneLessonLosesNothing(t *testing.T) {
	path := progressIn(t)
	first, second := OpenProgress(path, ""), OpenProgress(path, "")
	done := journalAt("tcp", 1)
	done.Done = true
	first.Keep(twoSteps("tcp"), done)
	closed(t, first)
	second.Keep(twoSteps("tcp"), Journal{Lesson: "tcp"})
	closed(t, second)
	q := OpenProgress(path, "")
	defer closed(t, q)
	kept, _ := q.Lesson("tcp")
	if !kept.Finished || len(kept.Ran) != 2 || kept.Answers["create"].Mark != Wrong || kept.Beliefs["M07"] != 1 {
		t.Errorf("lost: %+v", kept)
	}
	if kept.Journal.Step != 0 {
		t.Errorf("the last writer is at 0, kept is step %d", kept.Journal.Step)
	}
}

func TestProgressOfANewerVersionIsLeftAlone(t *testing.T) {
	path := progressIn(t)
	os.MkdirAll(filepath.Dir(path), 0o700)
	newer := []byte(`{"program":"sockstep","version":2,"learner":{"name":"x"}}`)
	os.WriteFile(path, newer, 0o600)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	closed(t, p)
	if said := strings.Join(p.Remarks(), "\n"); !strings.Contains(said, "newer") {
		t.Errorf("remarks: %q", said)
	}
	same(t, path, newer)
}

// A newer program may also start while this one runs.
func TestProgressThatBecomesNewerIsLeftAlone(t *testing.T) {
	path := progressIn(t)
	p := OpenProgress(path, "")
	os.MkdirAll(filepath.Dir(path), 0o700)
	newer := []byte(`{"program":"sockstep","version":3}`)
	os.WriteFile(path, newer, 0o600)
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	closed(t, p)
	if said := strings.Join(p.Remarks(), "\n"); !strings.Contains(said, "newer") {
		t.Errorf("remarks: %q", said)
	}
	same(t, path, newer)
}

func same(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v\n%s\nwant\n%s", path, err, got, want)
	}
}

func TestProgressThatIsNoFile(t *testing.T) {
	path := progressIn(t)
	os.MkdirAll(path, 0o700)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	closed(t, p)
	if said := strings.Join(p.Remarks(), "\n"); !strings.Contains(said, "no regular file") {
		t.Errorf("remarks: %q", said)
	}
}

func TestProgressWithoutAPlace(t *testing.T) {
	p := OpenProgress("", "HOME is not set.")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	closed(t, p)
	if kept, ok := p.Lesson("tcp"); !ok || kept.Journal.Step != 0 {
		t.Errorf("not kept for this run")
	}
	if diff := cmp.Diff([]string{"HOME is not set."}, p.Remarks()); diff != "" {
		t.Error(diff)
	}
}

// Below a file no folder can be made, whoever one is.
func TestProgressThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	p := OpenProgress(filepath.Join(file, "sockstep", "progress.json"), "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	ctx, stop := context.WithTimeout(context.Background(), clocktest.Patience)
	defer stop()
	err := p.Close(ctx)
	said := strings.Join(p.Remarks(), "\n")
	if err == nil && !strings.Contains(said, "not") {
		t.Errorf("no word of it: %v, %q", err, said)
	}
}

func TestStateFolder(t *testing.T) {
	home := t.TempDir()
	for _, test := range []struct{ name, home, state, folder, why string }{
		{"home", home, "", filepath.Join(home, ".local", "state"), ""},
		{"xdg", home, home + "/elsewhere", home + "/elsewhere", ""},
		{"unset", "", "", "", "HOME is not set"},
		{"missing", home + "/gone", "", "", "which is no folder"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HOME", test.home)
			t.Setenv("XDG_STATE_HOME", test.state)
			xdg.Reload()
			folder, why := stateFolder()
			if folder != test.folder || (why == "") != (test.why == "") || !strings.Contains(why, test.why) {
				t.Errorf("got %q, %q", folder, why)
			}
		})
	}
	t.Cleanup(xdg.Reload)
}

func TestProgressUnderSudoIsTheCallers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "state", "sockstep", "progress.json")
	p := openProgress(progressFile{path: path, owner: &fileOwner{1234, 1235}}, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	closed(t, p)
	for _, name := range []string{path, filepath.Dir(path), filepath.Dir(filepath.Dir(path)), path + ".lock"} {
		out, err := exec.Command("stat", "-c", "%u:%g", name).Output()
		if err != nil {
			t.Skipf("stat: %v", err)
		}
		if got := strings.TrimSpace(string(out)); got != "1234:1235" {
			t.Errorf("%s belongs to %s", name, got)
		}
	}
}

// Whatever happens to the file, either nothing of it is lost, or all of it is
// still there under another name.
func TestProgressSurvivesDamage(t *testing.T) {
	good := progressBytes(t)
	rounds := 10000
	if testing.Short() {
		rounds = 500
	}
	random := rand.New(rand.NewPCG(1, 2))
	folder := t.TempDir()
	for i := range rounds {
		path := filepath.Join(folder, fmt.Sprint(i), "progress.json")
		os.Mkdir(filepath.Dir(path), 0o700)
		bad := mutate(random, good)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		checkDamage(t, path, good, bad)
		os.RemoveAll(filepath.Dir(path))
	}
}

func progressBytes(t testing.TB) []byte {
	kept := keptFile{Last: "tcp", Lessons: map[string]Kept{}}
	for _, name := range []string{"tcp", "byte-order"} {
		k := Kept{}
		k.take(twoSteps(name), journalAt(name, 1))
		kept.Lessons[name] = k
	}
	data, err := encodeProgress(kept)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// mutate damages a copy of data in one of the ways files are damaged.
func mutate(r *rand.Rand, data []byte) []byte {
	bad := bytes.Clone(data)
	at := r.IntN(len(bad))
	switch r.IntN(7) {
	case 0:
		return bad[:at]
	case 1:
		bad[at] ^= 1 << r.IntN(8)
	case 2:
		bad[at] = byte(r.IntN(256))
	case 3:
		clear(bad[at:min(len(bad), at+r.IntN(64))])
	case 4:
		return append(bad[:at:at], bad[min(len(bad), at+1+r.IntN(32)):]...)
	case 5:
		return append(bad, bad[at:]...)
	case 6:
		for range 1 + r.IntN(20) {
			bad[r.IntN(len(bad))] = byte(r.IntN(256))
		}
	}
	return bad
}

func checkDamage(t *testing.T, path string, good, bad []byte) {
	t.Helper()
	_, err := decodeProgress(path, bad)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("new"), journalAt("new", 0))
	closed(t, p)
	said := strings.Join(p.Remarks(), " ")
	switch err.(type) {
	case nil:
		sameProgress(t, good, bad)
	case *newerError:
		same(t, path, bad)
	case *damagedError:
		same(t, path+".damaged-1", bad)
		if !strings.Contains(said, "damaged-1") {
			t.Errorf("no word of it: %q", said)
		}
	default:
		t.Errorf("unexpected: %v", err)
	}
}

// sameProgress fails when a damaged file that was accepted says anything else.
func sameProgress(t *testing.T, good, bad []byte) {
	t.Helper()
	var a, b envelope
	if json.Unmarshal(good, &a) != nil || json.Unmarshal(bad, &b) != nil {
		t.Fatal("accepted what is no JSON")
	}
	if progressSum(a.Progress) != progressSum(b.Progress) {
		t.Errorf("accepted damage:\n%s", bad)
	}
}

func TestDamagedFilesAreNeverReplaced(t *testing.T) {
	path := progressIn(t)
	os.MkdirAll(filepath.Dir(path), 0o700)
	for n, text := range []string{"one", "two", "three"} {
		os.WriteFile(path, []byte(text), 0o600)
		closed(t, OpenProgress(path, ""))
		same(t, fmt.Sprintf("%s.damaged-%d", path, n+1), []byte(text))
	}
	same(t, path+".damaged-1", []byte("one"))
}

func FuzzProgress(f *testing.F) {
	f.Add(progressBytes(f))
	f.Add([]byte(`{"program":"sockstep","version":2}`))
	f.Add([]byte(`{"program":"sockstep","version":1,"sum":"","progress":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		kept, err := decodeProgress("progress.json", data)
		if err != nil {
			return
		}
		again, err := encodeProgress(kept)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		if _, err := decodeProgress("progress.json", again); err != nil {
			t.Fatalf("read back: %v", err)
		}
	})
}

func BenchmarkOpenProgress(b *testing.B) {
	path := filepath.Join(b.TempDir(), "progress.json")
	if err := os.WriteFile(path, progressBytes(b), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p := OpenProgress(path, "")
		close(p.wake)
		<-p.done
	}
}

func TestProgressOfEveryCourseIsItsOwn(t *testing.T) {
	state := t.TempDir()
	files := map[string]bool{}
	for _, course := range []string{"", "/home/a", "/home/b"} {
		files[progressPath(state, course)] = true
	}
	if len(files) != 3 || !files[filepath.Join(state, "sockstep", "progress.json")] {
		t.Errorf("three courses are kept in %v", files)
	}
}
