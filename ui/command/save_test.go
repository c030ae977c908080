package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sockstep/netcore"
)

// TestSaveIn writes a record again and again: every time under a free name, and where
// the folder takes none into the learner's own.
func TestSaveIn(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	record := netcore.NewTimeline(netcore.Header{Program: "sockstep test"})
	save := saveIn(dir)
	for n, lesson := range []string{"tcp", "tcp", ""} {
		names, err := save(record, lesson)
		want := []string{"sockstep-tcp-1", "sockstep-tcp-2", "sockstep-play-1"}[n]
		want = filepath.Join(dir, want)
		if err != nil || !slices.Equal(names, []string{want + ".pcapng", want + ".txt"}) {
			t.Errorf("saved %q, %v", names, err)
		}
	}
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	for _, folder := range []string{dir, home} {
		if err := os.Chmod(folder, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
		names, err := save(record, "ends")
		if folder == dir && (err != nil || len(names) != 2 || filepath.Dir(names[0]) != home) {
			t.Errorf("with a folder that takes nothing: saved %q, %v", names, err)
		}
		if folder == home && (err == nil || !strings.Contains(err.Error(), "where you may write")) {
			t.Errorf("with no place to write to: %v", err)
		}
	}
}
