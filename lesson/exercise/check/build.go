package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Language is a language exercises can be done in.
type Language struct {
	// Name is what --lang takes; Title is how it is written; Suffix that of its files.
	Name, Title, Suffix string
	// needs are the programs it takes, the first of which decides whether it is here.
	needs []string
	// build are the arguments that build the program NAME in its folder;
	// plain are others for a folder without a Makefile or a machine without make.
	build, plain func(name string) []string
}

func makeIt(name string) []string { return []string{"make", "-s", name} }

// Languages are those there are, in the order in which they are told.
var Languages = []Language{
	{"c", "C", ".c", []string{"cc"}, makeIt, func(n string) []string {
		return []string{"cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-O1", "-g", "-pthread", "-o", n, n + ".c"}
	}},
	{"cpp", "C++", ".cpp", []string{"c++"}, makeIt, func(n string) []string {
		return []string{"c++", "-std=c++17", "-Wall", "-Wextra", "-O1", "-g", "-pthread", "-o", n, n + ".cpp"}
	}},
	{"go", "Go", ".go", []string{"go"}, func(n string) []string { return []string{"go", "build", "-o", n, "."} }, nil},
	{"python", "Python", ".py", []string{"python3"}, func(n string) []string { return []string{"python3", "-c", compilePython, n + ".py"} }, nil},
	{"rust", "Rust", ".rs", []string{"rustc"}, makeIt, func(n string) []string { return []string{"rustc", "-g", "-o", n, n + ".rs"} }},
}

// compilePython finds what is wrong with a program's form, and otherwise prints which
// file the interpreter is: "python3" may be a script that looks for it every time.
const compilePython = "import ast, sys\nast.parse(open(sys.argv[1], 'rb').read(), sys.argv[1])\nprint(sys.executable)"

// LanguageOf finds a language by its name.
func LanguageOf(name string) (Language, bool) {
	for _, l := range Languages {
		if l.Name == name {
			return l, true
		}
	}
	return Language{}, false
}

// Here reports why programs of the language cannot be built and run on this machine,
// nil if they can.
func (l *Language) Here() error {
	for _, n := range l.needs {
		if _, err := exec.LookPath(n); err != nil {
			return fmt.Errorf("%s programs take %s, which is not on this machine", l.Title, n)
		}
	}
	return nil
}

// BuildError is what a compiler said.
type BuildError struct {
	Command []string
	Said    string
}

func (e *BuildError) Error() string { return "it does not build" }

// buildLimit is how long a build may take, mostSaid how much of its words are kept.
const (
	buildLimit = 3 * time.Minute
	mostSaid   = 32 << 10
)

// Build builds the program of a name in its folder. It blocks until the compiler has
// ended, and returns what runs the program, and what the compiler said. A *BuildError
// is the program's fault.
func (l *Language) Build(ctx context.Context, dir, name string) (command []string, said string, err error) {
	if err := l.Here(); err != nil {
		return nil, "", err
	}
	said, err = l.compile(ctx, dir, l.arguments(dir, name))
	if l.Name != "python" || err != nil {
		return []string{"./" + name}, said, err
	}
	interpreter := strings.TrimSpace(said)
	if interpreter == "" || strings.ContainsRune(interpreter, '\n') {
		interpreter = "python3"
	}
	return []string{interpreter, name + ".py"}, "", nil
}

func (l *Language) compile(ctx context.Context, dir string, args []string) (said string, err error) {
	ctx, stop := context.WithTimeoutCause(ctx, buildLimit, fmt.Errorf("building took more than %v", buildLimit))
	defer stop()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	together(cmd)
	var out clipped
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, &out, &out, time.Second
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return out.String(), context.Cause(ctx)
	case errors.As(err, &exit):
		return out.String(), &BuildError{Command: args, Said: out.String()}
	case err != nil:
		return "", fmt.Errorf("run %s: %w", args[0], err)
	}
	return out.String(), nil
}

// arguments are what builds a program here.
func (l *Language) arguments(dir, name string) []string {
	if l.plain != nil {
		_, made := os.Stat(filepath.Join(dir, "Makefile"))
		if _, err := exec.LookPath("make"); err != nil || made != nil {
			return l.plain(name)
		}
	}
	return l.build(name)
}

// clipped keeps the first of what is written.
type clipped struct{ bytes.Buffer }

func (c *clipped) Write(b []byte) (int, error) {
	if room := mostSaid - c.Len(); room > 0 {
		c.Buffer.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}
