package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"sockstep/netcore"
)

// mostSaved is up to which number a free name is looked for.
const mostSaved = 9999

// saveIn returns what writes a lab's record into a folder, or where that may not be
// written to into the learner's own, as sockstep-LESSON-N.pcapng and .txt with the first
// N that is free for both. Nothing is written over.
func saveIn(dir string) func(t *netcore.Timeline, lesson string) ([]string, error) {
	return func(t *netcore.Timeline, lesson string) ([]string, error) {
		names, err := saveFree(t, dir, lesson)
		if home, none := os.UserHomeDir(); none == nil && unwritable(err) {
			names, err = saveFree(t, home, lesson)
		}
		if unwritable(err) {
			err = fmt.Errorf("%w; start sockstep in a folder where you may write", err)
		}
		return names, err
	}
}

// unwritable reports whether a folder does not take files from this user.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// saveFree writes a lab's record under the first free name.
func saveFree(t *netcore.Timeline, dir, lesson string) ([]string, error) {
	if lesson == "" {
		lesson = "play"
	}
	for n := 1; n <= mostSaved; n++ {
		names, err := saveAs(t, filepath.Join(dir, fmt.Sprintf("sockstep-%s-%d", lesson, n)))
		if !errors.Is(err, fs.ErrExist) {
			return names, err
		}
	}
	return nil, fmt.Errorf("save: there are %d records of %s already", mostSaved, lesson)
}

// exporter writes a lab's record under a name the learner gave, or one that is free.
func exporter(lesson string) func(t *netcore.Timeline, name string) ([]string, error) {
	return func(t *netcore.Timeline, name string) ([]string, error) {
		if name != "" {
			return saveAs(t, name)
		}
		return saveIn(".")(t, lesson)
	}
}

// isTrace reports whether a record is of programs that were traced.
func isTrace(t *netcore.Timeline) bool {
	for i := range t.Len() {
		if e := t.At(i); e.Call != nil {
			return e.Call.Origin == netcore.FromTraced
		}
	}
	return false
}

// saveAs writes a lab's record to NAME.pcapng and NAME.txt, that of a trace to NAME.json
// too, which replay opens, and returns which files it
// made. Where one of them is there already nothing is written: fs.ErrExist.
func saveAs(t *netcore.Timeline, name string) ([]string, error) {
	files := []*recordFile{{path: name + ".pcapng", begin: pcapng}, {path: name + ".txt", begin: transcript}}
	if isTrace(t) {
		files = append(files, &recordFile{path: name + ".json", begin: jsonLines})
	}
	if err := makeNew(files); err != nil {
		return nil, err
	}
	var names []string
	var wrong []error
	for _, f := range files {
		f.open(t)
		names = append(names, f.path)
		if err := f.close(); err != nil {
			wrong = append(wrong, fmt.Errorf("save %s: %w", f.path, err))
		}
	}
	return names, errors.Join(wrong...)
}

// makeNew makes files that are not there, all or none.
func makeNew(files []*recordFile) error {
	for i, f := range files {
		file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			for _, made := range files[:i] {
				_ = errors.Join(made.file.Close(), os.Remove(made.path))
			}
			return fmt.Errorf("save: %w", err)
		}
		f.to(file)
	}
	return nil
}
