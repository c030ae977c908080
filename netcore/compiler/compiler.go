// Package compiler asks this machine's C compiler what it has to say about a
// program. It never runs what comes out.
package compiler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNone says that there is no C compiler here.
var ErrNone = errors.New("no C compiler here (cc, gcc or clang)")

// Flags are what every listing is compiled with.
var Flags = []string{"-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra"}

// patience is how long a compiler may take over one program.
const patience = time.Minute

// Complaint is one error or warning.
type Complaint struct {
	Line   int
	Text   string
	Option string // "-Wunused-variable"; empty for an error
}

// Find returns the path of the C compiler, or ErrNone.
func Find() (string, error) {
	for _, name := range []string{"cc", "gcc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Check compiles a program, without linking it, and returns what the compiler said
// in the order in which it did. It blocks until the compiler has ended. The error is
// about the compiler, never about the program. A program with a trigraph is not
// compiled: that could make a line of code out of a comment, an #include of any file.
func Check(ctx context.Context, cc, source string) ([]Complaint, error) {
	if before, _, found := strings.Cut(source, "??"); found {
		return []Complaint{{Line: 1 + strings.Count(before, "\n"), Text: "?? can start a trigraph: write it otherwise"}}, nil
	}
	dir, err := os.MkdirTemp("", "sockstep-cc")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the compiler: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	args := append(slices.Clone(Flags), "-x", "c", "-c", "-o", filepath.Join(dir, "program.o"), "-")
	cmd := exec.CommandContext(ctx, cc, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, append(os.Environ(), "LC_ALL=C"), strings.NewReader(source)
	var said bytes.Buffer
	cmd.Stderr, cmd.WaitDelay = &said, time.Second
	err = cmd.Run()
	all := complaints("<stdin>", said.String())
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("run %s: %w", cc, context.Cause(ctx))
	case errors.As(err, &exit) && refused(all):
	case err != nil:
		return nil, fmt.Errorf("run %s: %w, and nothing was said of the program", cc, err)
	}
	return all, nil
}

// complaint is a line like "<stdin>:3:9: warning: unused variable 'x' [-Wunused-variable]".
var complaint = regexp.MustCompile(`^([^:\s]+):(\d+):(?:\d+:)? (?:(warning)|error|fatal error): (.*?)(?: \[(-W[^\]]*)\])?$`)

// complaints finds the errors and warnings of a file in what a compiler said.
func complaints(file, said string) (all []Complaint) {
	for line := range strings.Lines(said) {
		m := complaint.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || m[1] != file {
			continue
		}
		c := Complaint{Text: m[4], Option: m[5]}
		c.Line, _ = strconv.Atoi(m[2])
		if m[3] == "warning" && c.Option == "" {
			c.Option = "-W" // one that cannot be switched off
		}
		all = append(all, c)
	}
	return all
}

// refused reports whether an error is among complaints.
func refused(all []Complaint) bool {
	return slices.ContainsFunc(all, func(c Complaint) bool { return c.Option == "" })
}
