//go:build linux && (amd64 || arm64)

package tracer

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestMemoryGroup runs a program that needs more memory than its group has: the kernel
// ends it, the group counts that, and can be removed.
func TestMemoryGroup(t *testing.T) {
	const limit = 8 << 20
	g, err := NewMemoryGroup(limit)
	if err != nil {
		t.Skip("memory cannot be bounded here:", err)
	}
	s := open(t, Options{})
	const shell = "/bin/sh"
	hungry := []string{shell, "-c", `x=$(head -c 100000000 /dev/zero | tr '\0' x); echo ${#x}; exit 7`}
	s.run(Program{Name: "modest", Path: shell, Args: []string{shell, "-c", "exit 7"}, Cgroup: g.Folder()})
	if end := s.awaitEnd("modest"); end.Status != 7 || g.Kills() != 0 {
		t.Errorf("%+v and %d kills, want status 7 and none", end, g.Kills())
	}
	s.run(Program{Name: "hungry", Path: shell, Args: hungry, Cgroup: g.Folder()})
	if end := s.awaitEnd("hungry"); end.Signal != "SIGKILL" || g.Kills() == 0 {
		t.Errorf("%+v and %d kills, want SIGKILL and one at least", end, g.Kills())
	}
	s.close()
	for deadline := time.Now().Add(patience); g.Remove() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(g.Remove())
		}
	}
	if _, err := os.Stat(g.Folder()); !os.IsNotExist(err) {
		t.Errorf("%s: %v", g.Folder(), err)
	}
	if _, _, err := s.Start(Program{Name: "late", Path: shell, Args: hungry, Cgroup: g.Folder()}); err == nil {
		t.Error("a program starts in a group that is gone")
	}
}

func TestMemoryTree(t *testing.T) {
	for _, c := range []struct{ text, root, own, limit, cause string }{
		{"0::/user.slice/app.slice/x.scope\n", "/top", "/user.slice/app.slice/x.scope", "memory.max", ""},
		{"9:name=systemd:/\n4:cpu,memory:/a\n0::/\n", "/top/memory", "/a", "memory.limit_in_bytes", ""},
		{"0::/../../x\n", "/top", "/x", "memory.max", ""},
		{"", "", "", "", "no control groups"},
		{"3:cpu:/\n", "", "", "", "no control groups"},
	} {
		root, own, files, err := memoryTree("/top", c.text)
		if c.cause != "" {
			if err == nil || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		if err != nil || root != c.root || own != c.own || files.limit != c.limit {
			t.Errorf("%q: %q, %q, %+v, %v", c.text, root, own, files, err)
		}
	}
}
