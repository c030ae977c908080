//go:build linux

package whole

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sockstep/lesson"
	"sockstep/netcore/clocktest"
	"sockstep/ui/terminal/screentest"
)

// person is somebody who uses the program.
type person struct {
	name string
	cred *syscall.Credential // nil: whoever runs the tests
}

// people are whoever runs the tests, and where that is root an ordinary user too.
func people(t *testing.T) []person {
	t.Helper()
	us := []person{{name: "uid " + strconv.Itoa(os.Getuid())}}
	if os.Getuid() != 0 {
		t.Log("not run as root: what root sees is not looked at")
		return us
	}
	u, err := user.Lookup("learner")
	if err != nil {
		t.Log("there is no user learner: what an ordinary user sees is not looked at")
		return us
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return append(us, person{"learner", &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}})
}

// tiers are what a lab can be forced to; "" is the best there is.
var tiers = []string{"", "user", "network", "capture", "host"}

// TestLessonIsFinishedByKeys plays the lesson to its end on the screen, in each
// size, in each tier, as everybody.
func TestLessonIsFinishedByKeys(t *testing.T) {
	for _, who := range people(t) {
		for _, tier := range tiers {
			for _, size := range [][2]uint16{{80, 24}, {200, 60}} {
				if sample() && (tier != "" && size[0] != 80 || tier == "" && size[0] == 80) {
					continue
				}
				t.Run(fmt.Sprintf("%s/tier %q/%dx%d", who.name, tier, size[0], size[1]), func(t *testing.T) {
					t.Parallel()
					r := who.open(t, screentest.Setup{Width: size[0], Height: size[1], Env: []string{"SOCKSTEP_TIER=" + tier}}, "learn", "tcp")
					r.orRefused(tier)
					r.finishes(tcp(t))
				})
			}
		}
	}
}

// open opens the program as that person.
func (p person) open(t *testing.T, s screentest.Setup, args ...string) *run {
	t.Helper()
	root := folders(t)
	if p.cred == nil {
		return openIn(t, s, root, args...)
	}
	p.owns(t, root)
	s.User, s.Dir = p.cred, "/"
	return launch(t, s, root, readable(t), args...)
}

// owns gives that person the folders of a run.
func (p person) owns(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"tmp", "home"} {
		if err := os.Chown(filepath.Join(root, name), int(p.cred.Uid), int(p.cred.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}

// readable is a copy of the program which everybody may run: that of the tests
// is in a folder of their user.
func readable(t *testing.T) string {
	t.Helper()
	exe, err := copied()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

var copied = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(self)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "sockstep-test")
	if err != nil {
		return "", err
	}
	copiedTo = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	exe := filepath.Join(dir, "sockstep")
	return exe, os.WriteFile(exe, b, 0o755)
})

// orRefused skips the test where the machine does not allow the tier.
func (r *run) orRefused(tier string) {
	r.t.Helper()
	refused := false
	r.Until("the first step", func(picture, _ string) bool {
		refused = strings.Contains(picture, "the lab did not open")
		return refused || strings.Contains(picture, "step 1 of") && atRest(picture)
	})
	if refused && tier != "" && tier != "host" {
		r.t.Skipf("the tier %s is not to be had here:\n%s", tier, r.Picture())
	}
}

// finishes plays the lesson by keys, from its first step to the list of lessons.
func (r *run) finishes(l *lesson.Lesson) {
	r.t.Helper()
	for n := range len(l.Steps) {
		r.atStep(n + 1)
		if l.Steps[n].Ask != nil {
			r.Types("1")
		}
		r.Types("\r")
		r.Until("the step's end", func(picture, _ string) bool { return strings.Contains(picture, "enter goes on: ") && atRest(picture) })
		if p := r.Picture(); strings.Contains(p, "Not as the lesson expected") {
			r.t.Errorf("step %d went otherwise:\n%s", n+1, p)
		}
		r.Types("\r")
	}
	r.Shows("─ what to remember")
	r.Types("\r")
	r.Shows("✓ done")
	endings[0].check(r)
}

