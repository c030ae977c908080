package whole

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/netcore"
)

// ephemeral ports differ from run to run.
var (
	ephemeral = regexp.MustCompile(`htons\((3[2-9]\d{3}|[45]\d{4}|60\d{3})\)`)
	inMemory  = regexp.MustCompile(`0x[0-9a-f]{9,}`)
	cutShort  = regexp.MustCompile(`sa_data="(?:[^"\\]|\\.)*"}, \[16 => 28\]`)
)

// elsewhere are the lessons whose compiled programs do not make the lesson's calls by
// themselves: why, and whether it is so still.
var elsewhere = map[string]struct {
	why   string
	still func(l *lesson.Lesson) bool
}{
	"accept":      {"a length that the program never set is another one in each", neverSet},
	"addresses":   {"the network has an address that the lesson gave it", sets(netcore.SettingAddress)},
	"bind":        {"a port below 1024 is refused, and in a network of its own the compiled program may have it", sets(netcore.SettingSysctl)},
	"interrupted": {"the learner interrupts calls that wait", interrupts},
	"languages":   {"a signal kills the program inside a call, whose error strace tells and the lesson does not", killed},
	"lost":        {"packets are lost on the way", sets(netcore.SettingWire)},
	"memory":      {"the learner types the calls", hasGoals},
	"timeouts":    {"a side is deaf, and the learner interrupts a call", interrupts},
	"unix":        {"its sockets stand at paths, in a file system of the lesson's own", hasPaths},
	"states":      {"a side is deaf to what arrives", sets(netcore.SettingDeaf)},
	"ways":        {"packets are lost on the way, and routes refuse it", sets(netcore.SettingWire)},
}

// sets reports of a lesson whether it, or a step of it, sets something of a kind.
func sets(kind netcore.SettingKind) func(*lesson.Lesson) bool {
	is := func(s netcore.StageSetting) bool { return s.Kind == kind }
	return func(l *lesson.Lesson) bool {
		return slices.ContainsFunc(l.Stage, is) ||
			slices.ContainsFunc(l.Steps, func(s lesson.Step) bool { return slices.ContainsFunc(s.Stage, is) })
	}
}

func interrupts(l *lesson.Lesson) bool {
	return slices.ContainsFunc(l.Steps, func(s lesson.Step) bool { return s.Interrupt != "" })
}

// killed reports whether a step is expected to end its program with a signal.
func killed(l *lesson.Lesson) bool {
	return slices.ContainsFunc(l.Steps, func(s lesson.Step) bool {
		return slices.ContainsFunc(s.Expect, func(e lesson.Expectation) bool { return strings.HasPrefix(string(e.Is), "killed ") })
	})
}

func hasGoals(l *lesson.Lesson) bool {
	return slices.ContainsFunc(l.Steps, func(s lesson.Step) bool { return s.Goal })
}

func hasPaths(l *lesson.Lesson) bool {
	return slices.ContainsFunc(l.Cast, func(r lesson.Role) bool { return strings.Contains(r.Source, "sun_path") })
}

// neverSet reports whether a program declares a length without a value.
func neverSet(l *lesson.Lesson) bool {
	return slices.ContainsFunc(l.Cast, func(r lesson.Role) bool { return unsetLength.MatchString(r.Source) })
}

var unsetLength = regexp.MustCompile(`(?m)^\s*socklen_t \w+;`)

// TestCompiledListingsMakeTheSameCalls compiles the programs of every lesson, runs them
// with each other under strace in the order in which the lesson made their calls, and
// holds their calls on sockets against those of the lesson, side by side.
func TestCompiledListingsMakeTheSameCalls(t *testing.T) {
	need(t, "strace", "cc", "ip", "unshare")
	if err := exec.Command("unshare", "-Urn", "ip", "link", "set", "lo", "up").Run(); err != nil {
		t.Skipf("no network of its own to be had with unshare and ip: %v", err)
	}
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	turns := filepath.Join(t.TempDir(), "turns.so")
	if out, err := exec.Command("cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-w", "-o", turns, "testdata/turns.c", "-ldl").CombinedOutput(); err != nil {
		t.Skipf("what has calls wait for their turn cannot be compiled here: %v\n%s", err, out)
	}
	for _, l := range course.Lessons {
		t.Run(l.Name, func(t *testing.T) {
			if other, ok := elsewhere[l.Name]; ok {
				t.Skip(other.why)
			}
			sameCalls(t, l, turns)
		})
	}
}

