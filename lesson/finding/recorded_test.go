package finding

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sockstep/netcore"
)

// Recordings of correct programs in several languages, made by strace 6.1 on Linux, show
// nothing that went wrong. They hold the calls of a server and its clients, without those
// on descriptors that are no sockets.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/*.strace")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".strace"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			events := parse(t, string(text))
			calls := map[string]int{}
			for _, e := range events {
				if e.Type == netcore.CallEvent {
					calls[e.Call.Name]++
				}
			}
			if calls["listen"] == 0 || calls["connect"] == 0 || calls["close"] == 0 {
				t.Errorf("no server and client in it: %v", calls)
			}
			for _, f := range watched(events, Options{}) {
				t.Errorf("%s at %d %v: %s", f.Kind, f.Call, f.Others, f.What)
			}
		})
	}
}

// The same recordings with a mistake put in show it: what TestRecorded finds nothing in is
// understood.
func TestRecordedBroken(t *testing.T) {
	for _, c := range []struct {
		file, from string // a pattern of lines
		to         string // what each becomes
		kind       string
	}{
		{"c-poll", `^(.*) recvfrom\(4, "", 512.* = 0 .*$`, "$0\n$0\n$0", EndIgnored},
		{"c-forking", `^(.*) close\(3\) = 0 .*$`, "$0\n$1 close(3) = -1 EBADF", DoubleClose},
		{"c-poll", `^(.*) close\(3\) = 0 .*$`, "$0\n$1 sendto(3, \"x\", 1, 0, NULL, 0) = -1 EBADF", UsedAfterClose},
		{"go", `^(.*) listen\(.* = 0 .*$`, "$1 listen(-1, 5) = -1 EBADF\n$0", ""},
	} {
		t.Run(c.file+" "+c.kind, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + c.file + ".strace")
			if err != nil {
				t.Fatal(err)
			}
			changed := regexp.MustCompile("(?m)"+c.from).ReplaceAllString(string(text), c.to)
			if changed == string(text) {
				t.Fatal("nothing was changed")
			}
			kinds := map[string]bool{}
			for _, f := range watched(parse(t, changed), Options{}) {
				t.Logf("%s: %s", f.Kind, f.What)
				kinds[f.Kind] = true
			}
			if c.kind != "" && !kinds[c.kind] || len(kinds) > 1 || c.kind == "" && len(kinds) > 0 {
				t.Errorf("the findings are %v, want %s", kinds, c.kind)
			}
		})
	}
}
