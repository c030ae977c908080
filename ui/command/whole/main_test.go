package whole

import (
	"context"
	"io"
	"os"
	"os/exec"
	"testing"

	"sockstep/netcore"
	"sockstep/ui/command"
)

// asProgram makes the test binary be the program.
const asProgram = "SOCKSTEP_TEST_PROGRAM"

// copiedTo is a folder to remove when all tests are done.
var copiedTo string

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	if os.Getenv(asProgram) != "" {
		os.Exit(command.Main(context.Background(), os.Args))
	}
	if how := os.Getenv(asFlood); how != "" {
		flood(how)
		return
	}
	status := m.Run()
	if copiedTo != "" {
		_ = os.RemoveAll(copiedTo)
	}
	os.Exit(status)
}

// program prepares a command in which the test binary is the program, with a
// state directory of its own.
func program(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	home := t.TempDir()
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+home, "XDG_STATE_HOME="+home, "TERM=dumb")
	return cmd
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// need skips a test that cannot be made on this machine, and says why.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

func readEvents(t *testing.T, r io.Reader) []netcore.Event {
	t.Helper()
	var out []netcore.Event
	for in := netcore.NewReader(r); ; {
		e, err := in.ReadEvent()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
}

// sample reports whether a part of the cases has to do.
func sample() bool { return raced || testing.Short() }