// TestListingsLeftOut wants a lesson that is left out to be there, and the reason to hold.
func TestListingsLeftOut(t *testing.T) {
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range elsewhere {
		switch l := course.Lesson(name); {
		case l == nil:
			t.Errorf("there is no lesson %s", name)
		case !other.still(l):
			t.Errorf("%s is left out because %s, and that is not so any more", name, other.why)
		}
	}
}

func sameCalls(t *testing.T, l *lesson.Lesson, turns string) {
	t.Helper()
	dir := t.TempDir()
	if out, err := program(t, self(t), "listing", l.Name, dir).CombinedOutput(); err != nil {
		t.Fatalf("listing: %v\n%s", err, out)
	}
	for _, role := range l.Cast {
		compile(t, filepath.Join(dir, strings.TrimSuffix(role.File, ".c")), role.Warnings)
	}
	events := lessonEvents(t, l.Name)
	c := conduct(t, l, dir, turns)
	c.play(events)
	said := map[string][]string{}
	for _, e := range events {
		if e.Call != nil && e.Call.Syscall != "rt_sigaction" && e.Call.Syscall != "prlimit64" {
			said[e.Call.Process] = append(said[e.Call.Process], shapely(netcore.Strace(e.Call)))
		}
	}
	for _, role := range l.Cast {
		seen := socketCalls(t, filepath.Join(dir, role.Name+".strace"))
		if diff := cmp.Diff(seen, said[role.Name]); diff != "" {
			t.Errorf("%s: calls on sockets (-compiled +lesson):\n%s", role.Name, diff)
		}
	}
}

// compile compiles a listing cleanly, or with the warnings it declares.
func compile(t *testing.T, path string, warnings []string) {
	t.Helper()
	args := []string{"-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"}
	for _, w := range warnings {
		args = append(args, "-Wno-error="+strings.TrimPrefix(w, "-W"))
	}
	out, err := exec.Command("cc", append(args, "-o", path, path+".c")...).CombinedOutput()
	if err != nil {
		t.Fatalf("cc %s.c: %v\n%s", path, err, out)
	}
}

// lessonEvents runs a lesson and returns what happened.
func lessonEvents(t *testing.T, name string) []netcore.Event {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := program(t, self(t), "run", name, "--json")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("run %s: %v\n%s", name, err, errs.String())
	}
	return readEvents(t, &out)
}

// shapely is a call without what differs from run to run: ports the kernel chose, and
// places in memory.
func shapely(text string) string {
	text = ephemeral.ReplaceAllString(tidy(text), "htons(EPHEMERAL)")
	text = cutShort.ReplaceAllString(text, `sa_data=PEER}, [16 => 28]`)
	return inMemory.ReplaceAllString(text, "ADDRESS")
}

// socketCalls reads the calls on sockets from a trace without process numbers: from the
// first socket() on, or the first descriptor closed that the program was started with.
func socketCalls(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	numbered := filepath.Join(t.TempDir(), "numbered")
	if err := os.WriteFile(numbered, []byte("1 "+strings.ReplaceAll(strings.TrimSpace(string(b)), "\n", "\n1 ")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out []string
	copied := -1
	for _, c := range onSockets(readStrace(t, numbered), 1) {
		fd, _ := firstNumber(c.text)
		switch {
		case c.name == "openat" || fd < 3 && slices.Contains(prints, c.name):
		case c.name == "fcntl" && strings.Contains(c.text, "O_WRONLY"):
			copied = fd // perror(3) writes to a copy of standard error
		case c.name == "close" && fd == copied:
			copied = -1
		case len(out) > 0 || c.name == "socket" || c.name == "close" && fd < 3:
			out = append(out, shapely(c.text))
		}
	}
	return out
}

// prints are the calls by which a program prints.
var prints = []string{"read", "write", "writev", "dup", "fcntl", "ioctl"}
