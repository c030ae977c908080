package lesson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// progressVersion is the version of the file this program writes, and the
// newest one it reads.
const progressVersion = 1

// progressLimit is the size in bytes above which a file is no progress file.
const progressLimit = 16 << 20

// progressFile is the file on disk. Others may write it at the same time: they
// take the lock beside it, read again what is there, and replace it as a whole.
type progressFile struct {
	path string
	// owner is whom new files and folders are given to, nil: whoever runs this.
	owner *fileOwner
}

// fileOwner is the user a program run under sudo writes for.
type fileOwner struct{ uid, gid int }

// envelope is the outermost object of the file. Sum is the CRC-32 (IEEE) of
// Progress, its white space taken out, in hex: a damaged file does not pass
// for a learner's work.
type envelope struct {
	Program  string          `json:"program"`
	Version  int             `json:"version"`
	Sum      string          `json:"sum"`
	Progress json.RawMessage `json:"progress"`
}

// keptFile is what the file holds.
type keptFile struct {
	Last      string          `json:"last,omitempty"`
	Lessons   map[string]Kept `json:"lessons"`
	Placement Placement       `json:"placement,omitzero"`

	aside string // the name a damaged file got while reading
}

// damagedError says that a file is not what this program wrote.
type damagedError struct{ cause error }

func (e *damagedError) Error() string { return e.cause.Error() }
func (e *damagedError) Unwrap() error { return e.cause }

// newerError says that a later version of the program wrote the file.
type newerError struct {
	path    string
	version int
}

func (e *newerError) Error() string {
	return fmt.Sprintf("%s was written by a newer sockstep (format %d, this one knows %d) and is left alone", e.path, e.version, progressVersion)
}

// read returns what the file holds, nothing when there is none. The error is a
// *damagedError, a *newerError, or that of the file system.
func (f progressFile) read() (keptFile, error) {
	data, err := readLimited(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return keptFile{Lessons: map[string]Kept{}}, nil
	}
	if err != nil {
		return keptFile{}, err
	}
	return decodeProgress(f.path, data)
}

func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, progressLimit+1))
}

func decodeProgress(path string, data []byte) (keptFile, error) {
	if len(data) > progressLimit {
		return keptFile{}, damaged("larger than %d bytes", progressLimit)
	}
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return keptFile{}, damaged("%w", err)
	}
	if e.Program != "sockstep" || e.Version < 1 {
		return keptFile{}, damaged("no progress of sockstep")
	}
	if e.Version > progressVersion {
		return keptFile{}, &newerError{path, e.Version}
	}
	if sum := progressSum(e.Progress); sum != e.Sum {
		return keptFile{}, damaged("its checksum is %q, its content's %s", e.Sum, sum)
	}
	return decodeKept(e.Progress)
}

func decodeKept(data []byte) (keptFile, error) {
	var kept keptFile
	if err := json.Unmarshal(data, &kept); err != nil {
		return keptFile{}, damaged("%w", err)
	}
	if kept.Lessons == nil {
		kept.Lessons = map[string]Kept{}
	}
	return kept, nil
}

func damaged(format string, args ...any) error {
	return &damagedError{fmt.Errorf(format, args...)}
}

// progressSum is the checksum of a JSON text whatever its white space.
func progressSum(data []byte) string {
	var plain bytes.Buffer
	if err := json.Compact(&plain, data); err != nil {
		return "none"
	}
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE(plain.Bytes()))
}

func encodeProgress(kept keptFile) ([]byte, error) {
	inner, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	e := envelope{Program: "sockstep", Version: progressVersion, Sum: progressSum(inner), Progress: inner}
	data, err := json.MarshalIndent(e, "", " ")
	return append(data, '\n'), err
}

// setAside renames the file to the first free "NAME.damaged-N" and returns that
// name. It never replaces a file.
func (f progressFile) setAside() (string, error) {
	for n := 1; n < 1000; n++ {
		name := fmt.Sprintf("%s.damaged-%d", f.path, n)
		err := os.Link(f.path, name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			return name, os.Remove(f.path)
		}
		return f.renameAside(name, err)
	}
	return "", errors.New("there are 999 damaged ones already")
}

