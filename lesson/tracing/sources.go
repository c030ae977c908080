package tracing

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sockstep/lesson"
	"sockstep/netcore"
)

// sources finds the files that calls name the lines of. A call has the name of the file
// without its folder, and the line's text: a file counts only where that text stands in
// that line.
type sources struct {
	folders []string

	mu    sync.Mutex
	files map[string]*lesson.SourceFile // by name; nil where there is none
}

// largestSource is the largest file that is read, in bytes.
const largestSource = 4 << 20

func newSources(folders ...string) *sources {
	return &sources{folders: slices.Compact(folders), files: map[string]*lesson.SourceFile{}}
}

// find is the file of a call and the line in it, from 1; nil and 0 where there is none.
func (s *sources) find(c *netcore.Call) (*lesson.SourceFile, int) {
	name, number, ok := strings.Cut(c.Line, ":")
	line, err := strconv.Atoi(number)
	if !ok || err != nil || line < 1 || c.Source == "" || name != filepath.Base(name) {
		return nil, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, known := s.files[name]
	if !known {
		f = s.read(name, line, strings.TrimSpace(c.Source))
		s.files[name] = f
	}
	if f == nil || !holds(f.Lines, line, strings.TrimSpace(c.Source)) {
		return nil, 0
	}
	return f, line
}

// read looks for the file in which a line has a text.
func (s *sources) read(name string, line int, text string) *lesson.SourceFile {
	for _, folder := range s.folders {
		path := filepath.Join(folder, name)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > largestSource {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		f := &lesson.SourceFile{Name: name, Lines: strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")}
		if holds(f.Lines, line, text) {
			return f
		}
	}
	return nil
}

func holds(lines []string, line int, text string) bool {
	return line <= len(lines) && strings.TrimSpace(lines[line-1]) == text
}