// answers are the lines that finish the lesson without a screen.
func answers(l *lesson.Lesson) string {
	var b strings.Builder
	for _, st := range l.Steps {
		if st.Ask != nil {
			b.WriteString("1\n")
		}
		b.WriteString("\n\n")
	}
	return b.String() + "\n"
}

// TestLessonIsFinishedOnADumbTerminal types at a terminal that has no screen.
func TestLessonIsFinishedOnADumbTerminal(t *testing.T) {
	l := tcp(t)
	for _, who := range people(t) {
		t.Run(who.name, func(t *testing.T) {
			t.Parallel()
			r := who.open(t, screentest.Setup{Width: 80, Height: 24, Env: []string{"TERM=dumb"}}, "learn", "tcp")
			r.Until("the first prompt", func(_, log string) bool { return strings.Contains(log, "Enter goes on") })
			r.Types(answers(l))
			r.Until("the end", func(_, log string) bool { return strings.Contains(log, "That was the last step") })
			if status, _ := r.Ends(); status != 0 {
				t.Errorf("exit status %d", status)
			}
			r.Restored()
			if strings.ContainsAny(r.Sent(), "\x1b") {
				t.Error("a terminal without a screen was sent sequences")
			}
			r.leavesNothing()
		})
	}
}

// TestLessonIsFinishedByPipe feeds it answers, with its output in a pipe.
func TestLessonIsFinishedByPipe(t *testing.T) {
	l := tcp(t)
	for _, who := range people(t) {
		for _, tier := range tiers {
			t.Run(fmt.Sprintf("%s/tier %q", who.name, tier), func(t *testing.T) {
				t.Parallel()
				out, err := who.pipe(t, tier, strings.NewReader(answers(l)), "learn", "tcp")
				if err != nil && tier != "" && tier != "host" && strings.Contains(out, "open a lab") {
					t.Skipf("the tier %s is not to be had here: %s", tier, out)
				}
				if err != nil || !strings.Contains(out, "That was the last step") || strings.Contains(out, "Otherwise than") {
					t.Errorf("%v:\n%s", err, out)
				}
			})
		}
	}
}

// pipe runs the program as that person without any terminal.
func (p person) pipe(t *testing.T, tier string, in io.Reader, args ...string) (string, error) {
	t.Helper()
	root, exe := folders(t), self(t)
	if p.cred != nil {
		p.owns(t, root)
		exe = readable(t)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*clocktest.Patience)
	defer stop()
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), environment(root)...)
	cmd.Env = append(cmd.Env, "SOCKSTEP_TIER="+tier)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred, Setsid: true}
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &out
	err := cmd.Run()
	if pids := processesWith("TMPDIR=" + filepath.Join(root, "tmp")); len(pids) > 0 {
		t.Errorf("processes %v are left behind", pids)
	}
	return out.String(), err
}

// TestLessonGoesOnAfterACrash kills the program at a step; started again, it
// goes on there.
func TestLessonGoesOnAfterACrash(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			root := folders(t)
			r := openIn(t, screentest.Setup{}, root, "learn", "tcp", "--at", "11")
			r.atStep(11)
			r.Types("\r")
			r.Shows("enter goes on: ")
			r.Types("\r")
			r.atStep(12)
			r.keptWithin(time.Second, 12)
			r.Signal(signal)
			r.Ends()
			r = openIn(t, screentest.Setup{}, root)
			r.Shows("goes on with TCP, call by call at step 12 of 25")
			r.Types("\r")
			r.atStep(12)
			r.Types("\r")
			r.Shows("enter goes on: ")
			r.quits()
			r = openIn(t, screentest.Setup{}, root, "learn", "tcp")
			r.Shows("step 12 of")
			r.settled()
			r.quits()
		})
	}
}

// keptWithin waits until the file says that the learner is at the step.
func (r *run) keptWithin(d time.Duration, step int) {
	r.t.Helper()
	want := fmt.Sprintf(`"step":%d,"phase"`, step-1)
	if !clocktest.Within(d, func() bool {
		b, _ := os.ReadFile(filepath.Join(r.home, "sockstep", "progress.json"))
		return bytes.Contains(bytes.Join(bytes.Fields(b), nil), []byte(want))
	}) {
		r.t.Fatalf("the place is not kept: no %s", want)
	}
}
