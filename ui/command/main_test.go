package command

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// The test binary is the program and its workers, so nothing is built.
func TestMain(m *testing.M) {
	netcore.MaybeRun()
	testscript.Main(m, map[string]func(){
		"sockstep": func() { os.Exit(Main(context.Background(), os.Args)) },
	})
}

// TestScripts runs the program as a person or a script would.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:      "testdata/script",
		Cmds:     scriptCommands,
		Deadline: time.Now().Add(10 * clocktest.Patience),
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home)
			e.Setenv("TERM", "dumb")
			e.Setenv("ESC", "\x1b[2J")
			return os.Mkdir(home, 0o700)
		},
		Condition: func(name string) (bool, error) {
			if name == "lessons" {
				return runtime.GOOS != "windows", nil
			}
			if name == "ptrace" {
				return runtime.GOOS == "linux", nil
			}
			_, err := exec.LookPath(name)
			return err == nil, nil
		},
	})
}