// renameAside is for file systems without hard links.
func (f progressFile) renameAside(name string, cause error) (string, error) {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return "", cause
	}
	if err := os.Rename(f.path, name); err != nil {
		return "", err
	}
	return name, nil
}

// repair reads the file again under the lock and sets it aside if it is damaged
// then.
func (f progressFile) repair() (keptFile, error) {
	unlock, err := f.lock()
	if err != nil {
		return keptFile{}, err
	}
	defer unlock()
	return f.current()
}

// merge writes the given lessons into the file and leaves the others as another
// program may have written them meanwhile. It returns what the file holds then.
func (f progressFile) merge(mine map[string]Kept, last string) (keptFile, error) {
	return f.change(func(kept *keptFile) {
		for name, k := range mine {
			kept.Lessons[name] = k.over(kept.Lessons[name])
		}
		if last != "" {
			kept.Last = last
		}
	})
}

// change reads the file under its lock, has it changed and writes it as a whole.
func (f progressFile) change(how func(*keptFile)) (keptFile, error) {
	unlock, err := f.lock()
	if err != nil {
		return keptFile{}, err
	}
	defer unlock()
	kept, err := f.current()
	if err != nil {
		return keptFile{}, err
	}
	how(&kept)
	return kept, f.replace(kept)
}

// lock takes the lock beside the file, whose folder it makes where there is none.
// It blocks while another program writes.
func (f progressFile) lock() (unlock func(), err error) {
	if err := f.makeFolder(); err != nil {
		return nil, err
	}
	path := f.path + ".lock"
	unlock, err = lockedfile.MutexAt(path).Lock()
	if err == nil {
		f.own(path)
	}
	return unlock, err
}

// current reads the file for merging; a damaged one is set aside first.
func (f progressFile) current() (keptFile, error) {
	kept, err := f.read()
	var bad *damagedError
	if !errors.As(err, &bad) {
		return kept, err
	}
	name, err := f.setAside()
	return keptFile{Lessons: map[string]Kept{}, aside: name}, err
}

func (f progressFile) replace(kept keptFile) error {
	data, err := encodeProgress(kept)
	if err != nil {
		return err
	}
	return f.put(data)
}

// over lays k over what another program kept of the same lesson: the position is
// k's, and nothing that was ever run or answered is lost.
func (k Kept) over(other Kept) Kept {
	k = k.clone()
	k.Finished = k.Finished || other.Finished
	k.Ran = union(other.Ran, k.Ran)
	k.Answers = fill(k.Answers, other.Answers)
	k.Beliefs = fill(k.Beliefs, other.Beliefs)
	k.Recalls = recallsOver(k.Recalls, other.Recalls)
	for belief, n := range other.Beliefs {
		k.Beliefs[belief] = max(k.Beliefs[belief], n)
	}
	return k
}

// fill returns a map of what into holds, and of what only from holds.
func fill[V any](into, from map[string]V) map[string]V {
	all := make(map[string]V, len(into))
	maps.Copy(all, from)
	maps.Copy(all, into)
	return all
}

// union returns a and what b has beyond it, in order.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// makeFolder makes the folder of the file, but never the home it lies in.
func (f progressFile) makeFolder() error {
	return f.makeFolders(filepath.Dir(f.path), 4)
}

// makeFolders makes path and at most depth-1 folders above it, private to their
// owner.
func (f progressFile) makeFolders(path string, depth int) error {
	err := os.Mkdir(path, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) && depth > 1 {
		if err := f.makeFolders(filepath.Dir(path), depth-1); err != nil {
			return err
		}
		err = os.Mkdir(path, 0o700)
	}
	if err == nil {
		f.own(path)
	}
	return err
}

// own gives a new file or folder to the user the program runs for. Where that is
// refused it stays with whoever runs the program.
func (f progressFile) own(path string) {
	if f.owner != nil {
		_ = os.Lchown(path, f.owner.uid, f.owner.gid)
	}
}
