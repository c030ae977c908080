package compiler

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoCXX says that there is no C++ compiler here.
var ErrNoCXX = errors.New("no C++ compiler here (c++, g++ or clang++)")

// Unit is one file to be compiled.
type Unit struct {
	File     string // its name, "net.cpp"; the ending says which language it is in
	Source   string
	Standard string // "c++23", "c11"; empty for the compiler's own
}

// Report is what a compiler said of a unit.
type Report struct {
	Compiler string // its own words about itself, "gcc (Debian 12.2.0-14) 12.2.0"
	Command  string // as it was run, in a folder with nothing but the file
	// Said are the lines it wrote, the file's name as the command has it; control
	// characters are as they came.
	Said       []string
	Complaints []Complaint
}

// Verdict is "clean", "warnings" or "errors".
func (r *Report) Verdict() string {
	switch {
	case len(r.Complaints) == 0:
		return "clean"
	case refused(r.Complaints):
		return "errors"
	}
	return "warnings"
}

// unitPatience is how long a compiler may take over a unit, and mostSaid how many
// lines of what it says are kept.
const (
	unitPatience = 20 * time.Second
	mostSaid     = 200
)

// Compile has a unit looked at by this machine's compiler, up to where code would be
// made of it: nothing comes out, and nothing is run. It blocks until the compiler has
// ended. A unit that could have it read a file that is no header of the machine's is
// not compiled. The error is ErrNone, ErrNoCXX, or about the unit or the compiler;
// what the compiler finds is in the report.
func Compile(ctx context.Context, u Unit) (*Report, error) {
	if err := u.Check(); err != nil {
		return nil, err
	}
	path, err := u.Path()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sockstep-cc")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the compiler: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, u.File), []byte(u.Source), 0o600); err != nil {
		return nil, fmt.Errorf("write the file to compile: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, unitPatience)
	defer stop()
	args := u.args()
	said, err := run(ctx, dir, path, args...)
	report := &Report{Command: filepath.Base(path) + " " + strings.Join(args, " ")}
	report.take(u.File, said)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s took longer than %v over %s", filepath.Base(path), unitPatience, u.File)
	case errors.As(err, &exit) && report.Verdict() == "errors":
	case err != nil:
		return nil, fmt.Errorf("run %s: %w, and nothing was said of %s", path, err, u.File)
	}
	report.Compiler, err = version(ctx, dir, path)
	return report, err
}

// Language is "C" or "C++", by the name's ending; empty for any other.
func (u *Unit) Language() string {
	switch filepath.Ext(u.File) {
	case ".c":
		return "C"
	case ".cpp":
		return "C++"
	}
	return ""
}

// Path is this machine's compiler for the unit's language. The error is ErrNone or
// ErrNoCXX.
func (u *Unit) Path() (string, error) {
	if u.Language() == "C" {
		return Find()
	}
	for _, name := range []string{"c++", "g++", "clang++"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoCXX
}

func (u *Unit) args() []string {
	args := []string{"-Wall", "-Wextra", "-fsyntax-only", u.File}
	if u.Standard != "" {
		args = append([]string{"-std=" + u.Standard}, args...)
	}
	return args
}

// run runs a compiler in a folder, in English and without colours, and returns what
// it wrote. Nothing of it is left when it has ended.
func run(ctx context.Context, dir, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GCC_COLORS=", "TMPDIR="+dir)
	group(cmd)
	said, err := cmd.CombinedOutput()
	return string(said), err
}

func version(ctx context.Context, dir, path string) (string, error) {
	said, err := run(ctx, dir, path, "--version")
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", path, err)
	}
	first, _, _ := strings.Cut(said, "\n")
	return strings.TrimSpace(first), nil
}

// Recorded is a report that was written down: a line about the compiler, one with the
// command, and what it said.
func Recorded(file, text string) (*Report, error) {
	lines := strings.SplitN(text, "\n", 3)
	if len(lines) < 2 || lines[0] == "" || lines[1] == "" {
		return nil, errors.New("a recording has a line with the compiler's name and version, one with the command, and what was said below")
	}
	r := &Report{Compiler: lines[0], Command: lines[1]}
	if len(lines) > 2 {
		r.take(file, lines[2])
	}
	return r, nil
}

// Record is the report as Recorded reads it.
func (r *Report) Record() string {
	return strings.Join(append([]string{r.Compiler, r.Command}, r.Said...), "\n") + "\n"
}

func (r *Report) take(file, text string) {
	r.Complaints = complaints(file, text)
	for line := range strings.Lines(text) {
		if len(r.Said) == mostSaid {
			return
		}
		r.Said = append(r.Said, strings.TrimRight(line, "\r\n"))
	}
}
