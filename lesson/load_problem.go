package lesson

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// maxProblems is how many problems of one course are kept.
const maxProblems = 20

// Problem is one thing wrong with a lesson's files.
type Problem struct {
	File string // as the file system names it, "tcp/lesson.md"
	Line int    // from 1; 0 is the file as a whole
	Text string // what is wrong and what to write instead
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// LoadError is everything found wrong when lessons were read, in order of the
// lines, at most twenty problems.
type LoadError struct {
	Problems []Problem
	// More is set when there were further problems.
	More bool
}

func (e *LoadError) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if e.More {
		lines = append(lines, "and more")
	}
	return strings.Join(lines, "\n")
}

// notes collects the problems of one file.
type notes struct {
	file string
	err  LoadError
}

// addf notes a problem. Text from the files is given with %q, which shows
// control characters instead of passing them on.
func (n *notes) addf(line int, format string, args ...any) {
	if len(n.err.Problems) >= maxProblems {
		n.err.More = true
		return
	}
	n.err.Problems = append(n.err.Problems, Problem{n.file, line, fmt.Sprintf(format, args...)})
}

func (n *notes) full() bool { return n.err.More }

// failed returns the collected error, or nil when there is none.
func (n *notes) failed() error {
	if len(n.err.Problems) == 0 {
		return nil
	}
	sort.SliceStable(n.err.Problems, func(i, j int) bool {
		a, b := n.err.Problems[i], n.err.Problems[j]
		return a.File == b.File && a.Line < b.Line
	})
	return &n.err
}

// adopt takes over the problems of another error.
func (n *notes) adopt(err error) {
	var le *LoadError
	if !errors.As(err, &le) {
		n.addf(0, "%v", err)
		return
	}
	for _, p := range le.Problems {
		if len(n.err.Problems) >= maxProblems {
			n.err.More = true
			return
		}
		n.err.Problems = append(n.err.Problems, p)
	}
	n.err.More = n.err.More || le.More
}
