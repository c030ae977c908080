package command

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sockstep/netcore"
	"sockstep/netcore/clocktest"
	"sockstep/netcore/trace"
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
			switch name {
			case "lessons":
				return runtime.GOOS != "windows", nil
			case "tracing":
				return canTrace(), nil
			}
			if path, ok := strings.CutPrefix(name, "exists:"); ok {
				_, err := os.Stat(path)
				return err == nil, nil
			}
			if name == "ptrace" {
				return runtime.GOOS == "linux", nil
			}
			_, err := exec.LookPath(name)
			return err == nil, nil
		},
	})
}

// canTrace reports whether programs can be traced here in a private network.
var canTrace = sync.OnceValue(func() bool {
	lab, err := netcore.Open(context.Background(), netcore.Options{})
	if err != nil {
		return false
	}
	private := lab.Tier().Private()
	return lab.Close() == nil && private && trace.Probe(context.Background())[0].OK
})
