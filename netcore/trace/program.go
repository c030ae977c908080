package trace

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// Find is the file a shell would execute for a word: a word with a slash in it is the
// file's name, others are looked for in PATH. The error wraps fs.ErrNotExist where
// there is no such file.
func Find(word string) (string, error) {
	path, err := exec.LookPath(word)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrDot):
		return filepath.Join(".", path), nil // PATH has a folder that is relative
	case errors.Is(err, exec.ErrNotFound) && !strings.Contains(word, "/"):
		return "", fmt.Errorf("%s: there is no such command in PATH%w", word, silent{fs.ErrNotExist})
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("%s: it is no file that may be executed%w", word, silent{fs.ErrPermission})
	}
	return "", fmt.Errorf("%s: %w", word, errors.Unwrap(err))
}

// silent is a cause that has been put into words.
type silent struct{ cause error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.cause }

// ExitStatus is what a shell reports of a process that ended so: 128 and the
// number of the signal where one ended it. It is 1 where nobody saw the end.
func ExitStatus(end netcore.ProcessChange) int {
	switch {
	case end.Signal != "":
		return 128 + signalNumber(end.Signal)
	case end.Status < 0:
		return 1
	}
	return end.Status
}

func signalNumber(name string) int {
	if rest, ok := strings.CutPrefix(name, "signal "); ok {
		n, _ := strconv.Atoi(rest)
		return n
	}
	return namedSignal(name)
}
