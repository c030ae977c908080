package lesson

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sockstep/netcore/clocktest"
)

// cFlags are what every listing has to compile with unchanged.
var cFlags = []string{"-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra"}

// compilerHere returns the C compiler of this machine, or skips the test.
func compilerHere(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"cc", "gcc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no C compiler here (cc, gcc or clang)")
	return ""
}

// compile writes a role's program out and compiles it, in at most a minute. It
// returns the program's path and what the compiler said.
func compile(t *testing.T, cc, dir string, role Role, flags ...string) (string, string) {
	t.Helper()
	source := filepath.Join(dir, role.File)
	if err := os.WriteFile(source, []byte(role.Source), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, role.Name)
	ctx, cancel := context.WithTimeout(t.Context(), clocktest.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, cc, append(append(slices.Clone(cFlags), flags...), "-o", program, source)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", role.File, err, said)
	}
	return program, string(said)
}

// TestListingsCompile wants every listing clean, or with the warnings it
// declares and no other.
func TestListingsCompile(t *testing.T) {
	cc := compilerHere(t)
	for _, l := range builtinCourse(t).Lessons {
		for _, role := range l.Cast {
			t.Run(l.Name+"/"+role.Name, func(t *testing.T) {
				if len(role.Warnings) == 0 {
					compile(t, cc, t.TempDir(), role, "-Werror")
					return
				}
				_, said := compile(t, cc, t.TempDir(), role)
				if got := warnings(said); !slices.Equal(got, role.Warnings) {
					t.Errorf("%s gives the warnings %v, declares %v\n%s", role.File, got, role.Warnings, said)
				}
			})
		}
	}
}

// warnings finds the options of the warnings in what a compiler said, sorted.
func warnings(said string) []string {
	var found []string
	for _, line := range strings.Split(said, "\n") {
		at := strings.LastIndex(line, "[-W")
		if strings.Contains(line, "warning: ") && at >= 0 {
			option, _, _ := strings.Cut(line[at+1:], "]")
			found = append(found, option)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestWarningsOfACompiler(t *testing.T) {
	said := "x.c:1:2: warning: b [-Wunused]\nx.c:3:4: warning: a [-Wparentheses]\nx.c:5:6: warning: b [-Wunused]\nnote: [-Wnot]\n"
	if got, want := warnings(said), []string{"-Wparentheses", "-Wunused"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestListingsTalk compiles the listings and lets them talk to each other in a
// network of their own.
func TestListingsTalk(t *testing.T) {
	cc := compilerHere(t)
	for _, c := range []struct{ lesson, server, port, want string }{
		{"tcp", "server", "1E61", "client got: hello c\nclient got: lient\nserver got: hello\n"},
		{"byte-order", "wrong", "611E", "connect: Connection refused\nlistening on port 24862\n"},
	} {
		t.Run(c.lesson, func(t *testing.T) {
			needNetwork(t)
			dir := t.TempDir()
			for _, role := range builtinCourse(t).Lesson(c.lesson).Cast {
				compile(t, cc, dir, role, "-Werror")
			}
			said := talk(t, dir, c.server, c.port)
			if got := withoutPort(said); got != c.want {
				t.Errorf("they said\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// talkScript starts a server, waits until it listens on a port (in hexadecimal,
// as /proc/net/tcp shows it, proc_pid_net(5)), and starts the client.
const talkScript = `set -e
ip link set lo up
./$1 >server.out &
until grep -q ":$2 00000000:0000 0A" /proc/net/tcp; do :; done
./client 2>&1
wait $!
cat server.out`

func needNetwork(t *testing.T) {
	t.Helper()
	if err := exec.Command("unshare", "-Urn", "sh", "-c", "ip link set lo up").Run(); err != nil {
		t.Skipf("no network of its own to be had with unshare and ip: %v", err)
	}
}

func talk(t *testing.T, dir, server, port string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clocktest.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "-Urn", "--kill-child", "--fork", "--pid", "sh", "-c", talkScript, "sh", server, port)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return string(said)
}

// withoutPort takes out the line with a port the kernel chose.
func withoutPort(said string) string {
	var kept []string
	for _, line := range strings.SplitAfter(said, "\n") {
		if !strings.HasPrefix(line, "client's port: ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// TestListingsFitAHalfScreen keeps the programs short and narrow.
func TestListingsFitAHalfScreen(t *testing.T) {
	const mostLines, mostColumns = 60, 78
	for _, l := range builtinCourse(t).Lessons {
		for _, role := range l.Cast {
			lines := splitLines(role.Source)
			if len(lines) > mostLines {
				t.Errorf("%s/%s has %d lines, at most %d", l.Name, role.File, len(lines), mostLines)
			}
			for i, line := range lines {
				if len(line) > mostColumns {
					t.Errorf("%s/%s:%d has %d columns, at most %d", l.Name, role.File, i+1, len(line), mostColumns)
				}
			}
		}
	}
}

func builtinCourse(t *testing.T) *Course {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
