package exercise

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
)

// Memory is the file in a learner's folder in which sockstep keeps which exercise it
// is, how many hints were read, and what was written there.
const Memory = ".sockstep.yaml"

// mostMemory is how large that file may be, in bytes.
const mostMemory = 64 << 10

// ErrNoMemory says that a folder was not started as an exercise.
var ErrNoMemory = errors.New("no exercise was started in this folder: sockstep exercise start NAME")

// Work is a learner's folder.
type Work struct {
	Exercise *Exercise
	Language check.Language
	// Hints is how many were read.
	Hints int

	dir     string
	written map[string]string // the sums of the files as they were written, by name
}

// Written is what became of one file.
type Written struct {
	Name string
	// Kept tells that it was there with other content and was left alone. Aside is the
	// name under which the learner's file was kept, when it was replaced.
	Kept  bool
	Aside string
}

// Start writes an exercise's starter into a folder, which is made where there is none.
// A file that is there is written over only if it is as an earlier start left it.
func (e *Exercise) Start(dir, language string) (*Work, []Written, error) {
	l, ok := check.LanguageOf(language)
	if !ok || !slices.Contains(e.Languages, language) {
		return nil, nil, fmt.Errorf("%s has no starter in %q: there are %s", e.Name, language, strings.Join(e.Languages, ", "))
	}
	files, err := e.Starter(language)
	if err != nil {
		return nil, nil, err
	}
	w := &Work{Exercise: e, Language: l, dir: dir, written: map[string]string{}}
	old, err := Open(dir)
	switch {
	case err == nil && old.Exercise != e:
		return nil, nil, fmt.Errorf("the exercise %s was started in %s: name another folder", old.Exercise.Name, dir)
	case err == nil:
		w.Hints, w.written = old.Hints, old.written
	case !errors.Is(err, ErrNoMemory):
		return nil, nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, nil, fmt.Errorf("make the folder: %w", err)
	}
	done, err := w.write(files, func(root *os.Root, name string) (string, bool, error) { return "", true, nil })
	return w, done, errors.Join(err, w.remember())
}

// Reset writes the starter's files again. A file the learner changed is kept beside, as
// NAME.1 or the next number that is free.
func (w *Work) Reset() ([]Written, error) {
	files, err := w.Exercise.Starter(w.Language.Name)
	if err != nil {
		return nil, err
	}
	done, err := w.write(files, func(root *os.Root, name string) (string, bool, error) {
		aside, err := freeName(root, name)
		if err != nil {
			return "", false, err
		}
		return aside, false, root.Rename(name, aside)
	})
	return done, errors.Join(err, w.remember())
}

// write writes files into the folder; changed says what to do with one that is there
// and is not what was written there before: keep it, or which name it got.
func (w *Work) write(files map[string][]byte, changed func(root *os.Root, name string) (aside string, keep bool, err error)) (done []Written, err error) {
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		one := Written{Name: name}
		old, err := root.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return done, fmt.Errorf("look at %s: %w", name, err)
		case string(old) != string(files[name]) && sum(old) != w.written[name]:
			if one.Aside, one.Kept, err = changed(root, name); err != nil {
				return done, fmt.Errorf("keep %s: %w", name, err)
			}
		}
		if !one.Kept {
			if err := root.WriteFile(name, files[name], 0o666); err != nil {
				return done, fmt.Errorf("write %s: %w", name, err)
			}
			w.written[name] = sum(files[name])
		}
		done = append(done, one)
	}
	return done, nil
}

// freeName is a name beside a file's that is free.
func freeName(root *os.Root, name string) (string, error) {
	const most = 999
	for n := 1; n <= most; n++ {
		aside := fmt.Sprintf("%s.%d", name, n)
		if _, err := root.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return aside, nil
		}
	}
	return "", fmt.Errorf("%s.1 to %[1]s.%d are there already", name, most)
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:8])
}

