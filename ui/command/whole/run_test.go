//go:build linux

package whole

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sockstep/netcore/clocktest"
	"sockstep/ui/terminal/screentest"
)

// run is one run of the program on a terminal, with folders of its own.
type run struct {
	*screentest.Screen
	t    *testing.T
	temp string // its folder for temporary files, which also tells its processes from others
	home string
	// guarded: a lab is open whose process gives the terminal back if the program
	// cannot.
	guarded bool
}

// open starts the program on a terminal. The setup's arguments, if there are
// any, are a command in front of it.
func open(t *testing.T, s screentest.Setup, args ...string) *run {
	t.Helper()
	return openIn(t, s, folders(t), args...)
}

// openIn is open with the folders of an earlier run.
func openIn(t *testing.T, s screentest.Setup, root string, args ...string) *run {
	t.Helper()
	return launch(t, s, root, self(t), args...)
}

// launch starts an executable as the program.
func launch(t *testing.T, s screentest.Setup, root, exe string, args ...string) *run {
	t.Helper()
	r := &run{t: t, temp: filepath.Join(root, "tmp"), home: filepath.Join(root, "home")}
	s.Env = append(environment(root), s.Env...)
	s.Args = append(append(s.Args[:len(s.Args):len(s.Args)], exe), args...)
	r.Screen = screentest.Start(t, s)
	return r
}

// environment makes the test binary the program, with the folders of a run.
func environment(root string) []string {
	home := "=" + filepath.Join(root, "home")
	return []string{asProgram + "=1", "HOME" + home, "XDG_STATE_HOME" + home, "TMPDIR=" + filepath.Join(root, "tmp"),
		"LC_ALL=C.UTF-8", "SUDO_UID="}
}

// folders makes the folders of a run. Everybody may go through the one above
// them, which that of a test does not allow.
func folders(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "sockstep-run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	for _, name := range []string{"tmp", "home"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root, 0o711); err != nil {
		t.Fatal(err)
	}
	return root
}

// atStep waits until the step stands on the screen and nothing is under way.
func (r *run) atStep(n int) {
	r.t.Helper()
	r.Until(fmt.Sprintf("step %d", n), func(picture, _ string) bool {
		return strings.Contains(picture, fmt.Sprintf("─ step %d of", n)) && atRest(picture)
	})
}

// settled waits until nothing is under way.
func (r *run) settled() {
	r.t.Helper()
	r.Until("the lab", func(picture, _ string) bool { return strings.Contains(picture, "q quit") && atRest(picture) })
}

func atRest(picture string) bool {
	for _, busy := range []string{"no lab yet", "opening the lab", "as soon as the lab", "running…", "lab is opening"} {
		if strings.Contains(picture, busy) {
			return false
		}
	}
	return true
}

// peopled fails the test unless there is a lab with at least one worker.
func (r *run) peopled() {
	r.t.Helper()
	if n := len(r.processes()); n < 3 {
		r.t.Fatalf("%d processes: where are the lab and its workers?", n)
	}
	r.guarded = true
}

// processes are those that belong to this run: all have its folder in their
// environment.
func (r *run) processes() []int { return processesWith("TMPDIR=" + r.temp) }

func processesWith(setting string) []int {
	var out []int
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		env, err := os.ReadFile(dir + "/environ")
		if pid, bad := strconv.Atoi(filepath.Base(dir)); err == nil && bad == nil && has(env, setting) {
			out = append(out, pid)
		}
	}
	return out
}

func has(env []byte, setting string) bool {
	for _, e := range bytes.Split(env, []byte{0}) {
		if string(e) == setting {
			return true
		}
	}
	return false
}

// named are the processes of this run with a name: "lab", "server", "client".
func (r *run) named(name string) []int {
	var out []int
	for _, pid := range r.processes() {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if arg, _, _ := bytes.Cut(line, []byte{0}); strings.HasSuffix(string(arg), name) {
			out = append(out, pid)
		}
	}
	return out
}

// leavesNothing fails the test if a process or a temporary file is there after
// a second.
func (r *run) leavesNothing() {
	r.t.Helper()
	if !clocktest.Within(time.Second, func() bool { return len(r.processes()) == 0 && len(r.files()) == 0 }) {
		r.t.Fatalf("left behind: processes %v, files %v", r.processes(), r.files())
	}
}

// eventually looks again and again, for what the screen does not tell.
func (r *run) eventually(what string, cond func() bool) {
	r.t.Helper()
	if !clocktest.Within(clocktest.Patience, cond) {
		r.t.Fatalf("waited in vain for %s; processes %v, the screen:\n%s", what, r.processes(), r.Picture())
	}
}

// files are the temporary files of this run.
func (r *run) files() []string {
	found, err := filepath.Glob(filepath.Join(r.temp, "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}
