package lesson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"sockstep/netcore/watching"
)

// Watch is a program that a step has built and run here, with its calls watched.
type Watch struct {
	watching.Unit
	// Recorded is what it did where the lesson was written, shown where it cannot be
	// run.
	Recorded *watching.Report
	// own is set for a program of the built-in course. No other is run.
	own bool
}

// Lines are the lines of the file.
func (w *Watch) Lines() []string {
	return strings.Split(strings.TrimRight(w.Source, "\n"), "\n")
}

// RecordedIn is the name of the file with the recording, "names.c.watched".
func (w *Watch) RecordedIn() string { return w.File + ".watched" }

// Own reports whether the program belongs to the built-in course, and so may be built
// and run.
func (w *Watch) Own() bool { return w.own }

// Watched is what a step's program did.
type Watched struct {
	watching.Report
	// Recorded says why this is not of a run on this machine; empty where it is.
	Recorded string
}

// Result is the run in a line.
func (w *Watched) Result() string {
	text := w.Start + ": " + w.ending()
	if _, err := strconv.Atoi(w.Exit); err == nil {
		text = w.Start + ": exit status " + w.Exit
	}
	text += ", " + strconv.Itoa(len(w.Calls)) + " calls"
	if len(w.Calls) == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if w.Recorded != "" {
		text += " (recorded)"
	}
	return text
}

// ending is how the program ended, its status or the signal.
func (w *Watched) ending() string { return w.Exit }

// errForeign says why a program of a lesson that was not brought along is not run.
var errForeign = errors.New("only programs of the built-in course are run outside the evaluator, and this course is another")

// move has the program run in the step with the number n.
func (w *Watch) move(n int) Move { return Move{Kind: MoveWatch, Text: w.File, Step: n} }

// watch has the program of a move's step run, or takes the recording where it cannot
// be run here.
func (s *Session) watch(ctx context.Context, m Move) error {
	if m.Step < 1 || m.Step > s.steps() || s.lesson.Steps[m.Step-1].Watch == nil {
		return fmt.Errorf("step %d has no program to watch", m.Step)
	}
	w := s.lesson.Steps[m.Step-1].Watch
	r, err := s.runWatched(ctx, w)
	var cannot *watching.Unavailable
	switch {
	case err == nil:
		s.last.watched = &Watched{Report: *r}
	case errors.As(err, &cannot), errors.Is(err, errForeign):
		s.last.watched = &Watched{Report: *w.Recorded, Recorded: err.Error()}
	default:
		return err
	}
	s.last.result = s.last.watched.Result()
	return nil
}

func (s *Session) runWatched(ctx context.Context, w *Watch) (*watching.Report, error) {
	switch {
	case !w.own:
		return nil, errForeign
	case !s.tier().Private():
		return nil, &watching.Unavailable{Reason: "this machine gives no private network to run the program in"}
	}
	return watching.Run(ctx, w.Unit)
}

// watchedFact is something of the step's watched program, empty where there was none.
func (s *Session) watchedFact(of func(*Watched) string) string {
	if s.last.watched == nil {
		return ""
	}
	return of(s.last.watched)
}

func (s *Session) outputLine(number string) string {
	n, _ := strconv.Atoi(number)
	return s.watchedFact(func(w *Watched) string { return w.Line(n) })
}

func (s *Session) results(name string) string {
	return s.watchedFact(func(w *Watched) string { return w.Results(name) })
}

func (s *Session) callCount(name string) string {
	return s.watchedFact(func(w *Watched) string { return strconv.Itoa(len(w.Named(name))) })
}

func (s *Session) option(name string) string {
	return s.watchedFact(func(w *Watched) string { return w.Option(name) })
}

func (s *Session) arguments(name, number string) string {
	n, _ := strconv.Atoi(number)
	return s.watchedFact(func(w *Watched) string { return w.Arguments(name, n) })
}

// watched reports whether an observable is about a program that is watched.
func (o Observable) watched() bool {
	switch word(strings.Fields(string(o)), 0) {
	case "exit", "output", "watched", "argument", "calls", "option":
		return true
	}
	return false
}

// maxArguments is how many arguments a watched program may have.
const maxArguments = 9

// watch reads a step's program to be watched and the recording beside it.
func (r *reader) watch(f fields) *Watch {
	v := f.value("watch", mapNode, "{file: names.c}")
	if v == nil {
		return nil
	}
	g := r.fields(v, "file", "args")
	if !g.need("file") {
		return nil
	}
	w := &Watch{Unit: watching.Unit{File: g.text("file"), Args: g.texts("args", maxArguments)}}
	_, w.own = r.fsys.(ownFiles)
	if err := w.Check(); err != nil {
		r.addf(v.line, "watch: %v", err)
		return nil
	}
	source, at, err := readText(r.fsys, r.lesson.Name+"/"+w.File, maxProgramBytes)
	if err != nil {
		r.addf(v.line, "%s, line %d: %v", w.File, at, err)
		return nil
	}
	w.Source = source
	w.Recorded = r.watchedBefore(v.line, w)
	return w
}

// maxRecordingBytes is how large the recording of a watched program may be.
const maxRecordingBytes = 2 << 20

// watchedBefore reads what a program once did, from a file named after it:
// names.c.watched.
func (r *reader) watchedBefore(line int, w *Watch) *watching.Report {
	name := w.RecordedIn()
	text, err := readStream(r.fsys, r.lesson.Name+"/"+name)
	if err != nil {
		r.addf(line, "no recording of %s for machines where it cannot be run: put one into %s (%v)", w.File, name, err)
		return &watching.Report{}
	}
	report, err := watching.Recorded(w.Unit, text)
	if err != nil {
		r.addf(line, "%s: %v", name, err)
		return &watching.Report{}
	}
	return report
}

// readStream reads a recording, whose lines may be long. Its text is not for a
// terminal before it has been read as one.
func readStream(fsys fs.FS, name string) (string, error) {
	info, err := fs.Lstat(fsys, name)
	switch {
	case err != nil:
		return "", shortError(err)
	case !info.Mode().IsRegular():
		return "", errors.New("not a regular file: put the file itself here")
	}
	file, err := fsys.Open(name)
	if err != nil {
		return "", shortError(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxRecordingBytes+1))
	switch {
	case err != nil:
		return "", shortError(err)
	case len(data) > maxRecordingBytes:
		return "", fmt.Errorf("larger than %d KiB", maxRecordingBytes>>10)
	}
	first, _, _ := strings.Cut(string(data), "\n")
	if _, err := checkText([]byte(first)); err != nil {
		return "", err
	}
	return string(data), nil
}
