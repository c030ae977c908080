package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"sockstep/lesson"
	"sockstep/netcore"
)

// recorder writes what happens in the labs of a run to files while it happens, so
// that nothing is lost when the program is. A fresh lab begins a new section. What
// cannot be written is kept as an error for the end; nobody's lesson fails of it. A
// nil recorder writes nothing.
type recorder struct {
	mu       sync.Mutex
	files    []*recordFile
	now      *netcore.Timeline // whose section is open
	follower int               // the newest session's number
}

// section writes the record of one lab.
type section interface {
	// Extend writes what has come since the last time.
	Extend() error
}

// format begins a section in a file.
type format func(w io.Writer, t *netcore.Timeline) (section, error)

// recordFile is a file of a format.
type recordFile struct {
	path    string
	begin   format
	file    *os.File
	buffer  *bufio.Writer
	section section
	lab     *netcore.Timeline // whose section it is
	start   int64             // where that begins
	err     error             // the first; nothing is written behind it
}

// newRecordFile makes a file, or keeps why that cannot be.
func newRecordFile(path string, begin format) *recordFile {
	f := &recordFile{path: path, begin: begin}
	file, err := os.Create(path)
	if err != nil {
		f.err = err
		return f
	}
	f.to(file)
	return f
}

func (f *recordFile) to(file *os.File) { f.file, f.buffer = file, bufio.NewWriter(file) }

// take writes what has happened in a lab since the last time: of the one before it
// first the rest.
func (r *recorder) take(t *netcore.Timeline) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(t)
}

func (r *recorder) write(t *netcore.Timeline) {
	if t == nil || t.Len() < 2 {
		return // a header alone: the lab is not open yet
	}
	for _, f := range r.files {
		if t != r.now {
			f.finish()
			f.open(t)
		}
		f.extend()
	}
	r.now = t
}

func (f *recordFile) open(t *netcore.Timeline) {
	if f.err != nil {
		return
	}
	f.start, _ = f.file.Seek(0, io.SeekCurrent) // a pipe has no places
	f.lab = t
	f.section, f.err = f.begin(f.buffer, t)
}

// finish ends a section. Where more has become known of what stands in it, and the
// file is one that can be written again, it is.
func (f *recordFile) finish() {
	f.extend()
	s, ok := f.section.(interface{ Stale() bool })
	if f.err != nil || !ok || !s.Stale() || !f.regular() {
		return
	}
	if _, f.err = f.file.Seek(f.start, io.SeekStart); f.err != nil {
		return
	}
	if f.err = f.file.Truncate(f.start); f.err == nil {
		f.open(f.lab)
		f.extend()
	}
}

// regular reports whether the file is one on a disk, and no pipe.
func (f *recordFile) regular() bool {
	info, err := f.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

func (f *recordFile) extend() {
	if f.err != nil || f.section == nil {
		return
	}
	f.err = f.section.Extend()
	if f.err == nil {
		f.err = f.buffer.Flush()
	}
}

// close ends the files, and returns what could not be written. t is the lab seen last;
// where none was ever open the files begin with it, so that they can be read.
func (r *recorder) close(t *netcore.Timeline) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(t)
	var all []error
	for _, f := range r.files {
		if t != nil && r.now == nil {
			f.open(t)
			f.extend()
		}
		if err := f.close(); err != nil {
			all = append(all, fmt.Errorf("the record %s is not whole: %w", f.path, err))
		}
	}
	return errors.Join(all...)
}

func (f *recordFile) close() error {
	if f.file == nil {
		return f.err
	}
	f.finish()
	return errors.Join(f.err, f.file.Close())
}

// followed is a session as a recorder sees it.
type followed interface {
	View() *lesson.View
	Changed(v *lesson.View) <-chan struct{}
	Timeline() *netcore.Timeline
}

// follow records a session until stop is called, which takes the rest. A session that
// is followed later takes its place.
func (r *recorder) follow(s followed) (stop func()) {
	if r == nil {
		return func() {}
	}
	r.mu.Lock()
	r.follower++
	own := r.follower
	r.mu.Unlock()
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for more := true; more; {
			v := s.View()
			r.takeOf(own, v.Timeline)
			select {
			case <-s.Changed(v):
			case <-over:
				more = false
			}
		}
		r.takeOf(own, s.Timeline())
	}()
	return func() { close(over); <-done }
}

// takeOf takes a lab of a session, unless another session has come.
func (r *recorder) takeOf(follower int, t *netcore.Timeline) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if follower == r.follower {
		r.write(t)
	}
}

// recorded is a session that a recorder follows until it is closed.
type recorded struct {
	*lesson.Session
	stop func()
}

// record has a session recorded.
func (r *recorder) record(s *lesson.Session) recorded { return recorded{s, r.follow(s)} }

// Close ends the lab, and takes the rest of what happened in it.
func (s recorded) Close() error {
	err := s.Session.Close()
	s.stop()
	return err
}
