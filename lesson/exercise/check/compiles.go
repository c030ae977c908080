package check

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

// compileLimit is how long a compiler may take for one file.
const compileLimit = 30 * time.Second

// Compiles expects that the C compiler takes a file of the program's folder with these
// arguments. A folder without any C has nothing to compile, and holds.
func (t *T) Compiles(file string, args ...string) {
	sources, _ := filepath.Glob(filepath.Join(t.Dir(), "*.c"))
	if len(sources) == 0 {
		return
	}
	if _, err := os.Stat(filepath.Join(t.Dir(), file)); err != nil {
		t.Fail("there is no %s", file)
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Unseen("there is no C compiler here (cc)")
	}
	folder, err := os.MkdirTemp("", "compile")
	if err != nil {
		t.Unseen("no folder for what is compiled: %v", err)
	}
	defer os.RemoveAll(folder)
	ctx, stop := context.WithTimeout(t.ctx, compileLimit)
	defer stop()
	cmd := exec.CommandContext(ctx, cc, append(args, "-c", "-o", filepath.Join(folder, "out.o"), file)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = t.Dir(), append(os.Environ(), "LC_ALL=C"), time.Second
	together(cmd)
	var said clipped
	cmd.Stdout, cmd.Stderr = &said, &said
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
	case ctx.Err() != nil:
		t.inTime()
		t.Unseen("the compiler took more than %v", compileLimit)
	case errors.As(err, &exit):
		t.Fail("%s", complaint(file, said.String()))
	default:
		t.Unseen("the compiler could not be run: %v", err)
	}
}

// complaint is the first error of a compiler's, or its first line.
func complaint(file, said string) string {
	for line := range strings.Lines(said) {
		if strings.Contains(line, "error:") {
			return "the compiler says: " + strings.TrimSpace(line)
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	return fmt.Sprintf("the compiler does not take %s: %s", file, first)
}
