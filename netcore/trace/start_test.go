//go:build linux && (amd64 || arm64)

package trace

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// TestStartsWithTheSameSignals starts a program traced and not: both ignore and block
// the same signals, though the lab between ignores those of the terminal.
func TestStartsWithTheSameSignals(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs sh")
	}
	args := []string{sh, "-c", "grep -E '^Sig(Ign|Blk)' /proc/self/status"}
	want, err := exec.CommandContext(t.Context(), args[0], args[1:]...).Output()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r := open(t, Options{})
	await(t, run(t, r, tracer.Program{Name: "sh", Path: sh, Args: args, Files: []*os.File{nil, out, out}, Group: Group()}, nil))
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("traced %q, not traced %q", got, want)
	}
}

// TestStartStandsBeforeItsCalls looks at the order of the record: the start of a
// program, its calls, its end.
func TestStartStandsBeforeItsCalls(t *testing.T) {
	r := open(t, Options{})
	await(t, run(t, r, program(t, "pair", "import socket, os, signal; a, b = socket.socketpair(); a.send(b'x'); os.kill(os.getpid(), signal.SIGKILL)"), nil))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.Timeline().Close()
	var order []string
	for _, e := range r.Timeline().Since(0) {
		switch {
		case e.Process != nil:
			order = append(order, e.Process.Change+e.Process.Signal)
		case e.Call != nil && (e.Call.Name == "socketpair" || e.Call.Name == "send"):
			order = append(order, e.Call.Name)
		}
	}
	if got := strings.Join(order, " "); got != "start socketpair send endSIGKILL" {
		t.Errorf("in order: %s", got)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"tool": 0o755, "text": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Chdir(dir)
	for word, want := range map[string]string{
		"tool": filepath.Join(dir, "tool"), "./tool": "./tool", dir + "/tool": dir + "/tool",
		"nonesuch": "nonesuch: there is no such command in PATH", "./text": "./text: it is no file that may be executed",
	} {
		path, err := Find(word)
		if err != nil {
			path = err.Error()
		}
		if path != want {
			t.Errorf("%s: %s, want %s", word, path, want)
		}
	}
}

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		end  netcore.ProcessChange
		want int
	}{
		{netcore.ProcessChange{Status: 3}, 3}, {netcore.ProcessChange{Signal: "SIGKILL"}, 137},
		{netcore.ProcessChange{Signal: "signal 40"}, 168}, {netcore.ProcessChange{Status: -1}, 1},
	} {
		if got := ExitStatus(c.end); got != c.want {
			t.Errorf("%+v: %d, want %d", c.end, got, c.want)
		}
	}
}

// TestProbe tries what doctor says, and expects it to be honest about tracing.
func TestProbe(t *testing.T) {
	findings := Probe(context.Background())
	for _, f := range findings {
		if f.OK == (f.Lack != "") || f.OK == (f.Have == "") {
			t.Errorf("neither there nor lacking: %+v", f)
		}
	}
	r := open(t, Options{})
	_, err := r.Start(context.Background(), program(t, "none", ""), nil)
	if (err == nil) != findings[0].OK {
		t.Errorf("doctor says %+v, but starting a program: %v", findings[0], err)
	}
}

func BenchmarkProbe(b *testing.B) {
	for b.Loop() {
		Probe(context.Background())
	}
}