// Open reads what a folder remembers. Without a memory it is ErrNoMemory.
func Open(dir string) (*Work, error) {
	path := filepath.Join(dir, Memory)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoMemory
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostMemory {
		return nil, fmt.Errorf("%s is no file of sockstep's: remove it, and start the exercise again", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := All()
	if err != nil {
		return nil, err
	}
	w, err := parse(all, string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w: mend it, or remove it and start the exercise again", path, err)
	}
	w.dir = dir
	return w, nil
}

// lineError is what is wrong with a line of a memory.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return fmt.Sprintf("%d: %s", e.line, e.text) }

// parse reads lines "key: value", and below "files:" lines "  name: sum".
func parse(all []*Exercise, text string) (*Work, error) {
	w := &Work{written: map[string]string{}}
	language, files, n := "", false, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		bad := func(format string, args ...any) error { return &lineError{n, fmt.Sprintf(format, args...)} }
		switch inner := strings.TrimPrefix(key, "  "); {
		case !ok:
			return nil, bad("%q is no key and value", clip(line))
		case files && inner != key:
			w.written[inner] = value
		case key == "exercise":
			if w.Exercise = Find(all, value); w.Exercise == nil {
				return nil, bad("there is no exercise %q", clip(value))
			}
		case key == "language":
			if w.Language, ok = check.LanguageOf(value); !ok {
				return nil, bad("there is no language %q", clip(value))
			}
			language = value
		case key == "hints":
			hints, err := strconv.Atoi(value)
			if err != nil || hints < 0 {
				return nil, bad("hints is %q and not a number", clip(value))
			}
			w.Hints = hints
		case key == "files":
			files = true
		default:
			return nil, bad("unknown key %q", clip(key))
		}
	}
	if w.Exercise == nil || language == "" {
		return nil, &lineError{max(n, 1), "the keys exercise and language are missing"}
	}
	w.Hints = min(w.Hints, len(w.Exercise.Hints))
	return w, nil
}

// remember writes the memory, whole or not at all.
func (w *Work) remember() error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Written by sockstep: which exercise this folder is.\nexercise: %s\nlanguage: %s\nhints: %d\nfiles:\n", w.Exercise.Name, w.Language.Name, w.Hints)
	for _, name := range slices.Sorted(maps.Keys(w.written)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, w.written[name])
	}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	part := Memory + ".part"
	if err := root.WriteFile(part, []byte(b.String()), 0o666); err != nil {
		return fmt.Errorf("remember the exercise: %w", err)
	}
	if err := root.Rename(part, Memory); err != nil {
		return fmt.Errorf("remember the exercise: %w", err)
	}
	return nil
}

// Dir is the folder.
func (w *Work) Dir() string { return w.dir }

// NextHint returns the next hint, its number from 1, and remembers that it was read.
// After the last one it is the last one again.
func (w *Work) NextHint() (number int, text string, err error) {
	if w.Hints < len(w.Exercise.Hints) {
		w.Hints++
		err = w.remember()
	}
	return w.Hints, w.Exercise.Hints[w.Hints-1], err
}

// Sources are the files whose change is a reason to check again: those of the program,
// not what is built from them.
func (w *Work) Sources() (names []string, err error) {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return nil, err
	}
	for _, f := range entries {
		name := f.Name()
		switch ext := filepath.Ext(name); {
		case !f.Type().IsRegular() || strings.HasPrefix(name, "."):
		case name == "Makefile" || slices.Contains([]string{".c", ".h", ".cpp", ".hpp", ".cc", ".hh", ".go", ".mod", ".py", ".rs", ".txt"}, ext):
			names = append(names, filepath.Join(w.dir, name))
		}
	}
	return names, nil
}

// State is what the sources are now; it is another when one of them was saved with
// other content.
func (w *Work) State() (string, error) {
	names, err := w.Sources()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s %s\n", name, sum(text))
	}
	return b.String(), nil
}

// Guess is the work in a folder without a memory: an exercise whose program stands
// there in one language.
func (e *Exercise) Guess(dir string) (*Work, error) {
	var found []check.Language
	for _, l := range check.Languages {
		if _, err := os.Stat(filepath.Join(dir, e.Name+l.Suffix)); err == nil {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s holds %s of the program of %s: start it (sockstep exercise start %[3]s), or name what runs it (sockstep check %[3]s -- CMD)", dir, versions(len(found)), e.Name)
	}
	return &Work{Exercise: e, Language: found[0], dir: dir, written: map[string]string{}}, nil
}

func versions(n int) string {
	if n == 0 {
		return "no source"
	}
	return strconv.Itoa(n) + " sources"
}
